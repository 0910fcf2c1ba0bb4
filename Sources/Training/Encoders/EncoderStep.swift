package import NeuralNetworks
package import Tensors
internal import Kernels

/// Losses and gradients of one step of an encoder.
///
/// Source: Zhu et al. 2020, section 2.1; numbers in `Fixtures/training/encoder_step.safetensors`.
package enum EncoderStep {
  /// Weights of the terms; that of pixels is 1.
  package struct Weights: Sendable {
    package var perceptual: Double
    package var adversarial: Double
    /// Of `max(0, mean ((code - w_avg) / deviation)² - 1)`; 0 for the paper's loss.
    package var codeSpread: Double

    package init(perceptual: Double = 5e-5, adversarial: Double = 0.08, codeSpread: Double = 0) {
      self.perceptual = perceptual
      self.adversarial = adversarial
      self.codeSpread = codeSpread
    }
  }

  package struct Result {
    /// Unweighted means over the batch; a conventional encoder's is in `pixel`.
    package var pixel: Double
    package var perceptual: Double
    package var adversarial: Double
    package var loss: Double
    package var codes: Tensor
    package var pictures: Tensor
    package var gradients: [String: Tensor]
    package var statistics: [BatchStatistics]
  }

  /// The networks that do not change in an encoder's step.
  package struct Frozen {
    package let generator: TrainableGenerator
    package let perceptual: TrainablePerceptual

    package init(generator: TrainableGenerator, perceptual: TrainablePerceptual) {
      self.generator = generator
      self.perceptual = perceptual
    }
  }

  /// The domain-guided encoder: `mean (x - G(E(x)))² + λ · mean (F(x) - F(G(E(x))))² + λ · mean sp(-D(G(E(x))))`.
  ///
  /// - Parameters:
  ///   - discriminator: nil leaves its term out.
  ///   - spread: mean and deviation of w, of one row or of all, for `codeSpread`.
  package static func domainGuided(
    _ encoder: TrainableEncoder, _ frozen: Frozen, _ discriminator: Discriminator?, reals: Tensor, weights: Weights,
    spread: (mean: [Float], deviation: [Float])? = nil
  ) throws -> Result {
    let tape = Tape()
    var encoder = encoder
    let trained = try AdversarialStep.variables(&encoder, tape)
    let (codes, statistics) = try encoder.encodeInTraining(reals)
    let pictures = try frozen.generator.synthesize(codes)
    let share = 1 / Float(reals.shape[0])
    let pixel = try sum(meanSquaredDifference(pictures, reals)) * share
    let perceptual = try sum(meanSquaredDifference(
      frozen.perceptual.features(pictures), frozen.perceptual.features(reals))) * share
    var loss = try pixel + perceptual * Float(weights.perceptual)
    let adversarial = try discriminator.map { try sum(softplus(-$0.score(pictures))) * share }
    if let adversarial { loss = try loss + adversarial * Float(weights.adversarial) }
    if weights.codeSpread > 0, let spread {
      loss = try loss + outside(codes, spread) * Float(weights.codeSpread)
    }
    let gradients = try tape.gradients(of: loss, for: trained.map(\.1))
    return Result(
      pixel: Double(pixel.item), perceptual: Double(perceptual.item), adversarial: adversarial.map { Double($0.item) } ?? 0,
      loss: Double(loss.item), codes: codes.detached, pictures: try pictures.plain().detached,
      gradients: AdversarialStep.named(trained, gradients), statistics: statistics)
  }

  /// The conventional encoder: `mean (E(G(w)) - w)²` over pictures of the generator.
  ///
  /// - Parameter codes: `[n, layers, w]`, whose pictures it sees.
  package static func conventional(
    _ encoder: TrainableEncoder, codes target: Tensor, pictures: Tensor
  ) throws -> Result {
    let tape = Tape()
    var encoder = encoder
    let trained = try AdversarialStep.variables(&encoder, tape)
    let (codes, statistics) = try encoder.encodeInTraining(pictures)
    let loss = try sum(meanSquaredDifference(codes, target)) * (1 / Float(target.shape[0]))
    let gradients = try tape.gradients(of: loss, for: trained.map(\.1))
    return Result(
      pixel: Double(loss.item), perceptual: 0, adversarial: 0, loss: Double(loss.item), codes: codes.detached,
      pictures: pictures, gradients: AdversarialStep.named(trained, gradients), statistics: statistics)
  }

  private static func outside(_ codes: Tensor, _ spread: (mean: [Float], deviation: [Float])) throws -> Tensor {
    let shape = codes.shape, row: Shape = [1, spread.mean.count / shape[2], shape[2]]
    let middle = try Tensor(spread.mean, row).broadcast(to: shape)
    let scale = try Tensor(spread.deviation.map { 1 / max($0, 1e-6) }, row).broadcast(to: shape)
    let x = try (codes - middle) * scale
    return try sum(relu((x * x).averaged(to: [shape[0], shape[1], 1]) + -1)) * (1 / Float(shape[0] * shape[1]))
  }

  /// Shortens gradients together to a norm; 0 leaves them.
  package static func clip(_ gradients: inout [String: Tensor], norm limit: Double) {
    guard limit > 0 else { return }
    let names = gradients.keys.sorted()
    let norm = names.reduce(0) { $0 + (gradients[$1]?.buffer.squareSum ?? 0) }.squareRoot()
    guard norm > limit else { return }
    let factor = Float(limit / norm)
    for name in names { gradients[name] = gradients[name].map { $0 * factor } }
  }
}
