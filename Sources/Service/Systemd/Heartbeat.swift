internal import Synchronization

/// Signs of life of the threads that do the work, as the watchdog wants them: turns of the spool's loop, steps and files
/// of the worker, answers of the publisher. A thread that hangs gives none, whatever the others do.
package final class Heartbeat: Sendable {
  private struct State {
    var spool: ContinuousClock.Instant
    var worker: ContinuousClock.Instant
    var isWorking = false
    /// When the publisher took the answer that it is busy with.
    var publishing: ContinuousClock.Instant?
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> ContinuousClock.Instant

  package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
    state = Mutex(State(spool: now(), worker: now()))
  }

  /// The spool's loop turns.
  package func spoolTurned() {
    let now = now()
    state.withLock { $0.spool = now }
  }

  /// The worker got on with its job.
  package func workerProgressed() {
    let now = now()
    state.withLock { $0.worker = now }
  }

  /// The worker takes or ends a job.
  package func worker(isWorking: Bool) {
    let now = now()
    state.withLock { state in
      state.worker = now
      state.isWorking = isWorking
    }
  }

  /// The publisher takes or ends an answer.
  package func publisher(isWorking: Bool) {
    let now = now()
    state.withLock { $0.publishing = isWorking ? now : nil }
  }

  /// Whether all threads gave a sign of life in time.
  ///
  /// - Parameters:
  ///   - patience: how long a thread may be silent while it has something to do.
  ///   - rest: how long the spool's loop may sleep when nothing happens.
  package func isAlive(patience: Duration, rest: Duration) -> Bool {
    let now = now()
    return state.withLock { state in
      now - state.spool < patience + rest && (!state.isWorking || now - state.worker < patience)
        && state.publishing.map { now - $0 < patience } ?? true
    }
  }
}
