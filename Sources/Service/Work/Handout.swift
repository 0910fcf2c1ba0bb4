internal import Editing
package import Files
package import Spool

/// A job that is to be worked on elsewhere: read once, so that what cannot be done is refused here, and its needs are known
/// before anything is started.
package final class Handout: Sendable {
  private let job: ClaimedJob
  private let watch: WatchSettings
  private let configuration: ServiceConfiguration
  /// The pack that its sidecar names, or its watch.
  package let model: String
  private let modelHash: String
  /// What it is estimated to need while it runs, its pack not included.
  package let memoryBytes: Int
  /// Of its pack.
  package let packBytes: Int

  /// Reads and checks what was dropped.
  ///
  /// - Throws: what ends the job at once, to be judged by `FailureDisposition`.
  package init(_ job: ClaimedJob, _ configuration: ServiceConfiguration, _ models: ModelCache) throws {
    self.job = job
    self.configuration = configuration
    watch = try configuration.watch(of: job)
    let prepared = try PreparedJob(job, configuration)
    let needs = try models.needs(prepared.model)
    model = prepared.model
    modelHash = needs.hash
    packBytes = needs.packBytes
    memoryBytes = try needs.bytes(for: prepared, configuration.limits)
  }

  /// Begins a new attempt, with its task on disk; see `ClaimedJob.newAttempt`.
  package func newAttempt(executor: ExecutorChoice, notes: [String: String] = [:]) throws(FileError) -> WorkFolder {
    let input = try job.workInput()
    return try job.newAttempt(executor: executor.rawValue, notes: notes) { mark throws(FileError) in
      let task = WorkTask(
        attempt: mark, job: job.source.description, input: input, model: model, modelHash: modelHash, watch: watch,
        configuration: configuration, memoryBytes: memoryBytes)
      return try task.json(job.id)
    }
  }
}
