internal import Foundation
internal import Spool
internal import Synchronization

/// Brings answers to the outbox on a thread of its own, one after the other, so that the disk writes one job while the
/// processors work on the next.
final class Publisher: Sendable {
  enum Answer: Sendable {
    case result(ClaimedJob)
    case failure(ClaimedJob, reason: String)
  }

  private let heartbeat: Heartbeat
  private let slot = Mutex<Answer?>(nil)
  // Zero at first: a semaphore that ends below its first value traps.
  private let isFree = DispatchSemaphore(value: 0)
  private let isFilled = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  init(heartbeat: Heartbeat) {
    self.heartbeat = heartbeat
  }

  func start() {
    let thread = Thread { [self] in
      while deliverNext() {}
      ended.signal()
    }
    thread.name = "publisher"
    thread.start()
    isFree.signal()
  }

  /// Takes an answer; waits while the one before is on its way.
  func deliver(_ answer: Answer) {
    isFree.wait()
    slot.withLock { $0 = answer }
    isFilled.signal()
  }

  /// Waits until the last answer is delivered, and ends the thread.
  func finish() {
    isFree.wait()
    isFilled.signal()
    ended.wait()
  }

  private func deliverNext() -> Bool {
    isFilled.wait()
    guard let answer = slot.withLock({ $0.take() }) else { return false }
    heartbeat.publisher(isWorking: true)
    switch answer {
    case .result(let job): job.publish()
    case .failure(let job, let reason): job.fail(reason)
    }
    heartbeat.publisher(isWorking: false)
    Signals.wake()
    isFree.signal()
    return true
  }
}
