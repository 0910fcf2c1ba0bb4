import ArgumentParser
import Editing

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a JSON Schema of the sidecar, for editors that complete and check while one types.")

  func run() {
    Terminal.say(String(decoding: Sidecar.schema.bytes, as: UTF8.self).trimmingSuffix("\n"))
  }
}

extension String {
  /// The text without one ending.
  func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
