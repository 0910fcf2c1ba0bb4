import CLinux
import Glibc
import Synchronization

/// Keeps the memory of buffers that went out of use, by size class, so that a steady inversion step takes
/// nothing from the system.
package enum BufferPool {
  /// What the pool has done since the program started, and holds now.
  package struct Statistics: Sendable, Equatable {
    /// How often memory was asked from the system.
    package var systemAllocations = 0
    /// Bytes in buffers that somebody holds.
    package var bytesInUse = 0
    /// Bytes kept for later.
    package var bytesKept = 0
    /// The largest sum of the two so far.
    package var peakBytes = 0

    package init() {}
  }

  private struct State: @unchecked Sendable {
    var free: [[UnsafeMutablePointer<Float>]] = []
    var slabs = LargePageSlabs()
    var statistics = Statistics()
  }

  private static let state = Mutex(State())

  package static var statistics: Statistics { state.withLock { $0.statistics } }

  /// Gives back to the system all memory that no buffer holds, but for blocks whose slab is in use.
  package static func trim() {
    state.withLock { state in
      state.slabs.trim(&state.free)
      state.statistics.bytesKept = 0
      for index in state.free.indices {
        let bytes = capacity(of: index) * 4
        if LargePageSlabs.sizes.contains(bytes) {
          state.statistics.bytesKept += bytes * state.free[index].count
        } else {
          for pointer in state.free[index] { free(pointer) }
          state.free[index] = []
        }
      }
    }
  }

  /// Tells the C library to give every block of a megabyte or more back to the system when it is freed. By itself it
  /// raises this limit with each such block and keeps holes: 30 MB after a model of the released sizes.
  package static func returnLargeBlocks() { idi_return_blocks_from(1 << 20) }

  /// Size classes are 64 · 2^k floats and the three quarters between: at most a quarter is wasted.
  private static func sizeClass(_ count: Int) -> (index: Int, capacity: Int) {
    let lines = max(1, (count + 63) / 64)
    if lines <= 4 { return (lines - 1, lines * 64) }
    let exponent = Int.bitWidth - 1 - (lines - 1).leadingZeroBitCount
    let step = 1 << (exponent - 2)
    let quarters = (lines + step - 1) / step
    return (exponent * 4 + quarters - 8, quarters * step * 64)
  }

  private static func capacity(of index: Int) -> Int {
    if index < 4 { return (index + 1) * 64 }
    let exponent = (index - 1) / 4 + 1
    let quarters = index - exponent * 4 + 8
    return quarters * (1 << (exponent - 2)) * 64
  }

  static func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
    let (index, capacity) = sizeClass(count)
    let bytes = capacity * 4
    let kept = state.withLock { state -> UnsafeMutablePointer<Float>? in
      state.statistics.bytesInUse += bytes
      if index < state.free.count, let pointer = state.free[index].popLast() {
        state.statistics.bytesKept -= bytes
        return pointer
      }
      state.statistics.systemAllocations += 1
      state.statistics.peakBytes = max(
        state.statistics.peakBytes, state.statistics.bytesInUse + state.statistics.bytesKept)
      guard LargePageSlabs.sizes.contains(bytes) else { return nil }
      return state.slabs.cut(bytes).bindMemory(to: Float.self, capacity: capacity)
    }
    return (kept ?? fromSystem(bytes).bindMemory(to: Float.self, capacity: capacity), index)
  }

  static func give(_ pointer: UnsafeMutablePointer<Float>, _ index: Int) {
    let bytes = capacity(of: index) * 4
    state.withLock { state in
      while state.free.count <= index { state.free.append([]) }
      state.free[index].append(pointer)
      state.statistics.bytesInUse -= bytes
      state.statistics.bytesKept += bytes
    }
  }

  /// Large blocks start on a 2 MiB boundary and ask for large pages: weights are streamed from them.
  static func fromSystem(_ bytes: Int) -> UnsafeMutableRawPointer {
    let isLarge = bytes >= LargePageSlabs.sizes.upperBound
    var raw: UnsafeMutableRawPointer?
    let status = posix_memalign(&raw, isLarge ? 2 << 20 : 64, bytes)
    precondition(status == 0 && raw != nil, "out of memory: \(bytes) bytes")
    if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
    return raw!
  }
}
