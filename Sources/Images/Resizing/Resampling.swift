/// A rectangle of whole pixels.
package struct PixelRegion: Equatable, Sendable {
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
}

extension Picture {
  /// Resamples a region with a Catmull-Rom filter that widens when it reduces, so that reduction does not alias.
  ///
  /// Works on gamma-encoded values, as the tools that made the training sets did. A region of the target's size is copied
  /// unchanged. Rows are resampled one at a time; memory beside the result is a few rows.
  /// - Parameter region: inside the picture; nil for all of it.
  /// - Complexity: about 4 operations for each source pixel and 16 for each target pixel.
  ///
  /// Source: Keys 1981 with a = −1/2; the arithmetic, but for rounding between the passes, is that of Pillow's `BICUBIC`.
  package func resampled(toWidth newWidth: Int, height newHeight: Int, from region: PixelRegion? = nil) -> Picture {
    let region = region ?? PixelRegion(x: 0, y: 0, width: width, height: height)
    precondition(
      region.x >= 0 && region.y >= 0 && region.width > 0 && region.height > 0 && region.x <= width - region.width
        && region.y <= height - region.height, "the region lies outside of the picture")
    let (newWidth, newHeight) = (max(newWidth, 1), max(newHeight, 1))
    if newWidth == region.width, newHeight == region.height { return cropped(to: region) }

    let columns = FilterTaps(size: region.width, newSize: newWidth)
    let rows = FilterTaps(size: region.height, newSize: newHeight)
    // The last rows that were resampled across; row r lies in slot r % slots.
    let slots = rows.longest
    var held = [SIMD4<Float>](repeating: .zero, count: slots * newWidth)
    var source = [SIMD4<Float>](repeating: .zero, count: region.width)
    var sums = [SIMD4<Float>](repeating: .zero, count: newWidth)
    var next = 0
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for row in 0..<newHeight {
      let span = rows.span(row)
      next = max(next, span.first)
      while next < span.end {
        load(row: region.y + next, from: region.x, into: &source)
        columns.apply(to: source, into: &held, at: next % slots * newWidth)
        next += 1
      }
      for column in 0..<newWidth { sums[column] = .zero }
      for (tap, index) in (span.first..<span.end).enumerated() {
        let weight = rows.weights[span.weights + tap]
        let slot = index % slots * newWidth
        for column in 0..<newWidth { sums[column] += held[slot + column] * weight }
      }
      for sum in sums {
        let rounded = (sum + 0.5).clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
        result.append(UInt8(rounded.x))
        result.append(UInt8(rounded.y))
        result.append(UInt8(rounded.z))
      }
    }
    return Picture(checkedWidth: newWidth, height: newHeight, pixels: result)
  }

  /// The pixels of a region inside the picture.
  package func cropped(to region: PixelRegion) -> Picture {
    if region == PixelRegion(x: 0, y: 0, width: width, height: height) { return self }
    var result: [UInt8] = []
    result.reserveCapacity(region.width * region.height * 3)
    for row in region.y..<region.y + region.height {
      let start = (row * width + region.x) * 3
      result += pixels[start..<start + region.width * 3]
    }
    return Picture(checkedWidth: region.width, height: region.height, pixels: result)
  }

  private func load(row: Int, from column: Int, into result: inout [SIMD4<Float>]) {
    var index = (row * width + column) * 3
    for pixel in result.indices {
      result[pixel] = SIMD4(Float(pixels[index]), Float(pixels[index + 1]), Float(pixels[index + 2]), 0)
      index += 3
    }
  }
}

/// For each target position the source positions that it sees, and their weights.
private struct FilterTaps {
  struct Span {
    let first: Int
    let end: Int
    /// Where the weights of this span start.
    let weights: Int
  }

  private let spans: [Span]
  let weights: [Float]
  let longest: Int

  init(size: Int, newSize: Int) {
    let scale = Double(size) / Double(newSize)
    let widening = max(scale, 1)
    var spans: [Span] = []
    var weights: [Float] = []
    for target in 0..<newSize {
      let center = (Double(target) + 0.5) * scale
      let first = max(0, Int((center - 2 * widening + 0.5).rounded(.down)))
      let end = max(first + 1, min(size, Int((center + 2 * widening + 0.5).rounded(.down))))
      let values = (first..<end).map { catmullRom((Double($0) + 0.5 - center) / widening) }
      let sum = values.reduce(0, +)
      spans.append(Span(first: first, end: end, weights: weights.count))
      weights += values.map { Float($0 / sum) }
    }
    self.spans = spans
    self.weights = weights
    longest = spans.map { $0.end - $0.first }.max() ?? 1
  }

  func span(_ target: Int) -> Span { spans[target] }

  func apply(to source: [SIMD4<Float>], into result: inout [SIMD4<Float>], at offset: Int) {
    for (target, span) in spans.enumerated() {
      var sum = SIMD4<Float>.zero
      var weight = span.weights
      for index in span.first..<span.end {
        sum += source[index] * weights[weight]
        weight += 1
      }
      result[offset + target] = sum
    }
  }
}

private func catmullRom(_ x: Double) -> Double {
  let x = abs(x)
  if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
  if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
  return 0
}
