internal import Editing
internal import Files
internal import Foundation
internal import Glibc
internal import Spool
internal import Synchronization

/// Follows the process that does a job, on the worker's thread, and ends it where it must end.
final class ChildWatch {
  /// Why it was ended from outside.
  enum Reason: Equatable {
    case stopping
    /// It did not end itself at `limits.job_seconds`.
    case deadline(seconds: Double)
    case silence(seconds: Double)
    case cancelled
  }

  private let job: ClaimedJob
  private let environment: WorkerEnvironment
  private let worker: Int
  private var teller: ProgressTeller
  private var lastCount = -1
  private var lastSign = ContinuousClock.now
  private var askedToEnd: ContinuousClock.Instant?
  private(set) var reason: Reason?

  /// How long a process may take to end in good order.
  private static let grace = (stopping: Duration.seconds(3), cancelled: Duration.seconds(20), deadline: 20.0)
  /// How long it may be silent: it tells of every step, at most twice a second.
  private static let silence = 90.0

  init(_ job: ClaimedJob, _ environment: WorkerEnvironment, worker: Int) {
    self.job = job
    self.environment = environment
    self.worker = worker
    teller = ProgressTeller(job, environment)
  }

  /// Called while other jobs leave no room for this one.
  ///
  /// - Throws: `EditingError` (`stopped`) when it shall not begin any more.
  func checkWhileWaiting() throws {
    environment.heartbeat.workerProgressed(worker)
    if job.isCancelled || environment.isStopping.withLock({ $0 }) { throw EditingError(.stopped, "the job was stopped") }
  }

  /// Waits for the end of the process.
  func follow(_ child: WorkerChild, _ folder: WorkFolder) -> WorkerChild.End {
    lastSign = .now
    var nextLook = ContinuousClock.now
    while true {
      environment.heartbeat.workerProgressed(worker)
      if let end = child.wait(milliseconds: 100) {
        look(folder)
        return end
      }
      if ContinuousClock.now >= nextLook {
        look(folder)
        nextLook = .now + .milliseconds(400)
      }
      end(child, folder)
    }
  }

  private func look(_ folder: WorkFolder) {
    guard let progress = folder.progress(), progress.count != lastCount else { return }
    lastCount = progress.count
    lastSign = .now
    seconds = progress.seconds
    teller.tell(progress)
  }

  private var seconds = 0.0

  private func end(_ child: WorkerChild, _ folder: WorkFolder) {
    let now = ContinuousClock.now
    if askedToEnd == nil {
      if environment.isStopping.withLock({ $0 }) {
        (reason, askedToEnd) = (.stopping, now)
        child.send(SIGTERM)
      } else if job.isCancelled {
        (reason, askedToEnd) = (.cancelled, now)
        // Where it cannot be asked it is ended below.
        try? folder.cancel()
      }
    }
    if let askedToEnd {
      let grace = reason == .stopping ? Self.grace.stopping : Self.grace.cancelled
      if now - askedToEnd > grace { child.send(SIGKILL) }
    }
    guard reason == nil else { return }
    let silent = (now - lastSign).inSeconds
    if let limit = environment.configuration.limits.jobSeconds, seconds + silent > limit + Self.grace.deadline, lastCount > 0 {
      reason = .deadline(seconds: limit)
      child.send(SIGKILL)
    } else if silent > Self.silence {
      reason = .silence(seconds: Self.silence)
      child.send(SIGKILL)
    }
  }
}
