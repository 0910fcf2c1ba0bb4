import Images

/// Colors by column and row: red, green, blue and 0, from 0 to 255.
protocol PixelSource: Sendable {
  var width: Int { get }
  var height: Int { get }
  func color(_ x: Int, _ y: Int) -> SIMD4<Double>
}

extension Picture: PixelSource {
  func color(_ x: Int, _ y: Int) -> SIMD4<Double> {
    let index = (y * width + x) * 3
    return SIMD4(Double(pixels[index]), Double(pixels[index + 1]), Double(pixels[index + 2]), 0)
  }
}

/// Colors that are not rounded to bytes.
struct Raster: PixelSource {
  let width: Int
  let height: Int
  /// Three numbers a pixel.
  private let values: [Float]

  func color(_ x: Int, _ y: Int) -> SIMD4<Double> {
    let index = (y * width + x) * 3
    return SIMD4(Double(values[index]), Double(values[index + 1]), Double(values[index + 2]), 0)
  }

  /// The means of `factor` × `factor` blocks; the last ones of a row and column average what is left.
  ///
  /// - Parameter region: the blocks that are wanted.
  init(means picture: Picture, of factor: Int, region: PixelRegion) {
    width = region.width
    height = region.height
    let bands = runs(of: region.height, length: 16)
    values = inPieces(bands.count) { piece in
      var row: [Float] = []
      for y in bands[piece] {
        for x in 0..<region.width {
          let mean = blockMean(picture, factor, region.x + x, region.y + y)
          row += [Float(mean.x), Float(mean.y), Float(mean.z)]
        }
      }
      return row
    }.flatMap(\.self)
  }
}

/// The mean of a block of a source, of what lies inside.
func blockMean(_ source: some PixelSource, _ factor: Int, _ x: Int, _ y: Int) -> SIMD4<Double> {
  var sum = SIMD4<Double>.zero
  let rows = y * factor..<min((y + 1) * factor, source.height), columns = x * factor..<min((x + 1) * factor, source.width)
  for row in rows {
    for column in columns { sum += source.color(column, row) }
  }
  return sum / Double(rows.count * columns.count)
}
