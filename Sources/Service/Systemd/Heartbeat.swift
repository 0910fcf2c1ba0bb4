internal import Synchronization

/// Signs of life of the threads that do the work, as the watchdog wants them: turns of the spool's loop, steps and files
/// of each worker, answers of the publisher. A thread that hangs gives none, whatever the others do.
package final class Heartbeat: Sendable {
  private struct State {
    var spool: ContinuousClock.Instant
    /// The last sign of each worker that has a job.
    var workers: [Int: ContinuousClock.Instant] = [:]
    /// When the publisher took the answer that it is busy with.
    var publishing: ContinuousClock.Instant?
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> ContinuousClock.Instant

  package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.now = now
    state = Mutex(State(spool: now()))
  }

  /// The spool's loop turns.
  package func spoolTurned() {
    let now = now()
    state.withLock { $0.spool = now }
  }

  /// A worker got on with its job, if it has one.
  package func workerProgressed(_ worker: Int) {
    let now = now()
    state.withLock { state in
      if state.workers[worker] != nil { state.workers[worker] = now }
    }
  }

  /// A worker takes or ends a job.
  package func worker(_ worker: Int, isWorking: Bool) {
    let now = now()
    state.withLock { $0.workers[worker] = isWorking ? now : nil }
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
      now - state.spool < patience + rest && state.workers.values.allSatisfy { now - $0 < patience }
        && state.publishing.map { now - $0 < patience } ?? true
    }
  }
}
