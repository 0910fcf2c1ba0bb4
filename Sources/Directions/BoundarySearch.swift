package import Statistics

/// How scored codes become a boundary; the defaults are InterFaceGAN's.
package struct BoundarySettings: Sendable, Equatable {
  /// Codes from each end of the scores: a share of all up to 1, or a number; at most half of all.
  package var chosen: Double
  /// Share of the chosen that trains; the others validate.
  package var trainingShare: Double
  package var c: Double
  package var seed: UInt64
  /// Codes with this score take no part.
  package var invalidScore: Double?

  package init(chosen: Double = 0.02, trainingShare: Double = 0.7, c: Double = 1, seed: UInt64 = 0, invalidScore: Double? = nil) {
    self.chosen = chosen
    self.trainingShare = trainingShare
    self.c = c
    self.seed = seed
    self.invalidScore = invalidScore
  }
}

/// Right answers of all.
package struct Accuracy: Sendable, Equatable {
  package let correct: Int
  package let count: Int

  package init(correct: Int, count: Int) {
    self.correct = correct
    self.count = count
  }

  package var share: Double { count > 0 ? Double(correct) / Double(count) : 0 }

  /// 95 % of the share's possible values (Wilson 1927).
  package var interval: ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    let (n, z) = (Double(count), 1.959963984540054)
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - reach)...min(1, middle + reach)
  }
}

/// A boundary between codes of high and of low scores. Source: Shen et al. 2020 (InterFaceGAN).
package struct BoundarySearch: Sendable {
  /// Of length 1; towards higher scores.
  package let normal: [Double]
  /// The plane is `normal · code + bias = 0`.
  package let bias: Double
  /// Codes from each end.
  package let chosen: Int
  /// On the chosen codes that did not train.
  package let validation: Accuracy
  /// On the codes in the middle, whose label is the side of the middle between the highest and the lowest score.
  package let remaining: Accuracy
  /// Below 50 codes a side a direction is mostly noise.
  package var isNoisy: Bool { chosen < 50 }

  /// Below this share of right answers on the validation part there is no boundary.
  package static let leastAccuracy = 0.6

  /// - Parameters:
  ///   - codes: one in each row, as they are: not standardized.
  ///   - scores: one for each code. Equal ones keep the order of the codes.
  /// - Throws: `DirectionError` for scores that tell nothing, and for a boundary that is right in less than 60 of 100
  ///   codes it was not trained with.
  package init(_ codes: Matrix, scores: [Double], settings: BoundarySettings = BoundarySettings()) throws {
    var positive = RandomNumbers(seed: settings.seed, stream: "boundary, positive")
    var negative = RandomNumbers(seed: settings.seed, stream: "boundary, negative")
    try self.init(codes, scores: scores, settings: settings) { count in
      (positive.permutation(of: count), negative.permutation(of: count))
    }
    guard validation.share >= Self.leastAccuracy else {
      let (percent, interval) = (Int((validation.share * 100).rounded()), validation.interval)
      throw DirectionError(
        "the boundary is right in \(validation.correct) of \(validation.count) codes (\(percent) %, interval "
          + "\(Int((interval.lowerBound * 100).rounded())) to \(Int((interval.upperBound * 100).rounded())) %); at least 60 % "
          + "are needed: the codes do not carry this attribute, or there are too few of them")
    }
  }

  /// The same with given orders of both sides, and without a demand on its accuracy.
  package init(
    _ codes: Matrix, scores: [Double], settings: BoundarySettings,
    orders: (Int) throws -> (positive: [Int], negative: [Int])
  ) throws {
    precondition(codes.rows == scores.count, "\(codes.rows) codes and \(scores.count) scores")
    guard !scores.contains(where: \.isNaN) else {
      throw DirectionError("a score is not a number; give the score of codes without one as invalid")
    }
    let valid = scores.indices.filter { scores[$0] != settings.invalidScore }
    let order = valid.sorted { (scores[$1], $0) < (scores[$0], $1) }
    guard let first = order.first, let last = order.last, scores[first] > scores[last] else {
      throw DirectionError("all \(order.count) scores are equal; they tell nothing")
    }
    let wanted = settings.chosen <= 1 ? Int(Double(order.count) * settings.chosen) : Int(settings.chosen)
    let chosen = min(wanted, order.count / 2)
    let training = Int(Double(chosen) * settings.trainingShare)
    guard training > 0 else {
      throw DirectionError(
        "of \(order.count) codes \(max(0, chosen)) a side are chosen and \(training) train; give more codes or a larger share")
    }
    let shuffles = try orders(chosen)
    let positive = shuffles.positive.map { order[$0] }
    let negative = shuffles.negative.map { order[order.count - chosen + $0] }
    let train = positive.prefix(training) + negative.prefix(training)
    let machine = try LinearSVM(
      codes.selecting(rows: Array(train)), isPositive: train.indices.map { $0 < training }, c: settings.c)
    func accuracy(_ items: [(code: Int, isPositive: Bool)]) -> Accuracy {
      Accuracy(correct: items.count { machine.isPositive(codes.row($0.code)) == $0.isPositive }, count: items.count)
    }
    let middle = (scores[first] + scores[last]) / 2
    let validating = positive.dropFirst(training).map { ($0, true) } + negative.dropFirst(training).map { ($0, false) }
    let between = order[chosen..<order.count - chosen].map { ($0, scores[$0] >= middle) }
    let length = machine.weight.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { throw DirectionError("the codes of both sides are the same; there is no boundary") }
    normal = machine.weight.map { $0 / length }
    bias = machine.bias / length
    self.chosen = chosen
    validation = accuracy(validating)
    remaining = accuracy(between)
  }
}

/// How far codes scatter along a direction of length 1: what a boundary is multiplied by, so that -3 to 3 is useful.
package func deviation(of codes: Matrix, along normal: [Double]) throws -> Double {
  let places = try codes.times(Matrix(rows: normal.count, columns: 1, values: normal)).values
  return deviation(places)
}
