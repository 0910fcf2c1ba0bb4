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
  private let isInline: Bool

  /// - Parameter isInline: whether answers are brought out on the threads that deliver them, several at a time: for whoever
  ///   has many at once and nothing else to do meanwhile.
  init(heartbeat: Heartbeat, signals: Signals, isInline: Bool = false) {
    self.heartbeat = heartbeat
    self.signals = signals
    self.isInline = isInline
  }

  func start() {
    guard !isInline else { return }
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
    guard !isInline else { return bringOut(answer) }
    _ = turns.next()
    answers.add(answer)
  }

  /// Gives a drop that ends too early back to its inbox; one that has waited long enough fails.
  func giveBack(_ job: ClaimedJob, _ reason: String) {
    if !job.settleAgain(reason) { deliver(.failure(job, reason: reason)) }
  }

  /// Waits until the last answer is delivered, and ends the thread.
  func finish() {
    guard !isInline else { return }
    answers.finish()
    _ = ended.wait()
  }

  private func bring(_ answer: Answer) {
    heartbeat.publisher(isWorking: true)
    bringOut(answer)
    heartbeat.publisher(isWorking: false)
    turns.add(true)
  }

  private func bringOut(_ answer: Answer) {
    switch answer {
    case .result(let job): job.publish()
    case .failure(let job, let reason): job.fail(reason)
    }
    signals.wake()
  }
}
