import Images

/// Squares cut out of a picture in any direction, in double.
enum TapSampling {
  /// - Parameters:
  ///   - side: pixels to a side of the result.
  ///   - taps: bilinear samples to a side of a pixel, of which it is the mean; indices are clamped to the picture.
  /// - Returns: pixels in rows, red, green, blue and 0, from 0 to 255.
  static func square(
    _ source: some PixelSource, _ placement: Placement, side: Int, taps: Int
  ) -> [SIMD4<Double>] {
    let steps = (0..<side * taps).map { (Double($0) + 0.5) / Double(side * taps) * 2 - 1 }
    let bands = runs(of: side, length: 8)
    return inPieces(bands.count) { piece in
      var rows: [SIMD4<Double>] = []
      for row in bands[piece] {
        for column in 0..<side {
          var sum = SIMD4<Double>.zero
          for j in row * taps..<(row + 1) * taps {
            let start = placement.center + placement.down * steps[j]
            for i in column * taps..<(column + 1) * taps {
              sum += bilinear(source, start + placement.across * steps[i])
            }
          }
          rows.append(sum / Double(taps * taps))
        }
      }
      return rows
    }.flatMap(\.self)
  }

  private static func bilinear(_ source: some PixelSource, _ point: Point) -> SIMD4<Double> {
    let x = point.x - 0.5, y = point.y - 0.5
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    func clamped(_ value: Double, _ count: Int) -> Int { Int(min(max(value, 0), Double(count - 1))) }
    let (x0, x1) = (clamped(left, source.width), clamped(left + 1, source.width))
    let (y0, y1) = (clamped(top, source.height), clamped(top + 1, source.height))
    let (fx, fy) = (x - left, y - top)
    let upper = source.color(x0, y0) * (1 - fx) + source.color(x1, y0) * fx
    let lower = source.color(x0, y1) * (1 - fx) + source.color(x1, y1) * fx
    return upper * (1 - fy) + lower * fy
  }
}
