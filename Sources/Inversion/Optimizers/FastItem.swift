/// One picture's part of `FastOptimizer`: where it stands, what it tries, and what it has learned.
struct FastItem: Sendable {
  /// A trial may be this much worse than the lowest loss: moves over a small ridge found lower valleys than moves that
  /// always descend, and two in three rejections were of less.
  private static let tolerance: Float = 0.05
  /// What a move may be after one that led nowhere, as a part of that one.
  private static let retreat: Float = 0.35
  /// How fast moves may grow again.
  private static let advance: Float = 1.5
  /// After so many rejections in a row the memory is of another landscape.
  private static let patience: Float = 3
  /// Root mean square of the first move and of the largest, in learning rates.
  private static let (firstMove, largestMove): (Float, Float) = (3, 5)
  /// Moves of each attempt are so many times as large: another size leads to another valley. Valleys of one photograph
  /// differ by about a hundredth; an attempt ends where the loss fell by less than `worthwhile` in `window` evaluations.
  private static let attempts: [Float] = [1, 2, 0.5]
  private static let (window, worthwhile): (Int, Float) = (10, 1e-3)

  let length: Int
  let learningRate: Float
  private(set) var memory: FastMemory
  /// Where every attempt begins, with the gradient and the loss there; empty before the first evaluation.
  private(set) var start: [Float] = []
  private(set) var startGradient: [Float] = []
  private(set) var startLoss: Float = .infinity
  /// The accepted code, its gradient and its loss.
  private(set) var anchor: [Float] = []
  private(set) var gradient: [Float] = []
  private(set) var loss: Float = .infinity
  /// Root mean square a move may have.
  private(set) var radius: Float
  private(set) var rejections: Float = 0
  private(set) var attempt: Float = 0
  /// The lowest loss of the attempt after each of its last evaluations.
  private(set) var lows: [Float] = []

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
    if start.isEmpty {
      guard isFinite else { return code }
      (start, startGradient, startLoss) = (code, trialGradient, trialLoss)
      accept(code, trialLoss, trialGradient)
    } else {
      let move = zip(code, anchor).map { $0 - $1 }
      if isFinite { memory.remember(move: move, change: zip(trialGradient, gradient).map { $0 - $1 }) }
      let low = lows.last ?? loss
      if isFinite, trialLoss <= low + Self.tolerance * abs(low) {
        accept(code, trialLoss, trialGradient)
        radius = min(radius * Self.advance, largestRadius)
        rejections = 0
      } else {
        radius = Self.retreat * rootMeanSquare(move)
        rejections += 1
        if rejections.truncatingRemainder(dividingBy: Self.patience) == 0 { memory.forget() }
      }
    }
    if isSettled(after: trialLoss) { beginAgain() }
    return moved()
  }

  /// Whether the attempt has come to its end, and there is another.
  private mutating func isSettled(after trialLoss: Float) -> Bool {
    lows.append(trialLoss.isFinite ? min(trialLoss, lows.last ?? trialLoss) : lows.last ?? loss)
    guard lows.count > Self.window else { return false }
    let fall = lows.removeFirst() - lows[lows.count - 1]
    return fall < Self.worthwhile * abs(lows[lows.count - 1]) && Int(attempt) + 1 < Self.attempts.count
  }

  private mutating func beginAgain() {
    attempt += 1
    accept(start, startLoss, startGradient)
    (lows, rejections, radius) = ([startLoss], 0, largestRadius)
    memory.forget()
  }

  private var unit: Float { Self.attempts[Int(attempt)] * learningRate }
  private var largestRadius: Float { Self.largestMove * unit }

  private mutating func accept(_ code: [Float], _ loss: Float, _ gradient: [Float]) {
    anchor = code
    self.loss = loss
    self.gradient = gradient
  }

  private func moved() -> [Float] {
    let slope = rootMeanSquare(gradient)
    guard slope > 0 else { return anchor }
    let downhill = { gradient.map { Double($0) * Double(Self.firstMove * unit / slope) } }
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
      "start": start, "startGradient": startGradient, "lows": lows,
      "scalars": [startLoss, loss, radius, rejections, attempt],
    ]
  }

  /// What `arrays` gave; nil when they are of another length.
  init?(length: Int, learningRate: Double, arrays: [String: [Float]]) {
    guard let start = arrays["start"], let startGradient = arrays["startGradient"], let anchor = arrays["anchor"],
      let gradient = arrays["gradient"], let lows = arrays["lows"], let moves = arrays["moves"],
      let changes = arrays["changes"], let scalars = arrays["scalars"],
      [start, startGradient, anchor, gradient].allSatisfy({ $0.count == (start.isEmpty ? 0 : length) }),
      lows.count <= Self.window, scalars.count == 5, Self.attempts.indices.contains(where: { Float($0) == scalars[4] }),
      let memory = FastMemory(length: length, moves: moves, changes: changes)
    else { return nil }
    self.length = length
    self.learningRate = Float(learningRate)
    self.memory = memory
    self.anchor = anchor
    self.gradient = gradient
    self.start = start
    self.startGradient = startGradient
    self.lows = lows
    startLoss = scalars[0]
    (loss, radius, rejections, attempt) = (scalars[1], scalars[2], scalars[3], scalars[4])
  }
}
