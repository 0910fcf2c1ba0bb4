/// Which of the paper's ways leads from a picture to its code.
package enum InversionMethod: String, CaseIterable, Hashable, Sendable {
  /// The domain-guided encoder's code, without optimization.
  case encoder
  /// The encoder's code, then optimization with pixel, perceptual and domain terms.
  case inDomain = "in-domain"
  /// The paper's baseline: optimization from the average code with pixel and perceptual terms, without an encoder.
  case image2stylegan
  /// The paper's other baseline: the code of an encoder that was trained on generated pictures only, where the model has
  /// one, without optimization.
  case conventional

  /// Whether a code is optimized.
  package var optimizes: Bool { self == .inDomain || self == .image2stylegan }
}

/// Which code of an optimization is its result.
package enum KeptCode: String, CaseIterable, Hashable, Sendable {
  /// The code after the last update, as the paper has it.
  case last
  /// The code with the lowest total loss.
  case best
}

/// Factors of the loss terms; a term of weight 0 is not computed.
package struct LossWeights: Hashable, Sendable {
  package var pixel: Float
  package var perceptual: Float
  package var domain: Float

  /// The released settings (`run_optimization` of the paper's code).
  package static let released = (pixel: 1.0, perceptual: 5e-5, domain: 2.0)
  /// What each may be.
  package static let range = 0...1e6

  package init(
    pixel: Float = Float(released.pixel), perceptual: Float = Float(released.perceptual), domain: Float = Float(released.domain)
  ) {
    self.pixel = pixel
    self.perceptual = perceptual
    self.domain = domain
  }
}

/// What an inversion does; the defaults are the paper's.
package struct InversionSettings: Hashable, Sendable {
  package var method: InversionMethod
  /// Updates of the code; ignored by methods that do not optimize.
  package var steps: Int
  package var optimizer: OptimizerKind
  package var learningRate: Double
  package var weights: LossWeights
  package var keep: KeptCode
  /// Intermediate codes to remember, at regular steps; see `snapshotSteps`.
  package var snapshots: Int

  /// What a pack and a sidecar may ask for.
  package static let stepCounts = 0...10_000
  package static let learningRates = 1e-9...10
  package static let snapshotCounts = 0...100

  package init(
    method: InversionMethod = .inDomain, steps: Int = 100, optimizer: OptimizerKind = .adam, learningRate: Double = 0.01,
    weights: LossWeights = LossWeights(), keep: KeptCode = .last, snapshots: Int = 0
  ) {
    self.method = method
    self.steps = steps
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.weights = weights
    self.keep = keep
    self.snapshots = snapshots
  }

  /// Updates that are really made.
  package var updates: Int { method.optimizes ? max(0, steps) : 0 }

  /// The weights of the terms the method uses.
  package var effectiveWeights: LossWeights {
    var weights = weights
    if method == .image2stylegan { weights.domain = 0 }
    return weights
  }

  /// After how many updates a snapshot is taken: `snapshots` steps, equally spaced, the last one being the end.
  /// Asking for more than there are steps gives every step.
  package var snapshotSteps: [Int] { snapshotSteps(of: updates, count: snapshots) }

  private func snapshotSteps(of steps: Int, count: Int) -> [Int] {
    guard steps > 0, count > 0 else { return [] }
    guard count < steps else { return Array(1...steps) }
    return (1...count).map { $0 * steps / count }
  }
}
