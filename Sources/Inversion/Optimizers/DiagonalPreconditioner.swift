private import Glibc

/// How large moves of each number of a code should be: what Adam keeps of its gradients, used as a measure.
///
/// Numbers of early layers have far larger gradients than those of late ones; with the plain measure the search falls
/// into whichever valley those lead to.
struct DiagonalPreconditioner: Sendable {
  private static let (keepSlopes, keepSquares): (Float, Float) = (0.9, 0.999)
  /// Adam divides moves by the root of the squares (1/2). At 0.35 the hard photographs were reached more reliably.
  private static let power: Float = 0.35
  /// Numbers that have hardly had a gradient are not moved more than so many times the typical one, as a reciprocal.
  private static let floor = 0.001

  /// Averages of gradients and of their squares, from zero.
  private(set) var slopes: [Float]
  private(set) var squares: [Float]
  /// Gradients seen.
  private(set) var count: Float = 0

  init(length: Int) {
    slopes = [Float](repeating: 0, count: length)
    squares = slopes
  }

  init(slopes: [Float], squares: [Float], count: Float) {
    (self.slopes, self.squares, self.count) = (slopes, squares, count)
  }

  mutating func see(_ gradient: [Float]) {
    count += 1
    for (index, slope) in gradient.enumerated() {
      slopes[index] = Self.keepSlopes * slopes[index] + (1 - Self.keepSlopes) * slope
      squares[index] = Self.keepSquares * squares[index] + (1 - Self.keepSquares) * slope * slope
    }
  }

  /// The move Adam would make.
  func plainMove(learningRate: Float) -> [Double] {
    let slopeWeight = Double(1 - pow(Self.keepSlopes, count))
    let squareWeight = Double(1 - pow(Self.keepSquares, count))
    return zip(slopes, squares).map { slope, square in
      Double(learningRate) * Double(slope) / slopeWeight / ((Double(square) / squareWeight).squareRoot() + 1e-8)
    }
  }

  /// A factor for each number; what they have in common means nothing.
  func factors() -> [Double] {
    let sizes = squares.map { Double(pow($0, Self.power)) }
    let typical = sizes.reduce(0, +) / Double(max(1, sizes.count))
    guard typical > 0, typical.isFinite else { return [Double](repeating: 1, count: sizes.count) }
    return sizes.map { 1 / ($0 / typical + Self.floor) }
  }
}
