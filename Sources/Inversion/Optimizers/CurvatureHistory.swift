/// The last moves of one code and how the gradient changed along each: what L-BFGS knows about the curvature.
///
/// Kept in float32, so that a stored memory gives the same bytes; sums are in double, in a fixed order.
struct CurvatureHistory: Sendable {
  /// More than the 50 evaluations usually made: at 50 instead of 20 the loss of Adam was reached after 35 evaluations
  /// instead of 40.
  static let capacity = 50
  /// A pair whose move and change are this close to perpendicular says nothing about the curvature.
  private static let leastCosine = 1e-8

  let length: Int
  /// Oldest first, one after the other.
  private(set) var moves: [Float] = []
  private(set) var changes: [Float] = []
  private(set) var pairs = 0

  init(length: Int) { self.length = length }

  /// What `moves` and `changes` gave; nil when they are of another length.
  init?(length: Int, moves: [Float], changes: [Float]) {
    guard length > 0, moves.count == changes.count, moves.count % length == 0, moves.count / length <= Self.capacity
    else { return nil }
    self.length = length
    self.moves = moves
    self.changes = changes
    pairs = moves.count / length
  }

  mutating func forget() {
    (moves, changes, pairs) = ([], [], 0)
  }

  /// Remembers a move and the change of the gradient along it, unless the curvature along it is not positive.
  mutating func remember(move: [Float], change: [Float]) {
    let product = dot(move[...], change[...])
    let (moved, changed) = (dot(move[...], move[...]), dot(change[...], change[...]))
    guard product.isFinite, changed.isFinite, product > Self.leastCosine * (moved * changed).squareRoot() else { return }
    if pairs == Self.capacity {
      moves.removeFirst(length)
      changes.removeFirst(length)
      pairs -= 1
    }
    moves += move
    changes += change
    pairs += 1
  }

  /// The approximate inverse of the second derivatives times a gradient; nil without pairs.
  ///
  /// Two-loop recursion (Nocedal 1980). The matrix in the middle is diagonal: the factors `d`, times `|s| / |y|` of the
  /// last pair in their measure, `√(sᵀd⁻¹s / yᵀdy)`. That is the geometric mean of Barzilai and Borwein's two; the usual
  /// `sᵀy / yᵀdy` is the smaller of them and was slower, 35 evaluations instead of 28 (without factors).
  func newtonStep(_ gradient: [Float], factors diagonal: [Double]) -> [Double]? {
    guard pairs > 0 else { return nil }
    var step = gradient.map(Double.init)
    var factors = [(along: Double, reciprocal: Double)](repeating: (0, 0), count: pairs)
    for pair in (0..<pairs).reversed() {
      let (move, change) = (moves[range(pair)], changes[range(pair)])
      let reciprocal = 1 / dot(move, change)
      let along = reciprocal * dot(move, step)
      add(-along, change, to: &step)
      factors[pair] = (along, reciprocal)
    }
    let (move, change) = (moves[range(pairs - 1)], changes[range(pairs - 1)])
    var (moved, changed) = (0.0, 0.0)
    for ((s, y), factor) in zip(zip(move, change), diagonal) {
      moved += Double(s) * Double(s) / factor
      changed += Double(y) * Double(y) * factor
    }
    let scale = (moved / changed).squareRoot()
    for index in step.indices { step[index] *= scale * diagonal[index] }
    for pair in 0..<pairs {
      let correction = factors[pair].along - factors[pair].reciprocal * dot(changes[range(pair)], step)
      add(correction, moves[range(pair)], to: &step)
    }
    return step.allSatisfy(\.isFinite) ? step : nil
  }

  private func range(_ pair: Int) -> Range<Int> { pair * length..<(pair + 1) * length }
}

func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += Double(x) * Double(y) }
  return sum
}

private func dot(_ a: ArraySlice<Float>, _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += Double(x) * y }
  return sum
}

private func add(_ factor: Double, _ a: ArraySlice<Float>, to b: inout [Double]) {
  for (index, x) in zip(b.indices, a) { b[index] += factor * Double(x) }
}
