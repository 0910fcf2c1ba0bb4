internal import Synchronization

/// What is counted of the work with Slurm, for the metrics.
final class RemoteTotals: Sendable {
  struct Counts: Sendable, Equatable {
    /// Slurm jobs that are out, by their state's word.
    var jobs: [String: Int] = [:]
    /// Attempts that ended without an answer, by the state's word, and those with one.
    var attempts: [String: Int] = [:]
    var commands = 0
    var commandSeconds = 0.0
    var failures = 0
    /// When Slurm last answered, in seconds since 1970.
    var lastLook: Double?
  }

  private let state = Mutex<Counts?>(nil)

  /// nil where Slurm has nothing to do with it.
  var counts: Counts? { state.withLock { $0 } }

  func change(_ body: (inout Counts) -> Void) {
    state.withLock { state in
      var counts = state ?? Counts()
      body(&counts)
      state = counts
    }
  }
}
