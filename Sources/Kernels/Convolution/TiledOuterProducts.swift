import KernelInterface

/// The gradient of weights by a Winograd-like algorithm: tiles of two maps are transformed to planes of `[tile][channel]`, and
/// pairs of planes are summed up over all tiles of the batch as outer products.
///
/// Tiles are taken in chunks whose transforms stay in the caches. Chunks depend on the shape alone, and each product adds
/// them up in their order: the sums are the same bytes at every thread count.
struct TiledOuterProducts {
  /// One of the two maps.
  struct Side {
    /// Planes of its transform.
    let planes: Int
    let blocks: Int
    /// Transforms tiles of a plane (image · blocks + block) to strided storage.
    let transform: (_ plane: Int, _ first: Int, _ count: Int, _ storage: Target, _ stride: Int) -> Void
  }

  /// Tiles of one image.
  let tiles: Int
  let batch: Int
  /// The plane of each side that product p multiplies.
  let pairs: [(left: Int, right: Int)]

  /// Of both transforms of a chunk, 2 MiB.
  private static let floatsAtOnce = 1 << 19
  /// Tiles that one piece transforms.
  private static let run = 32

  /// Tiles of one image that lie side by side in a chunk.
  private struct Segment {
    let image: Int
    let first: Int
    let count: Int
    /// Where they begin in the chunk.
    let place: Int
  }

  private func segments(_ range: Range<Int>) -> [Segment] {
    var segments: [Segment] = []
    var tile = range.lowerBound
    while tile < range.upperBound {
      let first = tile % tiles, count = min(Self.run, tiles - first, range.upperBound - tile)
      segments.append(Segment(image: tile / tiles, first: first, count: count, place: tile - range.lowerBound))
      tile += count
    }
    return segments
  }

  /// - Returns: for each product `[16 · left.blocks][16 · right.blocks]`.
  func sums(_ left: Side, _ right: Side) -> FloatBuffer {
    let workers = Workers.current, outer = Processor.table.matrix.outer, blocks = left.blocks + right.blocks
    let total = batch * tiles, floatsPerTile = 16 * (left.planes * left.blocks + right.planes * right.blocks)
    let chunk = min(total, max(Self.run, Self.floatsAtOnce / floatsPerTile / Self.run * Self.run))
    // One cache line more between planes: at a distance of a power of two they would share a cache set.
    let vSize = left.blocks * chunk * 16 + TiledProducts.skew, mSize = right.blocks * chunk * 16 + TiledProducts.skew
    let v = FloatBuffer(count: left.planes * vSize), m = FloatBuffer(count: right.planes * mSize)
    let pitch = right.blocks * 16, size = left.blocks * 16 * pitch
    let sums = FloatBuffer(count: pairs.count * size), pairs = pairs
    for start in stride(from: 0, to: total, by: chunk) {
      let n = min(chunk, total - start), segments = segments(start..<start + n)
      workers.run(segments.count * blocks) { piece, _ in
        let segment = segments[piece / blocks], block = piece % blocks
        if block < left.blocks {
          left.transform(
            segment.image * left.blocks + block, segment.first, segment.count,
            v.base + (block * n + segment.place) * 16, vSize)
        } else {
          right.transform(
            segment.image * right.blocks + block - left.blocks, segment.first, segment.count,
            m.base + ((block - left.blocks) * n + segment.place) * 16, mSize)
        }
      }
      workers.run(pairs.count * left.blocks) { piece, _ in
        let product = piece / left.blocks, block = piece % left.blocks
        OuterCall(
          depth: n, a: v.base + pairs[product].left * vSize + block * n * 16, b: m.base + pairs[product].right * mSize,
          bStride: n * 16, blocks: right.blocks, c: sums.base + product * size + block * 16 * pitch, cPitch: pitch,
          adds: start > 0
        ).run(outer)
      }
    }
    withExtendedLifetime((v, m)) {}
    return sums
  }
}
