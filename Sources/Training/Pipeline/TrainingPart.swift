/// A part of a model that can be trained by itself, for a pack that has the others.
package enum TrainingPart: String, Sendable, CaseIterable {
  case generator
  case perceptual
  /// Both encoders: the domain-guided one and the paper's baseline.
  case encoder
  case boundaries
}
