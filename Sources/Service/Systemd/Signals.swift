internal import Glibc

/// What a signal, or one of our threads, asks of the main thread.
package enum Request: Sendable, Equatable {
  case stop
  case reload
  /// A thread of ours has news.
  case look
  /// The time has passed.
  case nothing
}

/// Signals, taken by the main thread alone and only when it waits for them (`man 2 sigtimedwait`).
package enum Signals {
  private static let wakeUp = SIGUSR2

  /// Blocks the signals in this thread and all that it starts. Before the first other thread.
  package static func block() {
    var set = signalSet()
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // Writing to a pipe that nobody reads is an error of that write.
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for a request; for ever without a timeout.
  package static func wait(_ timeout: Duration?) -> Request {
    var set = signalSet()
    var number: Int32
    if let timeout {
      let (seconds, attoseconds) = max(timeout, .zero).components
      var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
      number = unsafe sigtimedwait(&set, nil, &time)
    } else {
      number = unsafe sigwaitinfo(&set, nil)
    }
    switch number {
    case SIGTERM, SIGINT: return .stop
    case SIGHUP: return .reload
    case wakeUp: return .look
    default: return .nothing
    }
  }

  /// Makes `wait` return `look`.
  package static func wake() {
    _ = kill(getpid(), wakeUp)
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP, wakeUp] { _ = unsafe sigaddset(&set, number) }
    return set
  }
}
