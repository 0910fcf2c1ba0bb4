/// How a stored picture is turned to stand upright: the values of EXIF tag 0x0112.
package enum Orientation: Int, CaseIterable, Sendable {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case flipped = 4
  case transposed = 5
  case needsClockwiseTurn = 6
  case transversed = 7
  case needsCounterclockwiseTurn = 8

  /// Whether width and height change places.
  package var exchangesSides: Bool { rawValue >= 5 }
}

extension Picture {
  /// The picture stood upright.
  package func oriented(by orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    let (newWidth, newHeight) = orientation.exchangesSides ? (height, width) : (width, height)
    // The source of target pixel (x, y) lies at start + x * acrossStep + y * downStep, counted in pixels.
    let (right, down, last) = (1, width, width * height - 1)
    let (start, acrossStep, downStep) =
      switch orientation {
      case .upright: (0, right, down)
      case .mirrored: (width - 1, -right, down)
      case .upsideDown: (last, -right, -down)
      case .flipped: (last - (width - 1), right, -down)
      case .transposed: (0, down, right)
      case .needsClockwiseTurn: (last - (width - 1), -down, right)
      case .transversed: (last, -down, -right)
      case .needsCounterclockwiseTurn: (width - 1, down, -right)
      }
    var result = [UInt8](repeating: 0, count: pixels.count)
    // In strips of columns, so that the rows a strip is read from stay in the cache.
    for first in Swift.stride(from: 0, to: newWidth, by: 64) {
      for y in 0..<newHeight {
        var source = (start + y * downStep + first * acrossStep) * 3
        var target = (y * newWidth + first) * 3
        for _ in first..<min(first + 64, newWidth) {
          result[target] = pixels[source]
          result[target + 1] = pixels[source + 1]
          result[target + 2] = pixels[source + 2]
          target += 3
          source += acrossStep * 3
        }
      }
    }
    return Picture(checkedWidth: newWidth, height: newHeight, pixels: result)
  }
}
