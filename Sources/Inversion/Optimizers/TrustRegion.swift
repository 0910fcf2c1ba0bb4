/// One picture's part of `LBFGS`: where it stands, what it tries, and what it has learned.
struct TrustRegion: Sendable {
  /// A trial may be this much worse than the lowest loss: moves over a small ridge found lower valleys than moves that
  /// always descend, and two in three rejections were of less.
  private static let tolerance: Float = 0.05
  /// What a move may be after one that led nowhere, as a part of that one.
  private static let retreat: Float = 0.35
  /// How fast moves may grow again.
  private static let advance: Float = 1.5
  /// After so many rejections in a row the memory is of another landscape.
  private static let patience: Float = 3
  /// Root mean square of a move without knowledge of the curvature, and of the largest, in learning rates.
  private static let (firstMove, largestMove): (Float, Float) = (3, 5)
  /// So many moves are Adam's: a photograph may have several valleys, and larger first moves than these lead to a higher
  /// one now and then. At 5 two of 24 hard photographs were missed, at 10 all took longer.
  private static let plainMoves: Float = 8

  let length: Int
  let learningRate: Float
  private(set) var memory: CurvatureHistory
  private(set) var scale: DiagonalPreconditioner
  /// The accepted code, its gradient and its loss; empty before the first evaluation.
  private(set) var anchor: [Float] = []
  private(set) var gradient: [Float] = []
  private(set) var loss: Float = .infinity
  private(set) var lowest: Float = .infinity
  /// Root mean square a move may have.
  private(set) var radius: Float
  private(set) var rejections: Float = 0

  init(length: Int, learningRate: Double) {
    self.length = length
    self.learningRate = Float(learningRate)
    memory = CurvatureHistory(length: length)
    scale = DiagonalPreconditioner(length: length)
    radius = Self.largestMove * Float(learningRate)
  }

  /// The next code to try, given the losses and gradient of the last one.
  ///
  /// Stays at the accepted code when nothing can be learned: without slope, or without finite numbers.
  mutating func next(after code: [Float], loss trialLoss: Float, gradient trialGradient: [Float]) -> [Float] {
    let isFinite = trialLoss.isFinite && trialGradient.allSatisfy(\.isFinite)
    guard isFinite || !anchor.isEmpty else { return code }
    let isPlain = scale.count <= Self.plainMoves
    if isFinite { scale.see(trialGradient) }
    if anchor.isEmpty {
      accept(code, trialLoss, trialGradient)
    } else {
      let move = zip(code, anchor).map { $0 - $1 }
      if isFinite { memory.remember(move: move, change: zip(trialGradient, gradient).map { $0 - $1 }) }
      let limit = max(loss, lowest + Self.tolerance * abs(lowest))
      if isFinite, isPlain || trialLoss <= limit {
        accept(code, trialLoss, trialGradient)
        radius = min(radius * Self.advance, largestRadius)
        rejections = 0
      } else {
        radius = Self.retreat * rootMeanSquare(move)
        rejections += 1
        if rejections.truncatingRemainder(dividingBy: Self.patience) == 0 { memory.forget() }
      }
    }
    return moved()
  }

  private var largestRadius: Float { Self.largestMove * learningRate }

  private mutating func accept(_ code: [Float], _ loss: Float, _ gradient: [Float]) {
    anchor = code
    self.loss = loss
    self.gradient = gradient
    lowest = min(lowest, loss)
  }

  private func moved() -> [Float] {
    let step = proposal()
    let size = rootMeanSquare(step)
    guard size.isFinite, size > 0 else { return anchor }
    let scale = min(1, Double(radius) / size)
    return zip(anchor, step).map { $0 - Float($1 * scale) }
  }

  private func proposal() -> [Double] {
    if scale.count <= Self.plainMoves { return scale.plainMove(learningRate: learningRate) }
    let factors = scale.factors()
    if let step = memory.newtonStep(gradient, factors: factors) { return step }
    let downhill = zip(gradient, factors).map { Double($0) * $1 }
    let size = rootMeanSquare(downhill)
    return downhill.map { $0 * Double(Self.firstMove * learningRate) / size }
  }

  private func rootMeanSquare(_ values: [Float]) -> Float {
    Float((dot(values[...], values[...]) / Double(max(1, length))).squareRoot())
  }

  private func rootMeanSquare(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, length))).squareRoot()
  }
}

extension TrustRegion {
  /// All of it by name, exactly.
  var arrays: [String: [Float]] {
    [
      "anchor": anchor, "gradient": gradient, "moves": memory.moves, "changes": memory.changes,
      "slopes": scale.slopes, "squares": scale.squares, "scalars": [loss, lowest, radius, rejections, scale.count],
    ]
  }

  /// What `arrays` gave; nil when they are of another length.
  init?(length: Int, learningRate: Double, arrays: [String: [Float]]) {
    guard let anchor = arrays["anchor"], let gradient = arrays["gradient"], let slopes = arrays["slopes"],
      let squares = arrays["squares"], let moves = arrays["moves"], let changes = arrays["changes"],
      let scalars = arrays["scalars"], [anchor, gradient].allSatisfy({ $0.count == (anchor.isEmpty ? 0 : length) }),
      [slopes, squares].allSatisfy({ $0.count == length }), scalars.count == 5, scalars[4] >= 0,
      let memory = CurvatureHistory(length: length, moves: moves, changes: changes)
    else { return nil }
    self.length = length
    self.learningRate = Float(learningRate)
    self.memory = memory
    self.anchor = anchor
    self.gradient = gradient
    scale = DiagonalPreconditioner(slopes: slopes, squares: squares, count: scalars[4])
    (loss, lowest, radius, rejections) = (scalars[0], scalars[1], scalars[2], scalars[3])
  }
}
