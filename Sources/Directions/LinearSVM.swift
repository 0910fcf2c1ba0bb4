package import Statistics

/// A support vector machine with a linear kernel: the plane `normal · x + bias = 0` that minimizes
/// `½|w|² + C · Σ max(0, 1 - y(w · x + b))`. The bias is not penalized. (liblinear's usual objective is another one: its
/// hinge is squared and its bias penalized.)
///
/// Solved exactly, in double: sequential minimal optimization with the second-order choice of pairs (Platt 1998; Fan, Chen
/// and Lin 2005). One thread, so that the same samples give the same bytes.
package struct LinearSVM: Sendable {
  /// The plane's normal, not of length 1.
  package let weight: [Double]
  package let bias: Double
  /// The minimum.
  package let objective: Double
  /// Samples on or inside the margin.
  package let supportVectors: Int
  /// Pairs changed.
  package let steps: Int

  /// - Parameters:
  ///   - samples: one in each row.
  ///   - isPositive: the class of each.
  ///   - c: the price of a sample on the wrong side, the same for both classes.
  ///   - tolerance: the largest violation of the optimum's conditions that is left.
  /// - Throws: `DirectionError` for an empty class, numbers that are not finite, or no end in sight.
  package init(_ samples: Matrix, isPositive: [Bool], c: Double = 1, tolerance: Double = 1e-9) throws {
    precondition(samples.rows == isPositive.count, "\(samples.rows) samples and \(isPositive.count) labels")
    let positives = isPositive.count { $0 }
    guard positives > 0, positives < isPositive.count else {
      throw DirectionError("a boundary needs samples on both sides; there are \(positives) and \(isPositive.count - positives)")
    }
    guard samples.values.allSatisfy(\.isFinite) else { throw DirectionError("a sample holds numbers that are not finite") }
    var solver = Solver(samples: samples, isPositive: isPositive, c: c)
    try solver.run(tolerance: tolerance)
    let weight = try solver.weight()
    let bias = solver.bias
    self.weight = weight
    self.bias = bias
    steps = solver.steps
    supportVectors = solver.alpha.count { $0 > 0 }
    var hinges = 0.0
    for row in 0..<samples.rows {
      let score = (0..<samples.columns).reduce(bias) { $0 + weight[$1] * samples[row, $1] }
      hinges += max(0, 1 - (isPositive[row] ? score : -score))
    }
    objective = weight.reduce(0) { $0 + $1 * $1 } / 2 + c * hinges
  }

  /// `weight` brought to length 1.
  package var normal: [Double] { unit(weight) }

  /// Which side of the plane a sample lies on.
  package func isPositive(_ sample: [Double]) -> Bool { zip(weight, sample).reduce(bias) { $0 + $1.0 * $1.1 } > 0 }
}

/// The dual: minimize `½αᵀQα - Σα` with `0 ≤ α ≤ C`, `Σ yα = 0`, `Q = yyᵀ ∘ XXᵀ`.
private struct Solver {
  let samples: Matrix
  let signs: [Double]
  let c: Double
  var alpha: [Double]
  /// Of the dual, `Qα - 1`.
  var gradient: [Double]
  var bias = 0.0
  var steps = 0
  private var columns: [Int: [Double]] = [:]
  private let squares: [Double]

  /// Products are kept up to this many numbers (256 MiB).
  private static let keptProducts = 1 << 25

  init(samples: Matrix, isPositive: [Bool], c: Double) {
    self.samples = samples
    self.c = c
    signs = isPositive.map { $0 ? 1 : -1 }
    alpha = [Double](repeating: 0, count: samples.rows)
    gradient = [Double](repeating: -1, count: samples.rows)
    squares = (0..<samples.rows).map { row in (0..<samples.columns).reduce(0) { $0 + samples[row, $1] * samples[row, $1] } }
  }

