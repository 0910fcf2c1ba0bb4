internal import Files
internal import Foundation
internal import Synchronization

/// What workers tell the loop, and the loop them. Nothing is called while its lock is held.
final class FrontDesk: Sendable {
  enum Message: Sendable {
    /// The job comes again; its record may be newer than the one on disk.
    case delayed(JobRecord)
    /// Answered; there is room in the queue.
    case finished(JobRecord, folder: Name)
    /// It is in the inbox again.
    case takenBack(String)
    /// Ended otherwise; there is room in the queue.
    case ended
  }

  private struct State {
    var messages: [Message] = []
    var cancelled: Set<String> = []
    var lastWake: Moment = .zero
  }

  let rules: NameRules
  let clock: SpoolClock
  let incomplete: IncompleteDrops
  let totals: JobTotals
  /// Rung when a job comes to a worker's queue, to a worker or to its end, or is to end.
  let changes = Bell()
  private let listener: @Sendable (SpoolEvent) -> Void
  private let waker: Waker
  private let state = Mutex(State())

  init(
    configuration: SpoolConfiguration, clock: SpoolClock, totals: JobTotals, waker: Waker,
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) {
    rules = NameRules(imageExtensions: configuration.imageExtensions, ignoring: configuration.ignoredNames)
    self.clock = clock
    self.totals = totals
    self.waker = waker
    self.listener = listener
    incomplete = IncompleteDrops(configuration.watches)
  }

  func emit(_ event: SpoolEvent) {
    totals.take(event, at: clock.date())
    listener(event)
  }

  // MARK: From workers

  func taken(_ record: JobRecord) {
    var running = SpoolStatus.Running(
      id: record.id, name: record.name, inbox: record.inbox, started: clock.date(), step: 0, steps: 0)
    if record.isTraining == true { running.training = "" }
    totals.isRunning(running)
    changes.ring()
    waker.wake()
  }

  func report(_ id: String, step: Int, steps: Int, loss: Double?) {
    report(id) { running in
      running.step = step
      running.steps = steps
      running.loss = loss.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The same for a training.
  func report(_ id: String, training line: String) {
    report(id) { $0.training = line }
  }

  /// What is out on other machines.
  func report(_ remote: SpoolStatus.Remote) {
    totals.report(remote)
    waker.wake()
  }

  private func report(_ id: String, _ change: (inout SpoolStatus.Running) -> Void) {
    guard totals.report(id, change) else { return }
    let now = clock.now()
    let wakes = state.withLock { state in
      guard now >= state.lastWake + .seconds(1) else { return false }
      state.lastWake = now
      return true
    }
    if wakes { waker.wake() }
  }

  func isCancelled(_ id: String) -> Bool {
    state.withLock { $0.cancelled.contains(id) }
  }

  func finished(_ record: JobRecord, folder: Name) {
    incomplete.forget(record)
    if record.isFailure {
      emit(.failed(job: record.id, name: record.name, inbox: record.inbox, reason: record.reason ?? "", folder: folder))
    } else {
      emit(.published(job: record.id, name: record.name, inbox: record.inbox, folder: folder))
    }
    end(record, .finished(record, folder: folder))
  }

  /// - Parameter seconds: the pause; nil for the one that its number of tries gives.
  func delayed(_ record: JobRecord, reason: String, seconds: Double? = nil) {
    var record = record
    if record.nextAttempt == nil { _ = record.backOff(at: clock.date()) }
    emit(
      .delayed(
        job: record.id, name: record.name, inbox: record.inbox, reason: reason,
        seconds: seconds ?? BackOff.seconds(after: record.attempts)))
    end(record, .delayed(record))
  }

  /// The claim is to be begun again at once.
  func interrupted(_ record: JobRecord) {
    totals.isWaiting(record.id)
    end(record, .delayed(record))
  }

  func takenBack(_ record: JobRecord, reason: String) {
    emit(.takenBack(job: record.id, name: record.name, inbox: record.inbox, reason: reason))
    end(record, .takenBack(record.id))
  }

  func released(_ record: JobRecord) {
    totals.isWaiting(record.id)
    end(record, .ended)
  }

  private func end(_ record: JobRecord, _ message: Message) {
    state.withLock { state in
      state.cancelled.remove(record.id)
      state.messages.append(message)
    }
    changes.ring()
    waker.wake()
  }

  // MARK: For the loop

  /// Asks the worker of a running job to end it.
  func cancel(_ id: String) {
    state.withLock { _ = $0.cancelled.insert(id) }
    changes.ring()
  }

  func takeMessages() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }
}
