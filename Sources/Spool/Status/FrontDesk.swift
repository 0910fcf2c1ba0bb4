internal import Files
internal import Foundation
internal import Synchronization

/// What workers tell the loop, and what both know together. Nothing is called while its lock is held.
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
    var running: [String: SpoolStatus.Running] = [:]
    var cancelled: Set<String> = []
    var failures: [SpoolStatus.Failure] = []
    var done = 0
    var failed = 0
    var isDirty = true
    var lastWake: Moment = .zero
  }

  let rules: NameRules
  let clock: SpoolClock
  let incomplete: IncompleteDrops
  private let listener: @Sendable (SpoolEvent) -> Void
  private let waker: Waker
  private let state = Mutex(State())

  init(
    configuration: SpoolConfiguration, clock: SpoolClock, waker: Waker, listener: @escaping @Sendable (SpoolEvent) -> Void
  ) {
    rules = NameRules(imageExtensions: configuration.imageExtensions, ignoring: configuration.ignoredNames)
    self.clock = clock
    self.waker = waker
    self.listener = listener
    incomplete = IncompleteDrops(configuration.watches)
  }

  func emit(_ event: SpoolEvent) {
    listener(event)
  }

  // MARK: From workers

  func taken(_ record: JobRecord) {
    state.withLock { state in
      var running = SpoolStatus.Running(
        id: record.id, name: record.name, inbox: record.inbox, started: clock.date(), step: 0, steps: 0)
      if record.isTraining == true { running.training = "" }
      state.running[record.id] = running
      state.isDirty = true
    }
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

  private func report(_ id: String, _ change: (inout SpoolStatus.Running) -> Void) {
    let now = clock.now()
    let wakes = state.withLock { state in
      guard var running = state.running[id] else { return false }
      change(&running)
      state.running[id] = running
      state.isDirty = true
      guard now >= state.lastWake + .seconds(1) else { return false }
      state.lastWake = now
      return true
    }
    if wakes { waker.wake() }
  }

  /// Whether workers have such a job.
  func runs(where isMeant: (SpoolStatus.Running) -> Bool) -> Bool {
    state.withLock { $0.running.values.contains(where: isMeant) }
  }

  func isCancelled(_ id: String) -> Bool {
    state.withLock { $0.cancelled.contains(id) }
  }

  func finished(_ record: JobRecord, folder: Name) {
    let date = clock.date()
    state.withLock { state in
      if record.isFailure {
        state.failed += 1
        state.failures.insert(
          .init(id: record.id, name: record.name, reason: record.reason ?? "", folder: folder, date: date), at: 0)
        if state.failures.count > 20 { state.failures.removeLast() }
      } else {
        state.done += 1
      }
    }
    incomplete.forget(record)
    end(record, .finished(record, folder: folder))
    if record.isFailure {
      emit(.failed(job: record.id, name: record.name, inbox: record.inbox, reason: record.reason ?? "", folder: folder))
    } else {
      emit(.published(job: record.id, name: record.name, inbox: record.inbox, folder: folder))
    }
  }

  func delayed(_ record: JobRecord, reason: String) {
    var record = record
    if record.nextAttempt == nil { _ = record.backOff(at: clock.date()) }
    end(record, .delayed(record))
    emit(
      .delayed(
        job: record.id, name: record.name, inbox: record.inbox, reason: reason,
        seconds: BackOff.seconds(after: record.attempts)))
  }

  /// The claim is to be begun again at once.
  func interrupted(_ record: JobRecord) {
    end(record, .delayed(record))
  }

  func takenBack(_ record: JobRecord, reason: String) {
    end(record, .takenBack(record.id))
    emit(.takenBack(job: record.id, name: record.name, inbox: record.inbox, reason: reason))
  }

  func released(_ record: JobRecord) {
    end(record, .ended)
  }

  private func end(_ record: JobRecord, _ message: Message) {
    state.withLock { state in
      state.running[record.id] = nil
      state.cancelled.remove(record.id)
      state.isDirty = true
      state.messages.append(message)
    }
    waker.wake()
  }

  // MARK: For the loop

  /// What workers have.
  var running: [SpoolStatus.Running] { state.withLock { $0.running.values.sorted { $0.id < $1.id } } }

  /// Asks the worker of a running job to end it.
  func cancel(_ id: String) {
    state.withLock { _ = $0.cancelled.insert(id) }
  }

  func takeMessages() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  func markDirty() {
    state.withLock { $0.isDirty = true }
  }

  var isDirty: Bool { state.withLock { $0.isDirty } }

  /// Fills in what workers told, and takes the mark that something is new.
  func fill(_ status: inout SpoolStatus) {
    state.withLock { state in
      status.running = state.running.values.sorted { $0.id < $1.id }
      status.failures = state.failures
      status.done = state.done
      status.failed = state.failed
      state.isDirty = false
    }
  }
}
