package import Images

/// Reduction (and enlargement) by plain means over windows of whole pixels, which may share a pixel: what the detector was
/// trained with.
package enum AreaResampling {
  /// The pixels that give pixel `index` of `count`, from `size`.
  static func window(_ index: Int, of count: Int, from size: Int) -> Range<Int> {
    index * size / count..<((index + 1) * size + count - 1) / count
  }

  /// Some columns and rows of a region resampled to another size.
  ///
  /// - Parameters:
  ///   - region: inside the picture.
  ///   - width, height: of the whole resampled region.
  ///   - columns, rows: those of the resampled region that are wanted.
  /// - Returns: `[3, rows, columns]`, from 0 to 255, not rounded.
  package static func resampled(
    _ picture: Picture, from region: PixelRegion, toWidth width: Int, height: Int, columns: Range<Int>, rows: Range<Int>
  ) -> [Float] {
    let windows = columns.map { window($0, of: width, from: region.width) }
    guard let first = windows.first?.lowerBound, let end = windows.last?.upperBound else { return [] }
    let plane = rows.count * columns.count
    var result = [Float](repeating: 0, count: 3 * plane)
    var sums = [UInt32](repeating: 0, count: (end - first) * 3)
    for row in rows {
      let high = window(row, of: height, from: region.height)
      for index in sums.indices { sums[index] = 0 }
      for y in high {
        let start = ((region.y + y) * picture.width + region.x + first) * 3
        add(picture.pixels.span.extracting(start..<start + sums.count), to: &sums)
      }
      for (column, wide) in windows.enumerated() {
        var (red, green, blue) = (0, 0, 0)
        for x in wide {
          let index = (x - first) * 3
          red += Int(sums[index])
          green += Int(sums[index + 1])
          blue += Int(sums[index + 2])
        }
        let count = Double(high.count * wide.count)
        let target = (row - rows.lowerBound) * columns.count + column
        result[target] = Float(Double(red) / count)
        result[plane + target] = Float(Double(green) / count)
        result[2 * plane + target] = Float(Double(blue) / count)
      }
    }
    return result
  }

  /// A whole region.
  package static func resampled(
    _ picture: Picture, from region: PixelRegion, toWidth width: Int, height: Int
  ) -> [Float] {
    resampled(picture, from: region, toWidth: width, height: height, columns: 0..<width, rows: 0..<height)
  }

  private static func add(_ row: Span<UInt8>, to sums: inout [UInt32]) {
    var sums = sums.mutableSpan
    precondition(row.count == sums.count, "a row and its sums differ")
    for index in row.indices { sums[index] &+= UInt32(row[index]) }
  }
}
