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

  /// A file that was taken back as incomplete: what it looked like, and how long it is waited for.
  struct Hold: Sendable {
    var size: Int64
    var modified: Int64
    /// Of a job folder, as in `Settling.Observation`.
    var content: UInt64
    var until: Moment
  }

  private struct State {
    var messages: [Message] = []
    var holds: [FileIdentity: Hold] = [:]
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
  private let incompleteSeconds: [String: Double]
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
    incompleteSeconds = Dictionary(configuration.watches.map { ($0.inbox, $0.incompleteSeconds) }) { first, _ in first }
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
      for entry in record.entries { state.holds[entry.identity] = nil }
    }
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

  /// Whether the drop may go back and wait for more bytes; remembers what it looks like now.
  ///
  /// - Parameters:
  ///   - entry: the one that is cut short.
  ///   - content: of a job folder.
  func mayWaitForRest(_ record: JobRecord, _ entry: JobEntry, content: UInt64) -> Bool {
    guard entry.role != .sidecar else { return false }
    let now = clock.now()
    let patience = Duration.seconds(incompleteSeconds[record.inbox] ?? 0)
    return state.withLock { state in
      // As long as it grows, or what is in it changes, the rest is on its way.
      let last = state.holds[entry.identity].flatMap { 
        $0.size == entry.size && $0.modified == entry.modified && $0.content == content ? $0 : nil
      }
      let until = last?.until ?? now + patience
      guard now < until else { return false }
      state.holds[entry.identity] = Hold(size: entry.size, modified: entry.modified, content: content, until: until)
      return true
    }
  }

  /// A drop that was copied back is another file now: what is known of it goes with it.
  func moveHold(of entry: JobEntry, to status: FileStatus, content: UInt64) {
    guard status.size == entry.size || entry.role == .folder else { return }
    state.withLock { state in
      guard let hold = state.holds.removeValue(forKey: entry.identity) else { return }
      state.holds[status.identity] = Hold(size: status.size, modified: status.modified, content: content, until: hold.until)
    }
  }

  // MARK: For the loop

  /// Asks the worker of a running job to end it.
  func cancelRunning(where isMeant: (_ id: String, _ name: Name, _ inbox: String) -> Bool) -> Bool {
    let running = state.withLock { $0.running }
    guard let job = running.values.first(where: { isMeant($0.id, $0.name, $0.inbox) }) else { return false }
    state.withLock { _ = $0.cancelled.insert(job.id) }
    return true
  }

  func takeMessages() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  func hold(of observation: Settling.Observation) -> Hold? {
    state.withLock { state in
      guard let hold = state.holds[observation.identity], hold.size == observation.size,
        hold.modified == observation.modified, hold.content == observation.content
      else { return nil }
      return hold
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
