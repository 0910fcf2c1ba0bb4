internal import Kernels
package import NeuralNetworks
internal import Synchronization
package import Tensors

/// Photographs as batches of tensors, at the side and fading of a stage.
package struct RealBatches {
  private let photographs: PreparedPhotographs

  package init(_ photographs: PreparedPhotographs) {
    self.photographs = photographs
  }

  /// Photographs by number, sixteen at a time, unturned and at the full side.
  package func forEachBatch(_ items: [Int], _ body: (Tensor) throws -> Void) throws {
    for start in stride(from: 0, to: items.count, by: 16) {
      try body(tensor(Array(items[start..<min(start + 16, items.count)])))
    }
  }

  /// Photographs by number, `[n, 3, side, side]` from -1 to 1. Lower sides are 2×2 averages of the whole picture.
  ///
  /// - Parameters:
  ///   - mirrored: for each, whether it is turned left to right.
  ///   - stage: while a block is fading in, they lose as much sharpness as the generator's pictures; nil for the full side.
  package func tensor(_ indexes: [Int], mirrored: [Bool] = [], stage: GrowthStage? = nil) throws -> Tensor {
    let full = photographs.side, side = stage?.side ?? full, count = 3 * side * side
    let buffer = FloatBuffer(count: indexes.count * count)
    let photographs = photographs
    // Pieces write to places of their own, but a span belongs to one: each makes its picture, then all are joined.
    let pictures = OrderedResults<[Float]>(indexes.count)
    Workers.current.run(indexes.count) { item, _ in
      let mirror = mirrored.isEmpty ? false : mirrored[item]
      pictures.set(item, Self.planar(photographs.pixels(of: indexes[item]), side: full, to: side, mirrored: mirror))
    }
    buffer.withMutableSpan { target in
      var place = 0
      for picture in pictures.values {
        for value in picture {
          target[place] = value
          place += 1
        }
      }
    }
    let reals = Tensor(buffer, [indexes.count, 3, side, side])
    return try stage?.faded(reals) ?? reals
  }

  private static func planar(_ pixels: ArraySlice<UInt8>, side full: Int, to side: Int, mirrored: Bool) -> [Float] {
    let step = full / side, scale = 1 / Float(step * step)
    var result = [Float](repeating: 0, count: 3 * side * side)
    let start = pixels.startIndex
    for y in 0..<side {
      for x in 0..<side {
        let column = mirrored ? side - 1 - x : x
        for channel in 0..<3 {
          var sum: Float = 0
          for dy in 0..<step {
            let row = start + ((y * step + dy) * full + column * step) * 3 + channel
            for dx in 0..<step { sum += value(pixels[row + dx * 3]) }
          }
          result[(channel * side + y) * side + x] = sum * scale
        }
      }
    }
    return result
  }

  /// As `floatPixels(from:)`.
  private static func value(_ byte: UInt8) -> Float { Float(byte) / 255 * 2 - 1 }
}

/// What numbered pieces of work gave, in their order.
final class OrderedResults<Value: Sendable>: Sendable {
  private let items: Mutex<[Value?]>

  init(_ count: Int) {
    items = Mutex(Array(repeating: nil, count: count))
  }

  func set(_ index: Int, _ value: Value) {
    items.withLock { $0[index] = value }
  }

  var values: [Value] { items.withLock { $0.compactMap { $0 } } }
}
