internal import Files
internal import Foundation
internal import Logging
internal import PrintableText
internal import Spool
internal import Synchronization
internal import Training

/// Follows a training: tells how far it is, and stops it where it must end or make room.
final class TrainingFollower: TrainingObserver {
  enum End: Equatable {
    case stopping, cancelled
    case deadline(hours: Double)
    /// Photographs came; it goes on when they are done.
    case interrupted
  }

  /// It must not begin any more, for the reason in `end`.
  struct Ended: Error {}

  private let job: ClaimedJob
  private let spool: Spool
  private let environment: WorkerEnvironment
  private var place: Admission.Place?
  /// Here or elsewhere.
  private var isWorking = false
  private var start = ContinuousClock.now
  private var before = Duration.zero
  private var lastLine = ""
  private(set) var end: End?

  init(_ job: ClaimedJob, _ spool: Spool, _ environment: WorkerEnvironment) {
    self.job = job
    self.spool = spool
    self.environment = environment
  }

  /// Of work, without the pauses.
  var seconds: Double { (before + (isWorking ? ContinuousClock.now - start : .zero)).inSeconds }

  /// It has its place among the jobs that run.
  func begin(_ place: Admission.Place) {
    self.place = place
    isWorking = true
    start = .now
    end = nil
  }

  /// It stopped at a checkpoint.
  func paused() {
    before += ContinuousClock.now - start
    place = nil
    isWorking = false
    tell("waits until the photographs are done")
  }

  /// It works on another machine, or waits for one.
  func works(_ isWorking: Bool) {
    guard isWorking != self.isWorking else { return }
    if isWorking { start = .now } else { before += ContinuousClock.now - start }
    self.isWorking = isWorking
  }

  /// Whether it is to end for good, and not only this process.
  var isUnwanted: Bool {
    switch end {
    case .cancelled, .deadline: true
    case .stopping, .interrupted, nil: false
    }
  }

  /// Called while it waits.
  ///
  /// - Throws: `Ended`
  func checkWhileWaiting() throws {
    environment.heartbeat.workerProgressed(TrainingWorker.number)
    end = reasonToEnd()
    if end != nil { throw Ended() }
  }

  func say(_ line: String) {
    tell(line)
    let isWarning = line.hasPrefix("warning: ")
    let fields: [EventField: String] = [
      .job: job.id, .name: job.name.description, .watch: job.watch.inbox, .seconds: shortNumber(seconds), .reason: line,
    ]
    environment.log.tell(isWarning ? .jobWarning : .jobProgress, isWarning ? .warning : .info, fields)
  }

  func progress(_ line: String) { tell(line) }

  /// Asked between two iterations.
  var shouldStop: Bool {
    environment.heartbeat.workerProgressed(TrainingWorker.number)
    if let place { environment.admission.divide(place) }
    guard let reason = reasonToEnd() ?? (hasShortJobs ? .interrupted : nil) else { return false }
    end = reason
    return true
  }

  /// Asked while photographs are prepared, which photographs that come do not begin anew.
  var shouldEnd: Bool {
    environment.heartbeat.workerProgressed(TrainingWorker.number)
    end = reasonToEnd()
    return end != nil
  }

  /// Whether there are jobs that go before. Those that are done on other machines need nothing of this one.
  var hasShortJobs: Bool { environment.configuration.execution.executor != .slurm && spool.hasShortJobs }

  func saved() {
    // At worst an end of the process counts once more.
    try? job.cameFurther()
  }

  private func reasonToEnd() -> End? {
    if job.isCancelled { return .cancelled }
    if environment.isStopping.withLock({ $0 }) { return .stopping }
    if let limit = environment.configuration.limits.trainingHours, seconds > limit * 3600 { return .deadline(hours: limit) }
    return nil
  }

  private func tell(_ line: String) {
    environment.heartbeat.workerProgressed(TrainingWorker.number)
    guard line != lastLine else { return }
    lastLine = line
    job.report(training: printable(line))
    environment.notifier.status("\(job.name): \(line)", isImportant: false)
  }
}
