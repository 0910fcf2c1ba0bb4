/// One picture's part of `FastOptimizer`: where it stands, what it tries, and what it has learned.
struct FastItem: Sendable {
  /// A trial may be this much worse than where it started: moves over a small ridge found lower valleys than moves that
  /// always descend, and three in four rejections were of less.
  private static let tolerance: Float = 0.05
  /// What a move may be after one that led nowhere, as a part of that one.
  private static let retreat: Float = 0.35
  /// How fast moves may grow again.
  private static let advance: Float = 1.5
  /// After so many rejections in a row the memory is of another landscape.
  private static let patience: Float = 3
  /// Root mean square of the first move and of the largest, in learning rates.
  private static let (firstMove, largestMove): (Float, Float) = (3, 5)

  let length: Int
  let learningRate: Float
  private(set) var memory: FastMemory
  /// The accepted code and gradient; empty before the first evaluation.
  private(set) var anchor: [Float] = []
  private(set) var gradient: [Float] = []
  private(set) var loss: Float = .infinity
  /// Root mean square a move may have.
  private(set) var radius: Float
  private(set) var rejections: Float = 0

  init(length: Int, learningRate: Double) {
    self.length = length
    self.learningRate = Float(learningRate)
    memory = FastMemory(length: length)
    radius = Self.largestMove * Float(learningRate)
  }

  /// The next code to try, given the losses and gradient of the last one.
  ///
  /// Stays at the accepted code when nothing can be learned: without slope, or without finite numbers.
  mutating func next(after code: [Float], loss trialLoss: Float, gradient trialGradient: [Float]) -> [Float] {
    let isFinite = trialLoss.isFinite && trialGradient.allSatisfy(\.isFinite)
    if anchor.isEmpty {
      guard isFinite else { return code }
      accept(code, trialLoss, trialGradient)
    } else {
      let move = zip(code, anchor).map { $0 - $1 }
      if isFinite { memory.remember(move: move, change: zip(trialGradient, gradient).map { $0 - $1 }) }
      if isFinite, trialLoss <= loss + Self.tolerance * abs(loss) {
        accept(code, trialLoss, trialGradient)
        radius = min(radius * Self.advance, Self.largestMove * learningRate)
        rejections = 0
      } else {
        radius = Self.retreat * rootMeanSquare(move)
        rejections += 1
        if rejections.truncatingRemainder(dividingBy: Self.patience) == 0 { memory.forget() }
      }
    }
    return moved()
  }

  private mutating func accept(_ code: [Float], _ loss: Float, _ gradient: [Float]) {
    anchor = code
    self.loss = loss
    self.gradient = gradient
  }

  private func moved() -> [Float] {
    let slope = rootMeanSquare(gradient)
    guard slope > 0 else { return anchor }
    let downhill = { gradient.map { Double($0) * Double(Self.firstMove * learningRate / slope) } }
    let step = memory.newtonStep(gradient) ?? downhill()
    let size = (step.reduce(0) { $0 + $1 * $1 } / Double(length)).squareRoot()
    guard size.isFinite, size > 0 else { return anchor }
    let scale = min(1, Double(radius) / size)
    return zip(anchor, step).map { $0 - Float($1 * scale) }
  }

  private func rootMeanSquare(_ values: [Float]) -> Float {
    Float((dot(values[...], values[...]) / Double(max(1, length))).squareRoot())
  }
}

extension FastItem {
  /// All of it by name, exactly.
  var arrays: [String: [Float]] {
    [
      "anchor": anchor, "gradient": gradient, "moves": memory.moves, "changes": memory.changes,
      "scalars": [loss, radius, rejections],
    ]
  }

  /// What `arrays` gave; nil when they are of another length.
  init?(length: Int, learningRate: Double, arrays: [String: [Float]]) {
    guard let anchor = arrays["anchor"], let gradient = arrays["gradient"], let moves = arrays["moves"],
      let changes = arrays["changes"], let scalars = arrays["scalars"], scalars.count == 3,
      anchor.count == gradient.count, anchor.isEmpty || anchor.count == length,
      let memory = FastMemory(length: length, moves: moves, changes: changes)
    else { return nil }
    self.length = length
    self.learningRate = Float(learningRate)
    self.memory = memory
    self.anchor = anchor
    self.gradient = gradient
    (loss, radius, rejections) = (scalars[0], scalars[1], scalars[2])
  }
}
