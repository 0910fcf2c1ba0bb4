import Images

/// A square picture's numbers brought back to the photograph's pixels: Catmull-Rom, as many taps to a pixel as its own
/// pixels need.
struct BackWarp {
  private let placement: Placement
  private let side: Int
  private let taps: Int

  /// - Parameter side: of the square picture.
  init(_ placement: Placement, side: Int) {
    self.placement = placement
    self.side = side
    taps = max(1, Int((Double(side) / placement.side).rounded(.up)))
  }

  /// - Parameter values: `side * side`, in rows.
  func callAsFunction(_ values: [SIMD8<Double>], x: Int, y: Int) -> SIMD8<Double> {
    var sum = SIMD8<Double>.zero
    for b in 0..<taps {
      for a in 0..<taps {
        let point = Point(
          x: Double(x) + (Double(a) + 0.5) / Double(taps), y: Double(y) + (Double(b) + 0.5) / Double(taps))
        let (u, v) = placement.position(of: point)
        sum += sample(values, (u + 1) * Double(side) / 2 - 0.5, (v + 1) * Double(side) / 2 - 0.5)
      }
    }
    return taps == 1 ? sum : sum / Double(taps * taps)
  }

  private func sample(_ values: [SIMD8<Double>], _ x: Double, _ y: Double) -> SIMD8<Double> {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (across, down) = (Self.weights(x - left), Self.weights(y - top))
    let (column, row) = (Int(left) - 1, Int(top) - 1)
    var sum = SIMD8<Double>.zero
    for j in 0..<4 {
      let start = min(max(row + j, 0), side - 1) * side
      var line = SIMD8<Double>.zero
      for i in 0..<4 { line += values[start + min(max(column + i, 0), side - 1)] * across[i] }
      sum += line * down[j]
    }
    return sum
  }

  /// For the pixel before the one at or before the place, that one, and the two after. Source: Keys 1981, a = -1/2.
  private static func weights(_ t: Double) -> SIMD4<Double> {
    func near(_ t: Double) -> Double { (1.5 * t - 2.5) * t * t + 1 }
    func far(_ t: Double) -> Double { ((-0.5 * t + 2.5) * t - 4) * t + 2 }
    return SIMD4(far(1 + t), near(t), near(1 - t), far(2 - t))
  }
}
