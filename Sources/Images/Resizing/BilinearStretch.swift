extension Picture {
  /// The released resize: bilinear on bytes with 11-bit weights, without a low-pass filter, so strong reduction aliases.
  ///
  /// The same bytes as OpenCV's `resize` with `INTER_LINEAR`; `Fixtures/pixels` holds its numbers. Aspect is not kept.
  /// - Parameters:
  ///   - width: at least 1.
  ///   - height: at least 1.
  package func stretched(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    let (newWidth, newHeight) = (max(newWidth, 1), max(newHeight, 1))
    if newWidth == width, newHeight == height { return self }
    if newWidth * 2 == width, newHeight * 2 == height { return halved() }

    let columns = (0..<newWidth).map { column -> BilinearTap in
      var tap = BilinearTap(target: column, newSize: newWidth, size: width)
      if tap.index < 0 { tap = BilinearTap(index: 0, fraction: 0) }
      if tap.index >= width - 1 { tap = BilinearTap(index: width - 1, fraction: 0) }
      return tap
    }
    var upper = [Int32](repeating: 0, count: newWidth * 3)
    var lower = upper
    var rowsHeld = (-1, -1)
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for row in 0..<newHeight {
      let tap = BilinearTap(target: row, newSize: newHeight, size: height)
      let rows = (min(max(tap.index, 0), height - 1), min(max(tap.index + 1, 0), height - 1))
      if rows.0 == rowsHeld.1 {
        swap(&upper, &lower)
        rowsHeld = (rowsHeld.1, rowsHeld.0)
      }
      if rows.0 != rowsHeld.0 { stretchRow(rows.0, by: columns, into: &upper) }
      if rows.1 != rowsHeld.1 { stretchRow(rows.1, by: columns, into: &lower) }
      rowsHeld = rows
      for index in upper.indices {
        let sum = (tap.first * (upper[index] >> 4)) >> 16 + (tap.second * (lower[index] >> 4)) >> 16
        result.append(UInt8(clamping: (sum + 2) >> 2))
      }
    }
    return Picture(checkedWidth: newWidth, height: newHeight, pixels: result)
  }

  private func stretchRow(_ row: Int, by columns: [BilinearTap], into result: inout [Int32]) {
    let start = row * width * 3
    for (column, tap) in columns.enumerated() {
      let left = start + tap.index * 3
      let right = tap.index + 1 < width ? left + 3 : left
      for channel in 0..<3 {
        result[column * 3 + channel] =
          Int32(pixels[left + channel]) * tap.first + Int32(pixels[right + channel]) * tap.second
      }
    }
  }

  private func halved() -> Picture {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / 4)
    let stride = width * 3
    for row in 0..<height / 2 {
      for column in 0..<width / 2 {
        let corner = row * 2 * stride + column * 6
        for index in corner..<corner + 3 {
          let sum =
            Int(pixels[index]) + Int(pixels[index + 3]) + Int(pixels[index + stride]) + Int(pixels[index + stride + 3])
          result.append(UInt8((sum + 2) >> 2))
        }
      }
    }
    return Picture(checkedWidth: width / 2, height: height / 2, pixels: result)
  }
}

/// Two neighboring source positions and their weights of 2048 in all.
private struct BilinearTap {
  let index: Int
  let first: Int32
  let second: Int32

  init(index: Int, fraction: Float) {
    self.index = index
    first = Int32((2048 * (1 - fraction)).rounded(.toNearestOrEven))
    second = Int32((2048 * fraction).rounded(.toNearestOrEven))
  }

  init(target: Int, newSize: Int, size: Int) {
    let position = Float((Double(target) + 0.5) * (Double(size) / Double(newSize)) - 0.5)
    let index = position.rounded(.down)
    self.init(index: Int(index), fraction: position - index)
  }
}
