internal import Kernels
internal import Spool
internal import Synchronization

/// Lets jobs run side by side: as many as fit into memory together, in the order in which they ask. Divides the engine's
/// threads among them.
package final class Admission: Sendable {
  /// A job's place among those that run, or that wait to.
  package final class Place: Sendable {
    fileprivate let bytes: Int
    fileprivate let isAlone: Bool
    fileprivate let admitted = Latch()
    fileprivate let share = WorkersShare()

    fileprivate init(bytes: Int, isAlone: Bool) {
      self.bytes = bytes
      self.isAlone = isAlone
    }
  }

  private struct State {
    var running: [Place] = []
    var waiting: [Place] = []
  }

  /// What all jobs that run may need together.
  package let bytes: Int
  private let state = Mutex(State())

  /// - Parameter bytes: what all jobs that run may need together. One alone is let in whatever it needs.
  package init(bytes: Int) {
    self.bytes = bytes
  }

  /// How many jobs run.
  package var count: Int { state.withLock { $0.running.count } }

  /// Runs a job when there is room for it. Kernels that `body` calls use the job's share of the threads.
  ///
  /// - Parameters:
  ///   - bytes: what the job is estimated to need.
  ///   - isAlone: whether nothing may run beside it.
  ///   - whileWaiting: called several times a second until then.
  /// - Throws: what `whileWaiting` and `body` throw.
  package func run<Result>(
    bytes: Int, isAlone: Bool, whileWaiting: () throws -> Void, _ body: (Place) throws -> Result
  ) throws -> Result {
    let place = Place(bytes: bytes, isAlone: isAlone)
    state.withLock { state in
      state.waiting.append(place)
      admit(&state)
    }
    defer { leave(place) }
    while !place.admitted.wait(.milliseconds(200)) { try whileWaiting() }
    divide(place)
    return try place.share.run { try body(place) }
  }

  /// Gives a running job the threads that are its part by now. To be called on the job's own thread, between kernels.
  package func divide(_ place: Place) {
    let threads = Workers.common.threads
    let part: Int? = state.withLock { state in
      guard state.running.count > 1, let index = state.running.firstIndex(where: { $0 === place }) else { return nil }
      return max(1, threads / state.running.count + (index < threads % state.running.count ? 1 : 0))
    }
    place.share.use(threads: part)
  }

  private func leave(_ place: Place) {
    state.withLock { state in
      state.running.removeAll { $0 === place }
      state.waiting.removeAll { $0 === place }
      admit(&state)
    }
  }

  /// Nobody is passed over: what needs much would wait for ever.
  private func admit(_ state: inout State) {
    while let next = state.waiting.first, isRoom(for: next, state.running) {
      state.running.append(state.waiting.removeFirst())
      next.admitted.open()
    }
  }

  private func isRoom(for next: Place, _ running: [Place]) -> Bool {
    if running.isEmpty { return true }
    guard !next.isAlone, !running.contains(where: \.isAlone) else { return false }
    return running.reduce(next.bytes) { $0 + $1.bytes } <= bytes
  }
}
