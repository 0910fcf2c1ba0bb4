package import Tensors

/// What a semantic diffusion does; the defaults are the paper's.
package struct DiffusionSettings: Hashable, Sendable {
  /// Where the code starts: at an encoder's of the stitched picture, or at the average one. Methods without optimization
  /// make no steps.
  package var method: InversionMethod
  package var steps: Int
  package var optimizer: OptimizerKind
  package var learningRate: Double
  /// There is no domain term; its weight is ignored.
  package var weights: LossWeights
  package var normalization: Objective.Normalization
  package var keep: KeptCode
  package var snapshots: Int

  package init(
    method: InversionMethod = .inDomain, steps: Int = InversionSettings().steps, optimizer: OptimizerKind = .adam,
    learningRate: Double = InversionSettings().learningRate, weights: LossWeights = LossWeights(),
    normalization: Objective.Normalization = .picture, keep: KeptCode = .last, snapshots: Int = 0
  ) {
    self.method = method
    self.steps = steps
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.weights = weights
    self.normalization = normalization
    self.keep = keep
    self.snapshots = snapshots
  }

  /// Updates that are really made.
  package var updates: Int { schedule.updates }

  var schedule: InversionSettings {
    InversionSettings(method: method, steps: steps, snapshots: snapshots)
  }
}

/// Pastes the inside of a mask on other pictures: `target` where the mask is 1, `context` where it is 0, between them a
/// blend.
package func stitch(target: Tensor, context: Tensor, mask: Tensor) throws -> Tensor {
  guard target.shape == context.shape else {
    throw InversionError.shape(what: "the context", found: context.shape, expected: "\(target.shape)")
  }
  let inside = try mask.broadcast(to: target.shape).values
  let (targetValues, contextValues) = (target.values, context.values)
  return Tensor(inside.indices.map { index in
    switch inside[index] {
    case 0: contextValues[index]
    case 1: targetValues[index]
    case let share: share * targetValues[index] + (1 - share) * contextValues[index]
    }
  }, target.shape)
}

/// Blends the inside of a mask into other pictures (semantic diffusion, Zhu et al. 2020, section 4.4).
///
/// The stitched picture is encoded; then the code is optimized so that the picture agrees with the target inside the mask,
/// by pixels and perceptual features, while what is outside only has to look natural. The context is not pasted back.
///
/// - Parameters:
///   - target: the pictures of which a piece is taken, `[n, 3, resolution, resolution]`.
///   - context: the pictures it is put into, of the same shape.
///   - mask: `[1, 1, resolution, resolution]` from 0 to 1; 1 is taken.
///   - identity, resuming, onStep: as for `invert`.
package func diffuse(
  target: Tensor, context: Tensor, mask: Tensor, model: any InversionModel, settings: DiffusionSettings = DiffusionSettings(),
  identity: String = "", resuming: InversionState? = nil, onStep: (InversionState) -> StepAction = { _ in .go }
) throws -> InversionResult {
  var weights = settings.weights
  weights.domain = 0
  let objective = try Objective(
    target: target, model: model, weights: weights, mask: mask, normalization: settings.normalization)
  let optimization = Optimization(
    model: model, objective: objective, steps: settings.updates,
    snapshotSteps: Set(settings.schedule.snapshotSteps), optimizer: settings.optimizer,
    learningRate: settings.learningRate)
  return try optimization.run(identity: identity, resuming: resuming, start: {
    let stitched = try stitch(target: target, context: context, mask: mask)
    switch settings.method {
    case .encoder, .inDomain: return try model.encode(stitched)
    case .conventional: return try model.conventionalCode(stitched)
    case .image2stylegan: return try model.averageCode.broadcast(to: [target.shape[0], model.layers, model.width])
    }
  }, onStep: onStep)
}

/// The same with a box for the mask.
///
/// - Throws: `InversionError.emptyBox` when the box begins outside the picture.
package func diffuse(
  target: Tensor, context: Tensor, box: Box, model: any InversionModel, settings: DiffusionSettings = DiffusionSettings(),
  identity: String = "", resuming: InversionState? = nil, onStep: (InversionState) -> StepAction = { _ in .go }
) throws -> InversionResult {
  try diffuse(
    target: target, context: context, mask: box.mask(resolution: model.resolution), model: model, settings: settings,
    identity: identity, resuming: resuming, onStep: onStep)
}
