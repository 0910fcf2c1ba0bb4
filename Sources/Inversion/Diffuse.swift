package import Tensors

/// What a semantic diffusion does; the defaults are the paper's.
package struct DiffusionSettings: Hashable, Sendable {
  package var steps: Int
  package var optimizer: OptimizerKind
  package var learningRate: Double
  /// There is no domain term; its weight is ignored.
  package var weights: LossWeights
  package var normalization: Objective.Normalization
  package var keep: KeptCode
  package var snapshots: Int

  package init(
    steps: Int = 100, optimizer: OptimizerKind = .adam, learningRate: Double = 0.01,
    weights: LossWeights = LossWeights(), normalization: Objective.Normalization = .picture, keep: KeptCode = .last,
    snapshots: Int = 0
  ) {
    self.steps = steps
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.weights = weights
    self.normalization = normalization
    self.keep = keep
    self.snapshots = snapshots
  }

  var schedule: InversionSettings {
    InversionSettings(method: .inDomain, steps: steps, snapshots: snapshots)
  }
}

/// Pastes the inside of a mask on other pictures: `target` where the mask is 1, `context` where it is 0.
package func stitch(target: Tensor, context: Tensor, mask: Tensor) throws -> Tensor {
  guard target.shape == context.shape else {
    throw InversionError.shape(what: "the context", found: context.shape, expected: "\(target.shape)")
  }
  let inside = try mask.broadcast(to: target.shape).values
  let (targetValues, contextValues) = (target.values, context.values)
  return Tensor(inside.indices.map { inside[$0] != 0 ? targetValues[$0] : contextValues[$0] }, target.shape)
}

/// Blends the inside of a box into other pictures (semantic diffusion, Zhu et al. 2020, section 4.4).
///
/// The stitched picture is encoded; then the code is optimized so that the picture agrees with the target inside the box,
/// by pixels and perceptual features, while what is outside only has to look natural. The context is not pasted back.
///
/// - Parameters:
///   - target: the pictures whose box is taken, `[n, 3, resolution, resolution]`.
///   - context: the pictures it is put into, of the same shape.
///   - identity, resuming, onStep: as for `invert`.
/// - Throws: `InversionError.emptyBox` when the box begins outside the picture.
package func diffuse(
  target: Tensor, context: Tensor, box: Box, model: any InversionModel, settings: DiffusionSettings = DiffusionSettings(),
  identity: String = "", resuming: InversionState? = nil, onStep: (InversionState) -> StepAction = { _ in .go }
) throws -> InversionResult {
  let mask = try box.mask(resolution: model.resolution)
  var weights = settings.weights
  weights.domain = 0
  let objective = try Objective(
    target: target, model: model, weights: weights, mask: mask, normalization: settings.normalization)
  let optimization = Optimization(
    model: model, objective: objective, steps: max(0, settings.steps),
    snapshotSteps: Set(settings.schedule.snapshotSteps), optimizer: settings.optimizer,
    learningRate: settings.learningRate)
  return try optimization.run(identity: identity, resuming: resuming, start: {
    try model.encode(stitch(target: target, context: context, mask: mask))
  }, onStep: onStep)
}
