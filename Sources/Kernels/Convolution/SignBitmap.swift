import KernelInterface

/// Where it lies which numbers of a map are at most zero: all that an activation's derivative asks of its output.
///
/// A word of 32 bits for each lane of each tile of a plane, `[plane][tile][16]`, a bit for each pixel: a sixteenth of the
/// map where tiles have 16 pixels. A map that is not kept for its gradient leaves its place in the caches to the next one.
struct SignBitmap {
  let height: Int
  let width: Int
  let tileHeight: Int
  let tileWidth: Int

  /// Square tiles, as Winograd's transforms take them.
  init(height: Int, width: Int, tileSide: Int) {
    self.init(height: height, width: width, tileHeight: tileSide, tileWidth: tileSide)
  }

  /// Runs of 32 pixels, from each row's first.
  init(rows: Int, width: Int) { self.init(height: rows, width: width, tileHeight: 1, tileWidth: 32) }

  private init(height: Int, width: Int, tileHeight: Int, tileWidth: Int) {
    self.height = height
    self.width = width
    self.tileHeight = tileHeight
    self.tileWidth = tileWidth
  }

  /// Words of a plane.
  var planeSize: Int { (height + tileHeight - 1) / tileHeight * ((width + tileWidth - 1) / tileWidth) * 16 }

  /// Room for the signs of a map that a layer gives; nil without an activation.
  func room(_ shape: BlockedShape, _ activation: Activation) -> SignBits? {
    activation == .none ? nil : SignBits(FloatBuffer(count: shape.planes * planeSize))
  }

  /// Takes the signs of whole planes.
  func take(of y: FloatBuffer, planes: Int, into signs: SignBits) {
    let table = Processor.table, size = height * width * 16
    Workers.current.run(planes) { plane, _ in
      table.convolution.signs(
        y.base + plane * size, height, width, tileHeight, tileWidth, signs.base + plane * planeSize)
    }
    withExtendedLifetime((y, signs)) {}
  }
}

/// The signs of a map, laid out by a `SignBitmap`: words of bits that are no numbers, though they lie in a buffer of floats,
/// which the pool of buffers keeps for the next step.
package struct SignBits: Sendable {
  private let words: FloatBuffer

  init(_ words: FloatBuffer) {
    self.words = words
  }

  var count: Int { words.count }
  var base: Target { words.base }
}
