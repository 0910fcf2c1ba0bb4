internal import Foundation
internal import Kernels
internal import Spool
internal import Synchronization

/// What a worker does with a job.
protocol JobHand: Sendable {
  /// Does a job to its end, on the calling thread.
  ///
  /// - Parameter worker: by which the heartbeat knows the thread.
  func work(on job: ClaimedJob, _ worker: Int)
}

/// Takes jobs from a spool on threads of its own, the workers. One job has all processors; several have their parts, for
/// small networks are computed faster side by side than one after another. Answers are left to the publisher.
final class WorkerPool: Executor {
  private let spool: Spool
  private let environment: WorkerEnvironment
  private let publisher: Publisher
  private let hand: any JobHand
  private let working = Mutex(0)
  private let ended = Latch()

  /// Memory that nobody uses goes back to the system after this pause.
  private static let idlePause = Duration.seconds(30)

  /// - Parameter hand: does the jobs, and leaves their answers to the publisher.
  init(spool: Spool, environment: WorkerEnvironment, hand: (Publisher) -> any JobHand) {
    self.spool = spool
    self.environment = environment
    publisher = Publisher(heartbeat: environment.heartbeat, signals: environment.signals)
    self.hand = hand(publisher)
  }

  func start() {
    publisher.start()
    let count = environment.configuration.execution.jobs ?? Workers.common.threads
    working.withLock { $0 = count }
    for worker in 0..<count {
      let thread = Thread { [self] in
        run(worker)
        let isLast = working.withLock { working in
          working -= 1
          return working == 0
        }
        guard isLast else { return }
        publisher.finish()
        ended.open()
      }
      thread.name = "worker \(worker)"
      // Tape and networks recurse little, but libpng and libjpeg have big frames.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Waits for the end of all after the spool was stopped.
  ///
  /// - Returns: false when the time passed first.
  func waitForEnd(_ timeout: Duration) -> Bool {
    ended.wait(timeout)
  }

  private func run(_ worker: Int) {
    var hasWorked = false
    while !environment.isStopping.withLock({ $0 }) {
      // Without work since the last trimming there is nothing to trim: wait for as long as it takes.
      guard let job = spool.takeJob(timeout: hasWorked ? Self.idlePause : nil) else {
        if hasWorked, environment.admission.count == 0 {
          BufferPool.trim()
          // The metrics tell of it now, and not at some later moment of rest.
          environment.signals.wake()
          hasWorked = false
        }
        if environment.isStopping.withLock({ $0 }) { return }
        continue
      }
      hasWorked = true
      environment.heartbeat.worker(worker, isWorking: true)
      hand.work(on: job, worker)
      environment.heartbeat.worker(worker, isWorking: false)
      if environment.admission.count == 0 { environment.notifier.status(waitingLine) }
    }
  }

  private var waitingLine: String {
    let waiting = environment.tally.waiting
    return waiting == 0 ? "waiting for files" : "\(waiting) waiting"
  }
}
