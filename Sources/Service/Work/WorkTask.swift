package import Files
internal import Foundation
package import Spool

/// What is to be done in a work folder: `task.json`. Whoever has it needs no configuration.
package struct WorkTask: Sendable, Codable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  package var attempt: AttemptMark
  /// The program's version; another one does not do it.
  package var program = Program.version
  package var job: JobDescription
  /// The folder with the job's files: a path that begins at the work folder, or at the root.
  package var input: Name
  /// The folder that holds the checkpoint to go on from, if any: a path in the same way.
  package var checkpoint: Name
  /// The pack that the job names, or its watch, with its hash.
  package var model: String
  package var modelHash: String
  /// The pack of the watch, and its defaults for sidecars (a sidecar as YAML).
  package var watchModel: String
  package var defaults: String
  package var limits: ServiceConfiguration.Limits
  /// Folders of packs, in the order of search.
  package var models: [String]
  /// The folder of finished inversions, read only; nil for none.
  package var cache: String?
  package var checkpointSeconds: Double
  /// What it is estimated to need.
  package var memoryBytes: Int

  /// Reads a task.
  ///
  /// - Returns: nil where the bytes are no task that this program knows.
  package init?(json bytes: [UInt8]) {
    guard let task = try? JSONDecoder().decode(WorkTask.self, from: Data(bytes)),  // refused as a whole
      task.format == Self.currentFormat, task.attempt.number > 0, (0...1 << 50).contains(task.memoryBytes)
    else { return nil }
    self = task
  }

  init(
    attempt: AttemptMark, job: JobDescription, input: Name, model: String, modelHash: String, watch: WatchSettings,
    configuration: ServiceConfiguration, memoryBytes: Int
  ) {
    self.attempt = attempt
    self.job = job
    self.input = input
    checkpoint = "../.."
    self.model = model
    self.modelHash = modelHash
    watchModel = watch.model
    defaults = watch.defaults.text
    limits = configuration.limits
    models = configuration.models
    cache = configuration.cache.bytes > 0 ? configuration.cache.folder : nil
    checkpointSeconds = configuration.checkpointSeconds
    self.memoryBytes = memoryBytes
  }

  /// As a person can read it.
  func json(_ path: String) throws(FileError) -> [UInt8] { try encodeJSON(self, path) }
}
