internal import Files
internal import WeightFiles

/// A finished optimization.
struct FinishedRun: Sendable {
  let code: [Float]
  /// The code it began with.
  let start: [Float]
  /// The loss's perceptual term before each step, and at the end.
  let perceptual: [Float]
  let seconds: Double
  /// Codes on the way, the last one being the end; empty where none were asked for.
  let snapshots: [[Float]]
}

/// Finished optimizations on disk, so that an evaluation goes on where it was stopped.
struct CodeStore {
  private let folder: Folder
  private let path: String

  init(path: String, folder: Folder) {
    self.path = path
    self.folder = folder
  }

  /// A stored run of that identity; nil when there is none, or when it cannot be used.
  func run(_ identity: String) -> FinishedRun? {
    guard let file = try? SafetensorsFile(path: path + "/" + Self.name(identity)), file.metadata["identity"] == identity,
      let seconds = file.metadata["seconds"].flatMap(Double.init), let code = try? file.floats(named: "code"),
      let start = try? file.floats(named: "start"), let perceptual = try? file.floats(named: "perceptual")
    else { return nil }
    let way = (try? file.floats(named: "snapshots")) ?? []
    return FinishedRun(
      code: code, start: start, perceptual: perceptual, seconds: seconds,
      snapshots: stride(from: 0, to: way.count, by: code.count).map { Array(way[$0..<$0 + code.count]) })
  }

  func store(_ run: FinishedRun, _ identity: String) throws(FileError) {
    var writer = SafetensorsWriter(metadata: ["identity": identity, "seconds": String(run.seconds)])
    writer.add("code", shape: [run.code.count], values: run.code)
    writer.add("start", shape: [run.start.count], values: run.start)
    writer.add("perceptual", shape: [run.perceptual.count], values: run.perceptual)
    if !run.snapshots.isEmpty {
      writer.add("snapshots", shape: [run.snapshots.count, run.code.count], values: run.snapshots.flatMap { $0 })
    }
    try folder.write(Name(Self.name(identity)), writer.bytes(), durability: .none)
  }

  private static func name(_ identity: String) -> String { identity.prefix(40) + ".safetensors" }
}
