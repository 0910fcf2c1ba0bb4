import Glibc

/// How alike two pictures of one size are, by their bytes as saved. `[height, width, 3]`, rows from the top.
package struct PixelSimilarity: Sendable, Equatable {
  /// Mean squared difference on the scale of -1 to 1.
  package let meanSquaredError: Double
  /// In decibels; nil for equal pictures, which have no such number.
  package let peakSignalToNoise: Double?

  package init(_ a: [UInt8], _ b: [UInt8]) {
    precondition(a.count == b.count && !a.isEmpty, "pictures of \(a.count) and \(b.count) bytes")
    var sum = 0
    for (x, y) in zip(a, b) { sum += (Int(x) - Int(y)) * (Int(x) - Int(y)) }
    let mean = Double(sum) / Double(a.count)
    meanSquaredError = mean / (127.5 * 127.5)
    peakSignalToNoise = sum == 0 ? nil : 10 * log10(255 * 255 / mean)
  }
}

/// Structural similarity, averaged over the three channels and over all places where the window fits; 1 for equal
/// pictures. A Gaussian window of 11 taps, σ = 1.5, K = 0.01 and 0.03, population moments. Source: Wang et al. 2004.
///
/// - Parameters:
///   - a, b: `[height, width, 3]` bytes.
/// - Returns: nil when a side is shorter than the window.
package func structuralSimilarity(_ a: [UInt8], _ b: [UInt8], width: Int, height: Int) -> Double? {
  precondition(a.count == width * height * 3 && b.count == a.count, "pictures of \(a.count) and \(b.count) bytes")
  let taps = GaussianWindow.taps
  guard width >= taps.count, height >= taps.count else { return nil }
  let (c1, c2) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
  var sum = 0.0
  for channel in 0..<3 {
    func plane(_ value: (Double, Double) -> Double) -> [Double] {
      (0..<width * height).map { value(Double(a[$0 * 3 + channel]), Double(b[$0 * 3 + channel])) }
    }
    func blurred(_ value: (Double, Double) -> Double) -> [Double] {
      GaussianWindow.blurred(plane(value), width: width, height: height)
    }
    let meanA = blurred { x, _ in x }, meanB = blurred { _, y in y }
    let squareA = blurred { x, _ in x * x }, squareB = blurred { _, y in y * y }, product = blurred { x, y in x * y }
    var channelSum = 0.0
    for index in meanA.indices {
      let (x, y) = (meanA[index], meanB[index])
      let (varianceA, varianceB) = (squareA[index] - x * x, squareB[index] - y * y)
      let covariance = product[index] - x * y
      channelSum += (2 * x * y + c1) * (2 * covariance + c2) / ((x * x + y * y + c1) * (varianceA + varianceB + c2))
    }
    sum += channelSum / Double(meanA.count)
  }
  return sum / 3
}

private enum GaussianWindow {
  static let taps: [Double] = {
    let raw = (-5...5).map { (offset: Int) -> Double in exp(Double(offset * offset) / -4.5) }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }()

  /// `[height - 10, width - 10]`.
  static func blurred(_ plane: [Double], width: Int, height: Int) -> [Double] {
    let innerWidth = width - taps.count + 1, innerHeight = height - taps.count + 1
    var rows = [Double](repeating: 0, count: height * innerWidth)
    for y in 0..<height {
      for x in 0..<innerWidth {
        var sum = 0.0
        for (offset, tap) in taps.enumerated() { sum += tap * plane[y * width + x + offset] }
        rows[y * innerWidth + x] = sum
      }
    }
    var result = [Double](repeating: 0, count: innerHeight * innerWidth)
    for y in 0..<innerHeight {
      for x in 0..<innerWidth {
        var sum = 0.0
        for (offset, tap) in taps.enumerated() { sum += tap * rows[(y + offset) * innerWidth + x] }
        result[y * innerWidth + x] = sum
      }
    }
    return result
  }
}
