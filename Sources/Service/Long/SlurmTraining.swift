internal import Editing
internal import Files
internal import Foundation
internal import Spool
internal import Synchronization
internal import Training

/// A dropped training that Slurm does: one long job. It goes on while the service is away, whose next start follows it.
struct SlurmTraining {
  private let file: TrainingFile
  private let environment: WorkerEnvironment
  private let settings: SlurmSettings
  private let task: LongTask

  /// - Throws: `TrainingError` where it does not fit, or cannot be done.
  init(_ file: TrainingFile, _ environment: WorkerEnvironment) throws {
    self.file = file
    self.environment = environment
    settings = environment.configuration.execution.slurm
    let workspace = file.request.workspacePath
    var task = LongTask(
      kind: "train", product: workspace, folder: Self.folder(file), arguments: file.words,
      bytes: try TrainingMemory.bytes(file.request), settings
    ) { LongTask.names(in: workspace, suffixes: [".safetensors", ".yaml"]) }
    // The folder is the job's own, and what the configuration adds may change.
    task.identity = ["train"]
    self.task = task
  }

  private static func folder(_ file: TrainingFile) -> String { file.request.workspacePath + "/slurm" }

  /// The training to be done here: an attempt that is out ends, and this goes on from its checkpoint.
  static func takenBack(_ file: TrainingFile) throws -> TrainingRequest {
    var request = file.request
    guard LongRunner.isOut(folder: folder(file)) else { return request }
    try LongFolder(path: folder(file)).clear()
    request.patience = lockPatience
    return request
  }

  /// Seconds in which one that works on this machine sees that it counts no more.
  private static let lockPatience = 10.0

  /// Follows it to its end; then the pack is there.
  ///
  /// - Throws: `TrainingFollower.Ended` for the follower's reason; `EditingError` for what it cannot do.
  func run(_ follower: TrainingFollower) throws {
    var runner = try LongRunner(
      task, settings, observer: follower, isStopping: { [environment] in environment.isStopping.withLock { $0 } },
      isCancelled: { follower.isUnwanted }, works: follower.works)
    // The end of this process ends nothing of it.
    follower.saved()
    switch runner.run() {
    case .done: try waitForPack()
    case .failed(_, let reason):
      if follower.isUnwanted { throw TrainingFollower.Ended() }
      throw EditingError(.refuse, reason)
    case .left: throw TrainingFollower.Ended()
    }
  }

  /// What one machine writes another may see late.
  private func waitForPack() throws {
    let deadline = ContinuousClock.now + .seconds(settings.pace.visibleSeconds)
    while try !TrainingRequest.isFinished(file.request.pack), ContinuousClock.now < deadline {
      environment.heartbeat.workerProgressed(TrainingWorker.number)
      LongRunner.wait(.milliseconds(200))
    }
  }
}
