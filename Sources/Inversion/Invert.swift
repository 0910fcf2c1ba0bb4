package import Tensors

/// Finds the codes that reproduce pictures.
///
/// - Parameters:
///   - target: `[n, 3, resolution, resolution]`, from -1 to 1. Several pictures are optimized together without
///     influencing each other.
///   - mask: `[1, 1, resolution, resolution]` from 0 to 1: where it is 0 a pixel does not count; see `Objective`, with the
///     normalization `area`. The encoder, which sees whole pictures, is asked twice: see `encoderGuess`.
///   - identity: what the run is recognized by when a stored state is offered.
///   - resuming: a state that `onStep` got in an earlier run of the same target, model and settings.
///   - onStep: called after each update.
/// - Returns: the final state; `state.items[i].result(keep:)` is the code, to be synthesized for the picture that
///   belongs to it.
/// - Throws: `InversionError` when it cannot start; what the networks throw.
///
/// The same bytes from run to run, at any number of threads, and when continued from a stored state.
package func invert(
  target: Tensor, mask: Tensor? = nil, model: any InversionModel, settings: InversionSettings = InversionSettings(),
  identity: String = "", resuming: InversionState? = nil, onStep: (InversionState) -> StepAction = { _ in .go }
) throws -> InversionResult {
  let objective = try Objective(
    target: target, model: model, weights: settings.effectiveWeights, mask: mask, normalization: .area)
  let optimization = Optimization(
    model: model, objective: objective, steps: settings.updates, snapshotSteps: Set(settings.snapshotSteps),
    optimizer: settings.optimizer, learningRate: settings.learningRate)
  return try optimization.run(identity: identity, resuming: resuming, start: {
    switch settings.method {
    case .encoder, .inDomain: return try encoderGuess(target, mask: mask, model: model, by: model.encode)
    case .conventional: return try encoderGuess(target, mask: mask, model: model, by: model.conventionalCode)
    case .image2stylegan: return try model.averageCode.broadcast(to: [target.shape[0], model.layers, model.width])
    }
  }, onStep: onStep)
}

/// An encoder's code of pictures of which some pixels do not count. Their place is taken by what the generator makes of the
/// encoder's first guess: `E(m·x + (1 - m)·G(E(x)))`, so that a hand before a face does not become a part of it.
///
/// - Parameters:
///   - mask: as for `invert`; nil for `E(x)`.
///   - encode: the encoder E.
package func encoderGuess(
  _ target: Tensor, mask: Tensor?, model: any InversionModel, by encode: (Tensor) throws -> Tensor
) throws -> Tensor {
  let first = try encode(target)
  guard let mask else { return first }
  return try encode(stitch(target: target, context: model.synthesize(first), mask: mask))
}