  /// Products of all samples with one.
  private mutating func products(with index: Int) throws -> [Double] {
    if let known = columns[index] { return known }
    let column = try samples.times(Matrix(rows: samples.columns, columns: 1, values: samples.row(index))).values
    if (columns.count + 1) * samples.rows > Self.keptProducts { columns.removeAll(keepingCapacity: true) }
    columns[index] = column
    return column
  }

  mutating func run(tolerance: Double) throws {
    // Far more than was ever needed; a bound only so that nothing runs for ever.
    let limit = max(10_000_000, 1000 * alpha.count)
    while let (up, low) = try choosePair(tolerance) {
      guard steps < limit else { throw DirectionError("the boundary was not found in \(limit) steps; are there huge codes?") }
      steps += 1
      try change(up, low)
    }
    findBias()
  }

  private func canRise(_ index: Int) -> Bool { signs[index] > 0 ? alpha[index] < c : alpha[index] > 0 }
  private func canFall(_ index: Int) -> Bool { signs[index] > 0 ? alpha[index] > 0 : alpha[index] < c }

  /// The pair that promises the most, or nil at the optimum.
  private mutating func choosePair(_ tolerance: Double) throws -> (Int, Int)? {
    var up = -1, best = -Double.infinity, lowest = Double.infinity
    for index in alpha.indices {
      let score = -signs[index] * gradient[index]
      if score > best, canRise(index) { (up, best) = (index, score) }
      if score < lowest, canFall(index) { lowest = score }
    }
    guard up >= 0, best - lowest >= tolerance else { return nil }
    let products = try products(with: up)
    var low = -1, gain = 0.0
    for index in alpha.indices where canFall(index) {
      let violation = best + signs[index] * gradient[index]
      guard violation > 0 else { continue }
      let curvature = max(squares[up] + squares[index] - 2 * products[index], 1e-12)
      let promised = violation * violation / curvature
      if promised > gain { (low, gain) = (index, promised) }
    }
    return low >= 0 ? (up, low) : nil
  }

  private mutating func change(_ up: Int, _ low: Int) throws {
    let upProducts = try products(with: up), lowProducts = try products(with: low)
    let curvature = max(squares[up] + squares[low] - 2 * upProducts[low], 1e-12)
    // Along α_up += y_up·t, α_low -= y_low·t, up to the walls.
    var t = (-signs[up] * gradient[up] + signs[low] * gradient[low]) / curvature
    t = min(t, signs[up] > 0 ? c - alpha[up] : alpha[up], signs[low] > 0 ? alpha[low] : c - alpha[low])
    alpha[up] = settled(alpha[up] + signs[up] * t)
    alpha[low] = settled(alpha[low] - signs[low] * t)
    for index in gradient.indices { gradient[index] += signs[index] * t * (upProducts[index] - lowProducts[index]) }
  }

  /// Rounding must not leave a sample next to a wall instead of at it.
  private func settled(_ value: Double) -> Double {
    value < c * 1e-14 ? 0 : value > c * (1 - 1e-14) ? c : value
  }

  /// The mean over the samples on the margin, or the middle of what is possible.
  private mutating func findBias() {
    var (sum, count, high, low) = (0.0, 0, Double.infinity, -Double.infinity)
    for index in alpha.indices {
      let value = -signs[index] * gradient[index]
      if alpha[index] > 0, alpha[index] < c {
        sum += value
        count += 1
      }
      if canFall(index) { high = min(high, value) }
      if canRise(index) { low = max(low, value) }
    }
    bias = count > 0 ? sum / Double(count) : (high + low) / 2
  }

  func weight() throws -> [Double] {
    let factors = Matrix(rows: alpha.count, columns: 1, values: alpha.indices.map { alpha[$0] * signs[$0] })
    return try samples.times(factors, transposed: true).values
  }
}

/// A vector brought to length 1; one of length 0 stays.
func unit(_ vector: [Double]) -> [Double] {
  let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return length > 0 ? vector.map { $0 / length } : vector
}
