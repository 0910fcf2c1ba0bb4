internal import CSystemd
internal import Glibc
internal import PrintableText
internal import Synchronization

/// Talks to the service manager (`man sd_notify`). Does nothing where there is none.
package final class ServiceNotifier: Sendable {
  /// How long the manager waits for a sign of life; nil where it does not watch.
  package let watchdog: Duration?

  private struct State {
    var line = ""
    var last: ContinuousClock.Instant?
  }

  private let state = Mutex(State())

  package init() {
    var microseconds: UInt64 = 0
    let isWatched = unsafe csystemd_watchdog_enabled(&microseconds) > 0
    watchdog = isWatched ? .microseconds(Int64(clamping: microseconds)) : nil
  }

  package func ready(_ line: String) { send("READY=1\nSTATUS=\(Self.oneLine(line))") }

  /// Tells that the configuration is read again; `ready` ends it.
  package func reloading() {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
  }

  package func stopping() { send("STOPPING=1\nSTATUS=stopping") }
  package func alive() { send("WATCHDOG=1") }

  /// The line that `systemctl status` shows. At most five lines a second are sent; the last one of a change always is,
  /// when `isImportant`.
  package func status(_ line: String, isImportant: Bool = true) {
    let now = ContinuousClock.now
    let isDue = state.withLock { state in
      guard state.line != line else { return false }
      if !isImportant, let last = state.last, now - last < .milliseconds(200) { return false }
      state.line = line
      state.last = now
      return true
    }
    if isDue { send("STATUS=" + Self.oneLine(line)) }
  }

  private static func oneLine(_ text: String) -> String { printable(text) }

  private func send(_ text: String) {
    // Without a manager, or one that does not listen, there is nobody to tell.
    _ = unsafe text.withCString { unsafe csystemd_notify($0) }
  }
}
