internal import Files
internal import Foundation
internal import Synchronization

/// Watches inboxes on a thread of its own and hands out claimed jobs.
///
///     let spool = try Spool(configuration) { event in log(event) }
///     spool.start()
///     while let job = spool.waitForJob() {
///       … job.contents(of:), job.outputFolder() …
///       job.publish()
///     }
///
/// - Important: the listener is called on the spool's thread and on those of workers.
package final class Spool: Sendable {
  private let loop: Mutex<Held>
  private let desk: FrontDesk
  private let queue: BlockingQueue<ClaimedJob>
  private let trainings: BlockingQueue<ClaimedJob>
  private let waker: Waker
  /// Opens when the last thread has let go of the state folder, and another spool may serve it.
  package let released: Latch
  private let isStopping = Mutex(false)
  private let ended = Latch()
  private let isRunning = Mutex(false)

  /// The loop, moved to its thread at the start and never used elsewhere after.
  private struct Held: @unchecked Sendable {
    var loop: SpoolLoop?
  }

  /// Opens the state folder, takes its lock, checks the folders. Nothing is moved before `start`.
  ///
  /// - Parameters:
  ///   - totals: what is counted goes there.
  ///   - alive: called with each turn of the loop, and with each thing that it does in one.
  package init(
    _ configuration: SpoolConfiguration, clock: SpoolClock = .system, totals: JobTotals = JobTotals(),
    alive: @escaping @Sendable () -> Void = {}, listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    waker = try makeWaker()
    let loop = try SpoolLoop(configuration, clock: clock, totals: totals, waker: waker, alive: alive, listener: listener)
    desk = loop.desk
    released = loop.jobs.store.released
    queue = loop.jobs.queue
    trainings = loop.jobs.trainings
    self.loop = Mutex(Held(loop: loop))
  }

  /// Recovers what an earlier process left and begins to watch.
  package func start() {
    let thread = Thread { [self] in run() }
    thread.name = "spool"
    isRunning.withLock { $0 = true }
    thread.start()
  }

  /// Ends the watching. Jobs that nobody took stay claimed; workers get no more jobs. Waits for the thread.
  package func stop() {
    isStopping.withLock { $0 = true }
    waker.wake()
    queue.close()
    trainings.close()
    desk.changes.ring()
    let wasRunning = isRunning.withLock { isRunning in
      defer { isRunning = false }
      return isRunning
    }
    guard wasRunning else { return }
    _ = ended.wait()
  }

  /// The next job, waited for on the calling thread, and begun.
  ///
  /// - Parameter timeout: nil waits for ever.
  /// - Returns: nil when the time has passed or the spool has stopped.
  package func waitForJob(timeout: Duration? = nil) -> ClaimedJob? {
    while let job = takeJob(timeout: timeout) {
      if job.begin() { return job }
    }
    return nil
  }

  /// `waitForJob` for those who call `begin` themselves.
  package func takeJob(timeout: Duration? = nil) -> ClaimedJob? { take(from: queue, timeout) }

  /// The same for trainings, which `waitForJob` never gives.
  package func takeTraining(timeout: Duration? = nil) -> ClaimedJob? { take(from: trainings, timeout) }

  /// Tells `status` what is out on other machines.
  package func report(_ remote: SpoolStatus.Remote) {
    desk.report(remote)
  }

  private func take(from queue: BlockingQueue<ClaimedJob>, _ timeout: Duration?) -> ClaimedJob? {
    guard let job = queue.next(timeout: timeout) else { return nil }
    desk.taken(job.record)
    return job
  }

  /// Whether jobs that come before trainings are claimed: they wait for a worker or have one.
  package var hasShortJobs: Bool { queue.count > 0 || desk.totals.running.contains { $0.training == nil } }

  /// Waits until a job comes or ends, somebody cancels one, or the spool stops. For one thread.
  ///
  /// - Parameter timeout: nil waits for ever.
  package func waitForChange(_ timeout: Duration?) { desk.changes.wait(timeout) }

  private func run() {
    watch()
    // With the loop gone, its lock on the state folder is too.
    ended.open()
  }

  private func watch() {
    let taken = loop.withLock { held in
      defer { held = Held(loop: nil) }
      return held
    }
    guard let loop = taken.loop else { return }
    loop.recover()
    while !isStopping.withLock({ $0 }) {
      let next = loop.advance()
      waker.wait(or: loop.inboxes.watcher.number, for: next - loop.clock.now())
    }
    loop.stop()
  }
}

func makeWaker() throws(SpoolError) -> Waker {
  do {
    return try Waker()
  } catch {
    throw SpoolError(error)
  }
}
