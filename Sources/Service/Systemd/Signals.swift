internal import CLinux
package import Files
internal import Glibc

/// What a signal asks of the main thread.
package enum Request: Sendable, Equatable {
  case stop
  case reload
  /// A thread of ours has news, or the time has passed.
  case nothing
}

/// Signals, taken by the main thread alone and only when it waits for them (`man 2 signalfd`), and what our own threads
/// rouse it by.
package final class Signals: Sendable {
  private let waker: Waker
  /// Readable while one of the signals is pending.
  private let descriptor: Int32

  /// Blocks the signals in this thread and all that it starts. Before the first other thread; once in a process, which it
  /// lives as long as.
  ///
  /// - Throws: where no descriptor is left.
  package init() throws(FileError) {
    var set = Self.set()
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // Writing to a pipe that nobody reads is an error of that write.
    _ = signal(SIGPIPE, SIG_IGN)
    waker = try Waker()
    descriptor = unsafe idi_signalfd(&set)
    guard descriptor >= 0 else { throw FileError(.wait, "signalfd", errno: errno) }
  }

  /// Waits for a request; for ever without a timeout.
  package func wait(_ timeout: Duration?) -> Request {
    waker.wait(or: descriptor, for: timeout)
    var set = Self.set()
    switch unsafe idi_take_signal(&set) {
    case SIGTERM, SIGINT: return .stop
    case SIGHUP: return .reload
    default: return .nothing
    }
  }

  /// Ends a wait.
  package func wake() { waker.wake() }

  private static func set() -> sigset_t {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP, SIGUSR2] { _ = unsafe sigaddset(&set, number) }
    return set
  }
}
