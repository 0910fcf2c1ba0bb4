internal import DequeModule
internal import Dispatch
internal import Synchronization

/// The claimed jobs that wait for a worker, oldest first, and the workers that wait for a job.
final class JobQueue: Sendable {
  private struct State {
    var jobs = Deque<ClaimedJob>()
    var waiters = Deque<Slot>()
    var isClosed = false
  }

  private let state = Mutex(State())

  var count: Int { state.withLock { $0.jobs.count } }
  var jobs: [ClaimedJob] { state.withLock { Array($0.jobs) } }

  func add(_ job: ClaimedJob) {
    let waiter: Slot? = state.withLock { state in
      if let waiter = state.waiters.popFirst() { return waiter }
      state.jobs.append(job)
      return nil
    }
    waiter?.fill(job)
  }

  /// Takes out a job that no worker has yet.
  func remove(_ id: String) -> ClaimedJob? {
    state.withLock { state in
      guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return nil }
      return state.jobs.remove(at: index)
    }
  }

  /// No job is given out from now on; all who wait get nil.
  func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.fill(nil) }
  }

  /// Waits on the calling thread; nil when the time has passed or the queue is closed.
  func next(timeout: Duration?) -> ClaimedJob? {
    let slot = Slot()
    take(slot)
    if slot.wait(timeout) { return slot.job }
    let wasWaiting = state.withLock { state in
      guard let index = state.waiters.firstIndex(where: { $0 === slot }) else { return false }
      state.waiters.remove(at: index)
      return true
    }
    if wasWaiting { return nil }
    // It was being filled just then.
    _ = slot.wait(nil)
    return slot.job
  }

  private final class Slot: Sendable {
    private let content = Mutex<ClaimedJob?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    var job: ClaimedJob? { content.withLock { $0 } }

    func fill(_ job: ClaimedJob?) {
      content.withLock { $0 = job }
      signal.signal()
    }

    func wait(_ timeout: Duration?) -> Bool {
      guard let timeout else {
        signal.wait()
        return true
      }
      let (seconds, attoseconds) = timeout.components
      let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      guard !nanoseconds.overflow else { return wait(nil) }
      let deadline = DispatchTime.now() + .nanoseconds(Int(nanoseconds.partialValue + attoseconds / 1_000_000_000))
      return signal.wait(timeout: deadline) == .success
    }
  }

  private func take(_ slot: Slot) {
    let (isKnown, job): (Bool, ClaimedJob?) = state.withLock { state in
      if state.isClosed { return (true, nil) }
      if let job = state.jobs.popFirst() { return (true, job) }
      state.waiters.append(slot)
      return (false, nil)
    }
    if isKnown { slot.fill(job) }
  }
}
