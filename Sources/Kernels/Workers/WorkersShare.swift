import Synchronization

/// A part of the processors for what one thread computes, so that several can compute side by side instead of taking turns.
/// The part may change between two kernels: results do not depend on it.
package final class WorkersShare: Sendable {
  private let own = Mutex<Workers?>(nil)

  @TaskLocal static var current: WorkersShare?

  /// A share of all: the common workers.
  package init() {}

  /// The share's workers; nil for the common ones.
  var workers: Workers? { own.withLock { $0 } }

  /// Gives the share workers of its own.
  ///
  /// - Parameter threads: how many; nil for the common workers.
  package func use(threads: Int?) {
    own.withLock { own in
      guard own?.threads != threads else { return }
      own = threads.map(Workers.init(threads:))
    }
  }

  /// Runs `body`; kernels that it calls on this thread use the share.
  package func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self) { try body() }
  }
}
