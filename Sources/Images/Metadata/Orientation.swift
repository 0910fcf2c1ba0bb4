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
  private static let tileSide = 64

  /// The picture stood upright.
  ///
  /// - Parameter listener: hears of the turned pixels, unless the picture is upright.
  package func oriented(by orientation: Orientation, listener: PixelListener? = nil) -> Picture {
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
    let result = unsafe pixels.withUnsafeBufferPointer { pixels in
      unsafe [UInt8](unsafeUninitializedCapacity: pixels.count) { result, initialized in
        unsafe askForLargePages(UnsafeMutableRawBufferPointer(result))
        // In tiles, so that the rows that one is read from stay in the cache.
        for firstRow in Swift.stride(from: 0, to: newHeight, by: Self.tileSide) {
          let rows = firstRow..<min(firstRow + Self.tileSide, newHeight)
          for firstColumn in Swift.stride(from: 0, to: newWidth, by: Self.tileSide) {
            let columns = firstColumn..<min(firstColumn + Self.tileSide, newWidth)
            for y in rows {
              var source = (start + y * downStep + firstColumn * acrossStep) * 3
              var target = (y * newWidth + firstColumn) * 3
              for _ in columns {
                unsafe result[target] = pixels[source]
                unsafe result[target + 1] = pixels[source + 1]
                unsafe result[target + 2] = pixels[source + 2]
                target += 3
                source += acrossStep * 3
              }
            }
          }
          initialized = rows.upperBound * newWidth * 3
          unsafe listener?(RawSpan(_unsafeElements: UnsafeBufferPointer(rebasing: result[..<initialized])))
        }
      }
    }
    return Picture(checkedWidth: newWidth, height: newHeight, pixels: result)
  }
}
