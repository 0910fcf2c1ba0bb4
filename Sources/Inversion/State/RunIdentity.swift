extension InversionState {
  /// Which numbers the engine computes: to be raised with every change after which the same settings and pixels give other
  /// bytes, so that nothing that was computed before is taken for a result or continued.
  package static let numerics = 2
}

// What makes a run the same, written out: a property that is renamed changes no cache, and a new one has to be added here,
// which a test sees to.
extension InversionSettings {
  /// Everything that changes the result.
  package var identity: String {
    "method=\(method.rawValue) steps=\(steps) optimizer=\(optimizer.rawValue) rate=\(learningRate) \(weights.identity) "
      + "keep=\(keep.rawValue) snapshots=\(snapshots)"
  }
}

extension DiffusionSettings {
  /// Everything that changes the result.
  package var identity: String {
    "method=\(method.rawValue) steps=\(steps) optimizer=\(optimizer.rawValue) rate=\(learningRate) \(weights.identity) "
      + "normalize=\(normalization.rawValue) keep=\(keep.rawValue) snapshots=\(snapshots)"
  }
}

extension LossWeights {
  var identity: String { "pixel=\(pixel) perceptual=\(perceptual) domain=\(domain)" }
}
