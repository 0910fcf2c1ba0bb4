internal import DequeModule
internal import Dispatch
internal import Synchronization

/// Hands things from thread to thread, in order. Whoever wants one and finds none waits, the first one first.
package final class BlockingQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements = Deque<Element>()
    var waiters = Deque<Slot>()
    var end = End.open
  }

  private enum End {
    case open
    /// What is in it is given out still.
    case finished
    case closed
  }

  private let state = Mutex(State())

  package init() {}

  package var count: Int { state.withLock { $0.elements.count } }
  package var elements: [Element] { state.withLock { Array($0.elements) } }

  package func add(_ element: Element) {
    let waiter: Slot? = state.withLock { state in
      if let waiter = state.waiters.popFirst() { return waiter }
      state.elements.append(element)
      return nil
    }
    waiter?.fill(element)
  }

  /// Takes out the first one like that, which nobody has yet.
  package func remove(where isMeant: (Element) -> Bool) -> Element? {
    state.withLock { state in
      state.elements.firstIndex(where: isMeant).map { state.elements.remove(at: $0) }
    }
  }

  /// Nothing is given out from now on; all who wait get nil.
  package func close() { end(.closed) }

  /// What is in it is given out, and then nothing; all who wait get nil.
  package func finish() { end(.finished) }

  private func end(_ end: End) {
    let waiters = state.withLock { state in
      state.end = end
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.fill(nil) }
  }

  /// Waits on the calling thread.
  ///
  /// - Parameter timeout: nil waits for ever.
  /// - Returns: nil when the time has passed, or the queue has ended.
  package func next(timeout: Duration? = nil) -> Element? {
    let slot = Slot()
    take(slot)
    if slot.wait(timeout) { return slot.element }
    let wasWaiting = state.withLock { state in
      guard let index = state.waiters.firstIndex(where: { $0 === slot }) else { return false }
      state.waiters.remove(at: index)
      return true
    }
    if wasWaiting { return nil }
    // It was being filled just then.
    _ = slot.wait(nil)
    return slot.element
  }

  private func take(_ slot: Slot) {
    let (isKnown, element): (Bool, Element?) = state.withLock { state in
      if state.end == .closed { return (true, nil) }
      if let element = state.elements.popFirst() { return (true, element) }
      if state.end == .finished { return (true, nil) }
      state.waiters.append(slot)
      return (false, nil)
    }
    if isKnown { slot.fill(element) }
  }

  private final class Slot: Sendable {
    private let content = Mutex<Element?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    var element: Element? { content.withLock { $0 } }

    func fill(_ element: Element?) {
      content.withLock { $0 = element }
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
}

/// Rouses a thread that waits for something to change, once for however many changes.
package struct Bell: Sendable {
  private let queue = BlockingQueue<Bool>()

  package init() {}

  package func ring() {
    if queue.count == 0 { queue.add(true) }
  }

  /// Waits on the calling thread for a change since the last wait, or for the time to pass.
  package func wait(_ timeout: Duration? = nil) { _ = queue.next(timeout: timeout) }
}

/// Something that happens once, and that a thread may wait for.
package struct Latch: Sendable {
  private let queue = BlockingQueue<Bool>()

  package init() {}

  package func open() { queue.add(true) }

  /// Waits on the calling thread, once.
  ///
  /// - Parameter timeout: nil waits for ever.
  /// - Returns: false when the time has passed first.
  package func wait(_ timeout: Duration? = nil) -> Bool { queue.next(timeout: timeout) ?? false }
}
