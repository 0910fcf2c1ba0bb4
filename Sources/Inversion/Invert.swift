package import Tensors

/// Finds the codes that reproduce pictures.
///
/// - Parameters:
///   - target: `[n, 3, resolution, resolution]`, from -1 to 1. Several pictures are optimized together without
///     influencing each other.
///   - identity: what the run is recognized by when a stored state is offered.
///   - resuming: a state that `onStep` got in an earlier run of the same target, model and settings.
///   - onStep: called after each update.
/// - Returns: the final state; `state.items[i].result(keep:)` is the code, to be synthesized for the picture that
///   belongs to it.
/// - Throws: `InversionError` when it cannot start; what the networks throw.
///
/// The same bytes from run to run, at any number of threads, and when continued from a stored state.
package func invert(
  target: Tensor, model: any InversionModel, settings: InversionSettings = InversionSettings(), identity: String = "",
  resuming: InversionState? = nil, onStep: (InversionState) -> StepAction = { _ in .go }
) throws -> InversionResult {
  let objective = try Objective(target: target, model: model, weights: settings.effectiveWeights)
  let optimization = Optimization(
    model: model, objective: objective, steps: settings.updates, snapshotSteps: Set(settings.snapshotSteps),
    optimizer: settings.optimizer, learningRate: settings.learningRate)
  return try optimization.run(identity: identity, resuming: resuming, start: {
    switch settings.method {
    case .encoder, .inDomain: return try model.encode(target)
    case .conventional: return try model.conventionalCode(target)
    case .image2stylegan: return try model.averageCode.broadcast(to: [target.shape[0], model.layers, model.width])
    }
  }, onStep: onStep)
}
