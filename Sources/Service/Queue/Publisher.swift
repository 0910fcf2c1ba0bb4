internal import Foundation
internal import Spool

/// Brings answers to the outbox on a thread of its own, one after the other, so that the disk writes one job while the
/// processors work on the next.
final class Publisher: Sendable {
  enum Answer: Sendable {
    case result(ClaimedJob)
    case failure(ClaimedJob, reason: String)
  }

  private let heartbeat: Heartbeat
  private let signals: Signals
  private let answers = BlockingQueue<Answer>()
  /// One turn, held by the answer that is on its way.
  private let turns = BlockingQueue<Bool>()
  private let ended = Latch()

  init(heartbeat: Heartbeat, signals: Signals) {
    self.heartbeat = heartbeat
    self.signals = signals
  }

  func start() {
    let thread = Thread { [self] in
      while let answer = answers.next() { bring(answer) }
      ended.open()
    }
    thread.name = "publisher"
    thread.start()
    turns.add(true)
  }

  /// Takes an answer; waits while the one before is on its way.
  func deliver(_ answer: Answer) {
    _ = turns.next()
    answers.add(answer)
  }

  /// Waits until the last answer is delivered, and ends the thread.
  func finish() {
    answers.finish()
    _ = ended.wait()
  }

  private func bring(_ answer: Answer) {
    heartbeat.publisher(isWorking: true)
    switch answer {
    case .result(let job): job.publish()
    case .failure(let job, let reason): job.fail(reason)
    }
    heartbeat.publisher(isWorking: false)
    signals.wake()
    turns.add(true)
  }
}
