private import Glibc

/// Asks the kernel to back a large buffer that nobody has touched yet with pages of 2 MiB.
///
/// Clearing small pages one fault at a time took twice as long as reading the 660 MB of a released encoder from the
/// cache (0.7 s, with large pages 0.35 s). A hint: where it is refused, nothing changes.
func adviseLargePages(_ buffer: UnsafeMutableRawBufferPointer) {
  let largePage = 2 << 20
  guard buffer.count >= 2 * largePage, let base = buffer.baseAddress else { return }
  let start = unsafe base.alignedUp(toMultipleOf: largePage)
  let end = unsafe (base + buffer.count).alignedDown(toMultipleOf: largePage)
  _ = unsafe madvise(start, end - start, MADV_HUGEPAGE)
}
