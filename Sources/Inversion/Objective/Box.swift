package import Tensors

/// A rectangle of pixels; `x` and `y` are its first column and row, from 0.
package struct Box: Hashable, Sendable, CustomStringConvertible {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The box around a center as the released tool takes it: `x = center - width / 2`, in whole numbers.
  package init(centerX: Int, centerY: Int, width: Int, height: Int) {
    self.init(x: centerX - width / 2, y: centerY - height / 2, width: width, height: height)
  }

  /// The middle of a picture: half its width, half its height.
  package static func center(of resolution: Int) -> Box {
    let side = max(1, resolution / 2)
    return Box(x: (resolution - side) / 2, y: (resolution - side) / 2, width: side, height: side)
  }

  package var description: String { "[\(x), \(y), \(width), \(height)]" }

  /// The part of the box inside a picture. Beyond the right and bottom edges it is cut, as released.
  ///
  /// - Throws: `InversionError.emptyBox` when the box begins outside the picture or holds nothing. (The released tool
  ///   lets a negative start wrap around to the other edge, which masks everything.)
  package func clipped(to resolution: Int) throws(InversionError) -> Box {
    guard x >= 0, y >= 0, width > 0, height > 0, x < resolution, y < resolution else {
      throw .emptyBox(self, resolution: resolution)
    }
    return Box(x: x, y: y, width: min(width, resolution - x), height: min(height, resolution - y))
  }

  /// `[1, 1, resolution, resolution]`: 1 inside the box, 0 outside.
  package func mask(resolution: Int) throws(InversionError) -> Tensor {
    let box = try clipped(to: resolution)
    var values = [Float](repeating: 0, count: resolution * resolution)
    for row in box.y..<box.y + box.height {
      for column in box.x..<box.x + box.width { values[row * resolution + column] = 1 }
    }
    return Tensor(values, [1, 1, resolution, resolution])
  }
}
