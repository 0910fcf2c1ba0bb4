/// How much an evaluation looks at. Numbers of pictures are upper bounds: fewer photographs give fewer.
package struct EvaluationSettings: Sendable, Equatable {
  /// Every list, pair and resample comes from it.
  package var seed: UInt64 = 1
  package var photographs = 500
  /// Below this many photographs no claim is decided.
  package var leastPhotographs = 100
  /// Steps of each optimization; nil for the pack's.
  package var steps: Int?
  /// Image2StyleGAN optimizes long in its own paper: so many steps on the first photographs. 0 leaves it out.
  package var longSteps = 1000
  package var longPhotographs = 100
  package var interpolationPairs = 250
  package var manipulated = 200
  package var mixedContents = 20
  package var diffusionPairs = 100
  /// Sides of the box as shares of the picture; the released tool's 110 of 256 is among them.
  package var boxShares = [0.25, 0.33, 0.43, 0.55, 0.70]
  package var tradeOffPhotographs = 100
  package var domainWeights: [Float] = [0, 0.5, 1, 2, 5, 10]
  /// Pictures of another domain, and as many of noise.
  package var foreignPictures = 50
  package var resamples = 1000
  /// For statistics of whole sets, which cost more.
  package var setResamples = 200
  package var isQuick = false

  package init() {}

  /// A minute's look: the same code with less of everything.
  package static var quick: EvaluationSettings {
    var settings = EvaluationSettings()
    settings.photographs = 40
    settings.leastPhotographs = 20
    settings.steps = 10
    settings.longSteps = 0
    settings.interpolationPairs = 20
    settings.manipulated = 20
    settings.mixedContents = 6
    settings.diffusionPairs = 20
    settings.boxShares = [0.43]
    settings.tradeOffPhotographs = 10
    settings.foreignPictures = 8
    settings.setResamples = 50
    settings.isQuick = true
    return settings
  }
}

/// Why an evaluation could not be made, in one line with the remedy.
package struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whether it was asked to end; the same command goes on from where it was.
  package let isStop: Bool
  package let description: String

  package init(_ description: String, isStop: Bool = false) {
    self.description = description
    self.isStop = isStop
  }

  static let stopped = EvaluationError("interrupted; the same command goes on from here", isStop: true)
}
