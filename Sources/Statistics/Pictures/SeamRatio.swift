/// How much stronger edges are along a box's outline than beside it: about 1 where nothing was pasted.
///
/// Mean difference of luma across the outline, divided by the mean over the outlines two and three pixels outside and
/// inside. Parts of outlines that leave the picture do not count.
///
/// - Parameters:
///   - pixels: `[height, width, 3]` bytes.
///   - x, y: the box's first column and row.
/// - Returns: nil when no outline lies inside the picture, or when there is no edge beside it.
package func seamRatio(_ pixels: [UInt8], width: Int, height: Int, x: Int, y: Int, boxWidth: Int, boxHeight: Int) -> Double? {
  let luma = (0..<width * height).map { (place: Int) -> Double in
    let (red, green, blue) = (Double(pixels[place * 3]), Double(pixels[place * 3 + 1]), Double(pixels[place * 3 + 2]))
    return 0.299 * red + 0.587 * green + 0.114 * blue
  }
  /// Mean difference across the outline that lies `margin` pixels outside the box.
  func outline(_ margin: Int) -> Double? {
    let (left, top) = (x - margin, y - margin)
    let (right, bottom) = (x + boxWidth + margin, y + boxHeight + margin)
    guard left < right, top < bottom else { return nil }
    let rows = max(0, top)..<max(0, min(height, bottom)), columns = max(0, left)..<max(0, min(width, right))
    var (sum, count) = (0.0, 0)
    for edge in [left, right] where edge > 0 && edge < width {
      for row in rows { sum += abs(luma[row * width + edge] - luma[row * width + edge - 1]) }
      count += rows.count
    }
    for edge in [top, bottom] where edge > 0 && edge < height {
      for column in columns { sum += abs(luma[edge * width + column] - luma[(edge - 1) * width + column]) }
      count += columns.count
    }
    return count > 0 ? sum / Double(count) : nil
  }
  let beside = [-3, -2, 2, 3].compactMap(outline)
  guard let across = outline(0), !beside.isEmpty else { return nil }
  let usual = beside.reduce(0, +) / Double(beside.count)
  return usual > 0 ? across / usual : nil
}
