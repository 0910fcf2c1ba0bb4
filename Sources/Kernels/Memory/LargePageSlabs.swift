import Glibc

/// Blocks of a quarter to two megabytes, cut from slabs of large pages.
///
/// A transform goes to dozens of places at once in maps of this size. On pages of 4 KiB their addresses do not fit into
/// what the processor keeps at hand: a step of the released sizes takes 1 to 2 % longer.
struct LargePageSlabs {
  static let sizes = 256 << 10..<2 << 20
  private static let slabBytes = 8 << 20

  private struct Slab {
    let base: UnsafeMutableRawPointer
    var used = 0
    /// Blocks cut from it.
    var blocks = 0

    mutating func cut(_ bytes: Int) -> UnsafeMutableRawPointer {
      defer { (used, blocks) = (used + bytes, blocks + 1) }
      return base + used
    }

    func holds(_ block: UnsafeMutablePointer<Float>) -> Bool {
      UnsafeMutableRawPointer(block) >= base && UnsafeMutableRawPointer(block) < base + LargePageSlabs.slabBytes
    }
  }

  private var slabs: [Slab] = []

  /// A block of `bytes`, a multiple of 64 in `sizes`, aligned to as much.
  mutating func cut(_ bytes: Int) -> UnsafeMutableRawPointer {
    let index = slabs.firstIndex { $0.used + bytes <= Self.slabBytes } ?? slabs.count
    if index == slabs.count { slabs.append(Slab(base: BufferPool.fromSystem(Self.slabBytes))) }
    return slabs[index].cut(bytes)
  }

  /// Gives slabs of which no block is in use back to the system.
  ///
  /// - Parameter unused: blocks that nobody holds, by size class; loses those whose slab is gone.
  mutating func trim(_ unused: inout [[UnsafeMutablePointer<Float>]]) {
    slabs.removeAll { slab in
      guard unused.reduce(0, { $0 + $1.count(where: slab.holds) }) == slab.blocks else { return false }
      for index in unused.indices { unused[index].removeAll(where: slab.holds) }
      free(slab.base)
      return true
    }
  }
}
