internal import Files
internal import Foundation
internal import PrintableText

/// A command of this program that takes hours, to be run elsewhere as one job that goes on from its checkpoints.
package struct LongTask: Sendable {
  /// The subcommand: `train`, `evaluate`.
  package var kind: String
  /// The absolute path of what it makes, after which its Slurm jobs are named.
  package var product: String
  /// The absolute path of the folder by which the command in front and the one on the node know of each other.
  package var folder: String
  /// The words after the program's name, all paths absolute.
  package var arguments: [String]
  /// What two commands for one product must have in common; how many threads it takes may change.
  package var identity: [String]
  /// What it is estimated to need.
  package var megabytes: Int
  package var processors: Int
  /// A word for what is saved, which changes with each checkpoint; empty before the first.
  package var state: @Sendable () -> String

  package init(
    kind: String, product: String, folder: String, arguments: [String], bytes: Int, _ settings: SlurmSettings,
    processors: Int? = nil, state: @escaping @Sendable () -> String
  ) {
    self.kind = kind
    self.product = product
    self.folder = folder
    self.processors = processors ?? settings.request.cpus
    identity = arguments
    self.arguments = arguments + ["--threads", String(self.processors)]
    megabytes = settings.megabytes(bytes)
    self.state = state
  }

  /// Tells its Slurm jobs from those of others: `train-5c1f9a2b7e`.
  var jobName: String { "\(kind)-\(sha256(Array("\(kind) \(product)".utf8)).prefix(10))" }

  /// The names in a folder that have one of these suffixes, as a word for what is saved there; empty where there are none.
  package static func names(in path: String, suffixes: [String]) -> String {
    guard let folder = try? Folder(path: Name(path)), let names = try? folder.names() else { return "" }
    let found = names.filter { name in !name.hasPrefix(".") && suffixes.contains(where: name.hasSuffix) }.sorted()
    return found.isEmpty ? "" : sha256(found.flatMap { $0.bytes + [0] })
  }
}

/// What became of an attempt: written last, under the attempt's token.
package struct LongAnswer: Codable, Sendable, Equatable {
  package enum Outcome: String, Codable, Sendable {
    case done
    /// It cannot be done, for the reason given.
    case failed
    /// It was told to stop, and has saved what it needs.
    case stopped
  }

  package var format = 1
  package var outcome: Outcome
  /// Of the command.
  package var code: Int32 = 0
  package var reason = ""

  package init(_ outcome: Outcome, code: Int32 = 0, reason: String = "") {
    self.outcome = outcome
    self.code = code
    self.reason = reason
  }

  /// nil for one of another version: as if it were none.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let answer = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
    self = answer
  }
}
