/// One photograph moved along one boundary, an odd number of steps with the photograph's own code in the middle.
package struct AttributeMove: Sendable {
  /// Of the attribute that should move.
  package let index: Int
  /// For each step one score for each attribute.
  package let scores: [[Double]]
  /// Perceptual distance of each step to the middle.
  package let distances: [Double]

  package init(index: Int, scores: [[Double]], distances: [Double]) {
    self.index = index
    self.scores = scores
    self.distances = distances
  }

  private var middle: Int { scores.count / 2 }

  /// From the first step to the last.
  package var wholeShift: Double { (scores.last?[index] ?? 0) - (scores.first?[index] ?? 0) }
  package var rises: Bool { zip(scores, scores.dropFirst()).allSatisfy { $0[index] < $1[index] } }

  /// The distance where the score has first moved by one deviation, linear between steps; the mean of both directions
  /// that get there, nil when none does. Methods are compared here and not at equal t: a code that hardly moves looks kept.
  package var distanceAtShift: Double? {
    let found = [1, -1].compactMap { direction in
      crossing(direction).map { place in distances[place.from] + place.share * (distances[place.to] - distances[place.from]) }
    }
    return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
  }

  /// |shift| of each score there, over both directions.
  package var shiftsAtShift: [Double]? {
    let found = [1, -1].compactMap { direction in
      crossing(direction).map { place in
        scores[middle].indices.map { other in
          let value = scores[place.from][other] + place.share * (scores[place.to][other] - scores[place.from][other])
          return abs(value - scores[middle][other])
        }
      }
    }
    guard let first = found.first else { return nil }
    return first.indices.map { other in found.reduce(0) { $0 + $1[other] } / Double(found.count) }
  }

  private func crossing(_ direction: Int) -> (from: Int, to: Int, share: Double)? {
    var from = middle
    while scores.indices.contains(from + direction) {
      let to = from + direction
      let before = abs(scores[from][index] - scores[middle][index]), after = abs(scores[to][index] - scores[middle][index])
      if after >= 1 { return (from, to, after > before ? (1 - before) / (after - before) : 1) }
      from = to
    }
    return nil
  }
}
