import Images

/// A picture continued beyond its edges: reflected, more and more blurred, and turning into its median color.
///
/// Source: the released script of the FFHQ data set, as `Fixtures/align` describes it.
struct ReflectedBorder {
  /// The blur of large faces is taken of means of blocks, so that its cost does not grow with the face. Below a sigma of
  /// eight pixels it is exact.
  private static let blockSigma = 4.0

  /// Left, top, right, bottom.
  let pads: [Int]
  let width: Int
  let height: Int
  let sigma: Double
  let picture: Picture
  /// Of each channel, before the last blend.
  let median: SIMD4<Double>

  /// - Parameters:
  ///   - pads: left, top, right, bottom; all positive.
  ///   - side: of the square that is to be cut out.
  init(_ source: some PixelSource, pads: [Int], side: Double) {
    let canvas = Canvas(source: source, pads: pads)
    let sigma = 0.02 * side, factor = max(1, Int(sigma / Self.blockSigma))
    let blurred = canvas.blurred(sigma: sigma, factor: factor)
    self.pads = pads
    self.sigma = sigma
    (width, height) = (canvas.width, canvas.height)
    let blended = { @Sendable (x: Int, y: Int) -> (color: SIMD4<Double>, distance: Double) in
      let (color, distance) = (canvas.color(x, y), canvas.distance(x, y))
      let share = min(max(3 * distance + 1, 0), 1)
      guard share > 0 else { return (color, distance) }
      return (color + (blurred.sample(x, y, factor) - color) * share, distance)
    }
    let median = Self.median(width: canvas.width, height: canvas.height) { blended($0, $1).color }
    let bands = runs(of: canvas.height, length: 32)
    let pixels = inPieces(bands.count) { piece in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(bands[piece].count * canvas.width * 3)
      for y in bands[piece] {
        for x in 0..<canvas.width {
          let (color, distance) = blended(x, y)
          let value = (color + (median - color) * min(max(distance, 0), 1)).rounded(.toNearestOrEven)
            .clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
          bytes += [UInt8(value.x), UInt8(value.y), UInt8(value.z)]
        }
      }
      return bytes
    }
    self.median = median
    picture = Picture(rows: pixels, width: width)
  }

  /// The median of each channel, through two counts by leading and then by trailing bits; values are rounded to float.
  private static func median(
    width: Int, height: Int, _ color: @Sendable (Int, Int) -> SIMD4<Double>
  ) -> SIMD4<Double> {
    let bands = runs(of: height, length: max(16, (height + 7) / 8))
    func counts(_ key: @Sendable (UInt32, Int) -> Int?) -> [[Int]] {
      let parts = inPieces(bands.count) { piece in
        var counts = [[Int32]](repeating: [Int32](repeating: 0, count: 1 << 16), count: 3)
        for y in bands[piece] {
          for x in 0..<width {
            let value = color(x, y)
            for channel in 0..<3 {
              if let key = key(Float(max(0, value[channel])).bitPattern, channel) { counts[channel][key] += 1 }
            }
          }
        }
        return counts
      }
      return (0..<3).map { channel in
        parts.reduce(into: [Int](repeating: 0, count: 1 << 16)) { sum, part in
          for index in sum.indices { sum[index] += Int(part[channel][index]) }
        }
      }
    }
    /// Where the item of that rank lies, and its rank there.
    func find(_ rank: Int, _ counts: [Int]) -> (key: Int, rank: Int) {
      var rest = rank
      for (key, count) in counts.enumerated() {
        if rest < count { return (key, rest) }
        rest -= count
      }
      return (counts.count - 1, 0)
    }
    let ranks = [(width * height - 1) / 2, width * height / 2]
    let leading = counts { bits, _ in Int(bits >> 16) }
    var sum = SIMD4<Double>.zero
    for rank in ranks {
      let found = (0..<3).map { find(rank, leading[$0]) }
      let keys = found.map(\.key)
      let trailing = counts { bits, channel in Int(bits >> 16) == keys[channel] ? Int(bits & 0xffff) : nil }
      for channel in 0..<3 {
        let low = find(found[channel].rank, trailing[channel]).key
        sum[channel] += Double(Float(bitPattern: UInt32(keys[channel]) << 16 | UInt32(low)))
      }
      if ranks[0] == ranks[1] { return sum }
    }
    return sum / 2
  }
}

/// The reflected picture, computed pixel by pixel.
private struct Canvas<Source: PixelSource>: PixelSource {
  let source: Source
  let width: Int
  let height: Int
  private let columns: [Int]
  private let rows: [Int]
  /// How far into the border, from 1 at its outer edge to 0 at the picture and less inside; the larger of both axes counts.
  private let acrossDistances: [Double]
  private let downDistances: [Double]

  init(source: Source, pads: [Int]) {
    self.source = source
    width = source.width + pads[0] + pads[2]
    height = source.height + pads[1] + pads[3]
    columns = Self.reflected(source.width, pads[0], pads[2])
    rows = Self.reflected(source.height, pads[1], pads[3])
    acrossDistances = Self.distances(width, pads[0], pads[2])
    downDistances = Self.distances(height, pads[1], pads[3])
  }

  func color(_ x: Int, _ y: Int) -> SIMD4<Double> { source.color(columns[x], rows[y]) }
  func distance(_ x: Int, _ y: Int) -> Double { max(acrossDistances[x], downDistances[y]) }

  func blurred(sigma: Double, factor: Int) -> ColorMap {
    let (columns, rows) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
    let bands = runs(of: rows, length: 16)
    let means = inPieces(bands.count) { piece in
      bands[piece].flatMap { y in (0..<columns).map { x in blockMean(self, factor, x, y) } }
    }
    return ColorMap(width: columns, height: rows, values: means.flatMap(\.self)).blurred(sigma: sigma / Double(factor))
  }

  /// Reflection that does not repeat the edge: … 2 1 | 0 1 2 …
  private static func reflected(_ count: Int, _ before: Int, _ after: Int) -> [Int] {
    let period = max(1, 2 * (count - 1))
    return (-before..<count + after).map { index in
      let place = ((index % period) + period) % period
      return place < count ? place : period - place
    }
  }

  private static func distances(_ count: Int, _ before: Int, _ after: Int) -> [Double] {
    (0..<count).map { 1 - min(Double($0) / Double(before), Double(count - 1 - $0) / Double(after)) }
  }
}

extension ColorMap {
  /// The value at a pixel of a map `factor` times as fine, between the nearest four.
  fileprivate func sample(_ x: Int, _ y: Int, _ factor: Int) -> SIMD4<Double> {
    if factor == 1 { return values[y * width + x] }
    let (column, row) = (place(x, factor, width), place(y, factor, height))
    let (a, b) = (row.index * width, min(row.index + 1, height - 1) * width)
    let right = min(column.index + 1, width - 1)
    let upper = values[a + column.index] * (1 - column.share) + values[a + right] * column.share
    let lower = values[b + column.index] * (1 - column.share) + values[b + right] * column.share
    return upper * (1 - row.share) + lower * row.share
  }

  private func place(_ pixel: Int, _ factor: Int, _ count: Int) -> (index: Int, share: Double) {
    let position = min(max((Double(pixel) + 0.5) / Double(factor) - 0.5, 0), Double(count - 1))
    return (Int(position), position - position.rounded(.down))
  }
}
