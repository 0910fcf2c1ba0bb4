internal import Editing
internal import Files
internal import Inversion
internal import PrintableText
internal import Spool
internal import Synchronization

/// Follows a running job: tells how far it is, saves its state now and then, and ends it where it must end.
final class JobWatcher: JobObserver, OutputWriter {
  /// Why a job was ended before it was done.
  enum End: Equatable {
    case stopping, cancelled
    case deadline(seconds: Double)
  }

  let job: ClaimedJob
  private let environment: WorkerEnvironment
  private let worker: Int
  private let writer: FolderWriter
  private var place: Admission.Place?
  private var start = ContinuousClock.now
  private var lastSave = ContinuousClock.now
  private var teller: ProgressTeller
  private var told: WorkProgress
  private(set) var end: End?

  let checkpoint: [UInt8]?

  init(_ job: ClaimedJob, _ environment: WorkerEnvironment, worker: Int) throws {
    self.job = job
    self.environment = environment
    self.worker = worker
    writer = FolderWriter(try job.outputFolder())
    teller = ProgressTeller(job, environment)
    told = WorkProgress(token: "", count: 0)
    // A checkpoint that cannot be read costs time, nothing else.
    checkpoint = (try? job.loadCheckpoint()) ?? nil
  }

  /// Since its work began.
  var seconds: Double { (ContinuousClock.now - start).inSeconds }

  /// Called while other jobs leave no room for this one.
  ///
  /// - Throws: `EditingError` (`stopped`) when it shall not begin any more.
  func checkWhileWaiting() throws {
    environment.heartbeat.workerProgressed(worker)
    start = .now
    try endIfDue()
  }

  /// The job has its place among those that run.
  func begin(_ place: Admission.Place) {
    self.place = place
    start = .now
  }

  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction {
    environment.heartbeat.workerProgressed(worker)
    if let place { environment.admission.divide(place) }
    told.take(progress, seconds: seconds)
    teller.tell(told)
    if let reason = reasonToEnd() {
      end = reason
      if reason == .stopping, let state { save(state()) }
      return .stop
    }
    let now = ContinuousClock.now
    if let state, now - lastSave >= .seconds(environment.configuration.checkpointSeconds) {
      save(state())
      lastSave = now
    }
    return .go
  }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    environment.heartbeat.workerProgressed(worker)
    try endIfDue()
    try writer.write(path, bytes)
  }

  private func endIfDue() throws {
    guard let reason = reasonToEnd() else { return }
    end = reason
    throw EditingError(.stopped, "the job was stopped")
  }

  private func reasonToEnd() -> End? {
    if job.isCancelled { return .cancelled }
    if environment.isStopping.withLock({ $0 }) { return .stopping }
    if let limit = environment.configuration.limits.jobSeconds, seconds > limit { return .deadline(seconds: limit) }
    return nil
  }

  private func save(_ state: [UInt8]) {
    // Without it a restart begins further back. A full disk is told of by the spool.
    try? job.saveCheckpoint(state)
  }
}

enum TimeLimit {
  /// Why a job was ended at `limits.job_seconds`.
  static func tookTooLong(_ seconds: Double) -> String {
    "it took longer than \(shortNumber(seconds)) s (limits.job_seconds); ask for fewer steps, edits or frames"
  }
}
