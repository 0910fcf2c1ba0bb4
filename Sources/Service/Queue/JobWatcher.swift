internal import Editing
internal import Files
internal import Foundation
internal import Inversion
internal import Logging
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
  private var lastLog = ContinuousClock.now
  private(set) var end: End?

  let checkpoint: [UInt8]?

  init(_ job: ClaimedJob, _ environment: WorkerEnvironment, worker: Int) throws {
    self.job = job
    self.environment = environment
    self.worker = worker
    writer = FolderWriter(try job.outputFolder())
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
    if progress.step > 0 { environment.tally.stepped() }
    let loss = progress.losses.map { Double($0.total) }
    environment.tally.note(job.id) { notes in
      notes.seconds = seconds
      if progress.step > 0, progress.phase == .inverting { (notes.steps, notes.loss) = (progress.step, loss) }
    }
    job.report(step: progress.step, steps: progress.steps, loss: loss)
    environment.notifier.status(line(progress), isImportant: progress.step == 0)
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
    if progress.step > 0, now - lastLog >= .seconds(10) {
      lastLog = now
      tell(progress, loss)
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

  private func line(_ progress: JobProgress) -> String {
    var parts: [String] = []
    switch progress.phase {
    case .decoding: parts.append("reading")
    case .inverting where progress.steps == 0: parts.append("inverting")
    case .inverting: break
    case .editing(let title): parts.append(title)
    case .writing: parts.append("writing")
    }
    if progress.steps > 0 { parts.append("step \(progress.step) of \(progress.steps)") }
    let others = environment.admission.count - 1
    if others > 0 { parts.append("\(others) beside it") }
    parts.append("\(environment.tally.waiting) waiting")
    return "\(progress.picture): " + parts.joined(separator: ", ")
  }

  private func tell(_ progress: JobProgress, _ loss: Double?) {
    var fields: [EventField: String] = [
      .job: job.id, .name: job.name.description, .watch: job.watch.inbox, .step: String(progress.step),
      .steps: String(progress.steps), .seconds: shortNumber(seconds),
    ]
    if let loss { fields[.loss] = shortNumber(loss) }
    environment.log.tell(.jobProgress, .info, fields)
  }
}
