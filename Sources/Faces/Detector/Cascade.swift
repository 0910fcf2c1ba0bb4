package import Images

/// A size to which the photograph is reduced, so that faces of one size fill the first network's window.
package struct Level: Hashable, Sendable {
  package let scale: Double
  package let height: Int
  package let width: Int

  /// From the smallest face upward; none when the photograph's shorter side is below the smallest face.
  package static func all(width: Int, height: Int, minimumFace: Int) -> [Level] {
    let window = Double(ProposalNetwork.window)
    var scale = window / Double(minimumFace), side = Double(min(width, height)) * scale
    var levels: [Level] = []
    while side >= window {
      levels.append(Level(scale: scale, height: Int(Double(height) * scale + 1), width: Int(Double(width) * scale + 1)))
      scale *= 0.709
      side *= 0.709
    }
    return levels
  }
}

/// A place that the first network takes for a face.
package struct Proposal: Sendable {
  package let box: FaceBox
  package let score: Float
  package let regression: SIMD4<Float>

  var scored: ScoredBox { ScoredBox(box: box, score: score) }
}

/// What a detection met on its way, stage by stage.
package struct Cascade: Sendable {
  /// Proposals of a level, and how many of them its own suppression kept.
  package internal(set) var levels: [(level: Level, proposals: Int, kept: Int)] = []
  /// Those kept, level after level.
  package internal(set) var proposals: [Proposal] = []
  /// Those kept over all levels.
  package internal(set) var merged: [Proposal] = []
  /// What the second network judges, and the third.
  package internal(set) var refinement = Judgement()
  package internal(set) var output = Judgement()
  /// Boxes with five points in pixels of the photograph, largest first.
  package internal(set) var faces: [(face: ScoredBox, points: [Point])] = []

  package struct Judgement: Sendable {
    /// Squares from the stage before.
    package internal(set) var candidates: [ScoredBox] = []
    /// x1, y1, x2, y2 in whole pixels, counted from 1 and clipped.
    package internal(set) var crops: [[Int]] = []
    package internal(set) var scores: [Float] = []
    package internal(set) var regressions: [SIMD4<Float>] = []
    package internal(set) var points: [[Float]] = []
    /// Those over the threshold: before the sides move in the second network, after in the third.
    package internal(set) var passed: [ScoredBox] = []
    /// Those that suppression kept; squares again after the second network.
    package internal(set) var kept: [ScoredBox] = []
  }
}
