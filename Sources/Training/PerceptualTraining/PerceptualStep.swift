package import NeuralNetworks
package import Tensors

/// Loss and gradients of one step of a perceptual network with a dense head.
///
/// Numbers in `Fixtures/training/ops.safetensors`, `perceptual_step`.
package enum PerceptualStep {
  package struct Result {
    package var loss: Double
    package var correct: Int
    package var count: Int
    package var gradients: [String: Tensor]
    /// Of the head: `weight` and `bias`.
    package var headGradients: [String: Tensor]
  }

  /// The head's input: 2×2 averages, flattened.
  package static func flattened(_ features: Tensor) throws -> Tensor {
    let pooled = features.shape[2] > 1 ? try averagePool(features) : features
    let plain = try pooled.plain()
    return try plain.reshaped([plain.shape[0], plain.shape.count / plain.shape[0]])
  }

  /// - Parameters:
  ///   - head: `weight`, `[outputs, inputs]`, and `bias`, `[outputs]`.
  ///   - mask: of dropout, of the shape of the head's input; nil for none.
  ///   - loss: of the head's numbers, and its gradient for them.
  package static func run(
    _ network: TrainablePerceptual, head: [String: Tensor], pictures: Tensor, mask: Tensor? = nil,
    loss: (_ outputs: Tensor) throws -> (outputs: Tensor, losses: [SoftmaxLoss])
  ) throws -> Result {
    let tape = Tape()
    var network = network
    let trained = try AdversarialStep.variables(&network, tape)
    let headNames = head.keys.sorted(), headVariables = headNames.compactMap { head[$0].map(tape.variable) }
    let known = Dictionary(uniqueKeysWithValues: zip(headNames, headVariables))
    guard let weight = known["weight"] else { throw TrainingError("the head has no weight") }
    var input = try flattened(network.features(pictures))
    if let mask { input = try input * mask }
    let (outputs, losses) = try loss(dense(input, weights: weight, bias: known["bias"]))
    // The loss and its gradient for the outputs are known: the tape goes on from there.
    var seed = [Float](repeating: 0, count: outputs.shape.count)
    for part in losses { for index in seed.indices { seed[index] += part.gradient[index] } }
    let gradients = try tape.gradients(
      of: outputs, along: Tensor(seed, outputs.shape), for: trained.map(\.1) + headVariables)
    return Result(
      loss: losses.reduce(0) { $0 + $1.loss }, correct: losses.reduce(0) { $0 + $1.correct },
      count: losses.reduce(0) { $0 + $1.count },
      gradients: AdversarialStep.named(trained, Array(gradients.prefix(trained.count))),
      headGradients: Dictionary(uniqueKeysWithValues: zip(headNames, gradients.dropFirst(trained.count).map(\.detached))))
  }
}
