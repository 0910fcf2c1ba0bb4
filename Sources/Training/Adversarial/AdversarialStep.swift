package import NeuralNetworks
package import Tensors

/// Losses and gradients of one step of a generator against a discriminator, and of the other against it.
///
/// Source: Goodfellow et al. 2014 (the logistic loss), Mescheder et al. 2018 (R1); numbers in
/// `Fixtures/training/gan_step.safetensors`.
package enum AdversarialStep {
  /// What the discriminator's step gave.
  package struct OfDiscriminator {
    /// Means over the batch.
    package var lossReal: Double
    package var lossFake: Double
    /// The mean over the batch of `Σ (∂D/∂x)²`; nil when it was not asked for.
    package var r1: Double?
    package var scoresReal: [Float]
    package var scoresFake: [Float]
    /// By name.
    package var gradients: [String: Tensor]
  }

  /// - Parameters:
  ///   - reals, fakes: `[n, 3, side, side]`; they go through separately, since the deviation mixes a batch.
  ///   - r1Weight: of half the penalty, `γ` times the iterations between two; nil leaves it out.
  ///   - augmentReals, augmentFakes: nil for none. The penalty is taken at the picture before.
  package static func discriminator(
    _ discriminator: Discriminator, reals: Tensor, fakes: Tensor, stage: GrowthStage? = nil, r1Weight: Double?,
    augmentReals: Augmentation? = nil, augmentFakes: Augmentation? = nil
  ) throws -> OfDiscriminator {
    let tape = Tape()
    var d = discriminator
    let trained = try variables(&d, tape)
    let count = Float(reals.shape[0])
    let scoresFake = try d.score(try augmentFakes?(fakes.detached) ?? fakes.detached, stage: stage)
    let pictures = r1Weight == nil ? reals.detached : tape.variable(reals.detached)
    let scoresReal = try d.score(try augmentReals?(pictures) ?? pictures, stage: stage)
    let lossFake = try sum(softplus(scoresFake)) * (1 / Float(fakes.shape[0]))
    let lossReal = try sum(softplus(-scoresReal)) * (1 / count)
    var loss = try lossFake + lossReal
    var penalty: Tensor?
    if let r1Weight {
      let gradient = try tape.gradients(of: sum(scoresReal), for: [pictures], recordsPullbacks: true)[0]
      let squares = try sum(gradient * gradient) * (1 / count)
      penalty = squares
      loss = try loss + squares * Float(r1Weight / 2)
    }
    let gradients = try tape.gradients(of: loss, for: trained.map(\.1))
    return OfDiscriminator(
      lossReal: Double(lossReal.item), lossFake: Double(lossFake.item), r1: penalty.map { Double($0.item) },
      scoresReal: scoresReal.values, scoresFake: scoresFake.values, gradients: named(trained, gradients))
  }

  /// What the generator's step gave.
  package struct OfGenerator {
    package var loss: Double
    package var scores: [Float]
    package var pictures: Tensor
    /// The first codes' mean, `[w]`.
    package var averageW: Tensor
    package var gradients: [String: Tensor]
  }

  package static func generator(
    _ generator: TrainableGenerator, _ discriminator: Discriminator, _ pass: GeneratorPass, stage: GrowthStage? = nil,
    augment: Augmentation? = nil
  ) throws -> OfGenerator {
    let tape = Tape()
    var g = generator
    let trained = try variables(&g, tape)
    let (pictures, w) = try pass.pictures(g, stage: stage ?? GrowthStage(side: g.settings.resolution))
    let scores = try discriminator.score(try augment?(pictures) ?? pictures, stage: stage)
    let loss = try sum(softplus(-scores)) * (1 / Float(scores.shape[0]))
    let gradients = try tape.gradients(of: loss, for: trained.map(\.1))
    return OfGenerator(
      loss: Double(loss.item), scores: scores.values, pictures: pictures.detached,
      averageW: try generator.averageW(w), gradients: named(trained, gradients))
  }

  /// Puts variables in the place of what is trained; sorted by name.
  static func variables(_ network: inout some TrainableNetwork, _ tape: Tape) throws -> [(String, Tensor)] {
    var trained: [(String, Tensor)] = []
    for name in network.tensors.filter(\.isTrained).map(\.name).sorted() {
      guard let value = network.parameters[name] else { continue }
      let variable = tape.variable(value.detached)
      network.parameters[name] = variable
      trained.append((name, variable))
    }
    return trained
  }

  static func named(_ trained: [(String, Tensor)], _ gradients: [Tensor]) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(trained, gradients).map { ($0.0, $1.detached) })
  }
}
