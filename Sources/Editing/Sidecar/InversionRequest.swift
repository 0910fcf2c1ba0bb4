package import Inversion
internal import StrictYAML

/// How a code is to be found, as far as a sidecar says: `invert`.
package struct InversionRequest: Sendable {
  enum Keys {
    static let method = Key(
      "method", .choice,
      help: "in-domain: encoder, then optimization; encoder: encoder only; image2stylegan: optimization from the average code; "
        + "conventional: an encoder trained on generated pictures only",
      default: InversionSettings().method)
    static let steps = Key(
      "steps", .integer(InversionSettings.stepCounts), help: "optimization steps",
      defaultText: "the pack's, usually 100; 60 % of it with fast", limit: .steps)
    static let optimizer = Key(
      "optimizer", .choice, help: "adam: as in the paper; fast: L-BFGS, as good or better in 60 % of the steps",
      default: InversionSettings().optimizer)
    static let learningRate = Key(
      "learning_rate", .number(InversionSettings.learningRates), help: "learning rate", defaultText: "the pack's, usually 0.01")
    static let weights = Key("weights", section: Weights.declaration, help: "weights of the loss terms")
    static let mask = Key(
      "mask", .image, help: "a mask of what does not count: what it has in white, a hand before the face, is left to the model",
      defaultText: "none, everything counts")
    static let keep = Key(
      "keep", .choice, help: "which code to keep: after the last step, or with the lowest loss", default: InversionSettings().keep)
    static let snapshots = Key(
      "snapshots", .integer(InversionSettings.snapshotCounts), help: "intermediate pictures, at regular steps",
      default: InversionSettings().snapshots)
  }

  /// `invert.weights`.
  enum Weights {
    static let pixel = Key("pixel", .number(LossWeights.range), help: "weight of the pixel loss", defaultText: "the pack's, usually 1")
    static let perceptual = Key(
      "perceptual", .number(LossWeights.range), help: "weight of the perceptual loss", defaultText: "the pack's, usually 5e-05")
    static let domain = Key("domain", .number(LossWeights.range), help: "weight of the domain loss", defaultText: "the pack's, usually 2")

    static let declaration = Declaration("weights", help: "weights of the loss terms", [pixel, perceptual, domain])
  }

  package static let declaration = Declaration(
    "invert", help: "how the latent code is found",
    [
      Keys.method, Keys.steps, Keys.optimizer, Keys.learningRate, Keys.weights, Keys.mask, Keys.keep, Keys.snapshots,
    ])

  /// What was written, with its places.
  let values: FieldValues
  /// The method of the results at the top.
  package let method: InversionMethod
  let steps: Int?
  let optimizer: OptimizerKind
  let learningRate: Double?
  let weights: (pixel: Double?, perceptual: Double?, domain: Double?)
  /// The mask of what does not count.
  let mask: String?
  let keep: KeptCode
  let snapshots: Int

  init(_ values: FieldValues) {
    self.values = values
    method = values[Keys.method]
    steps = values[Keys.steps]
    optimizer = values[Keys.optimizer]
    learningRate = values[Keys.learningRate]
    let weights = values[Keys.weights]
    self.weights = (weights[Weights.pixel], weights[Weights.perceptual], weights[Weights.domain])
    mask = values[Keys.mask]
    keep = values[Keys.keep]
    snapshots = values[Keys.snapshots]
  }

  /// What was said, else the pack's, else the paper's.
  ///
  /// - Parameter method: nil for the one that was asked for.
  func settings(_ facts: ModelInfo, method: InversionMethod? = nil) -> InversionSettings {
    InversionSettings(
      method: method ?? self.method, steps: steps ?? optimizer.steps(forPlain: facts.steps), optimizer: optimizer,
      learningRate: learningRate ?? facts.learningRate,
      weights: LossWeights(
        pixel: weights.pixel.map(Float.init) ?? facts.weights.pixel,
        perceptual: weights.perceptual.map(Float.init) ?? facts.weights.perceptual,
        domain: weights.domain.map(Float.init) ?? facts.weights.domain),
      keep: keep, snapshots: snapshots)
  }
}
