internal import CLinux
internal import Glibc

/// Wakes a thread that waits in poll(2).
package final class Waker: Sendable {
  private let descriptor: Descriptor

  package init() throws(FileError) {
    descriptor = Descriptor(number: Int32(try SystemCalls.perform(.wait, "eventfd") { _ in Int(idi_eventfd()) }))
  }

  package func wake() {
    var one: UInt64 = 1
    // Fails only where it is already awake.
    _ = unsafe write(descriptor.number, &one, 8)
  }

  /// Waits for a wake-up, for `other` to be readable, or for the time to pass.
  package func wait(or other: Int32?, for duration: Duration?) {
    var entries = [pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)]
    if let other { entries.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
    var milliseconds: Int32 = -1
    if let duration {
      let (seconds, attoseconds) = duration.components
      // Rounded up: a wait that ends a moment early would be a wait for nothing.
      milliseconds = Int32(clamping: max(0, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
    _ = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    if entries[0].revents != 0 {
      var count: UInt64 = 0
      _ = unsafe read(descriptor.number, &count, 8)
    }
  }
}
