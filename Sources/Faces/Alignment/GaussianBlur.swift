/// A map of colors, or of four numbers of any kind a pixel.
package struct ColorMap: Sendable {
  package let width: Int
  package let height: Int
  /// Row after row.
  package let values: [SIMD4<Double>]

  package init(width: Int, height: Int, values: [SIMD4<Double>]) {
    precondition(values.count == width * height, "values do not fit the size")
    self.width = width
    self.height = height
    self.values = values
  }

  /// Each value becomes the Gaussian mean of its surroundings, to four times `sigma`; beyond its edges
  /// the map is reflected, the edge repeated: … 1 0 | 0 1 …
  package func blurred(sigma: Double) -> ColorMap {
    let radius = Int(4 * sigma + 0.5)
    let plain = (-radius...radius).map { Self.bell(Double($0) / sigma) }
    let sum = plain.reduce(0, +)
    let weights = plain.map { $0 / sum }
    let across = ColorMap(width: width, height: height, values: rows { y in
      let line = (-radius..<width + radius).map { values[y * width + Self.reflected($0, width)] }
      return (0..<width).map { x in
        var sum = SIMD4<Double>.zero
        for (index, weight) in weights.enumerated() { sum += line[x + index] * weight }
        return sum
      }
    })
    return ColorMap(width: width, height: height, values: across.rows { y in
      var line = [SIMD4<Double>](repeating: .zero, count: width)
      for (index, weight) in weights.enumerated() {
        let start = Self.reflected(y + index - radius, height) * width
        for x in 0..<width { line[x] += across.values[start + x] * weight }
      }
      return line
    })
  }

  private func rows(_ row: (Int) -> [SIMD4<Double>]) -> [SIMD4<Double>] {
    let bands = runs(of: height, length: 16)
    return inPieces(bands.count) { piece in bands[piece].flatMap(row) }.flatMap(\.self)
  }

  private static func reflected(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    let place = ((index % (2 * count)) + 2 * count) % (2 * count)
    return place < count ? place : 2 * count - 1 - place
  }

  private static func bell(_ x: Double) -> Double { exponential(-x * x / 2) }
}
