import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

import Training

@Suite("A step of the generator against the discriminator is PyTorch's")
struct AdversarialStepTests {
  let numbers: TrainingFixtures

  init() throws {
    numbers = try TrainingFixtures("gan_step")
  }

  @Test("photographs are mirrored as asked")
  func reals() throws {
    let reals = try numbers.photographs(numbers.integers("in.idx"), mirrored: numbers.integers("in.flip"))
    #expect(maxAbsoluteDifference(reals.values, try numbers.values("real")) < 1e-6)
  }

  @Test("the discriminator's losses, R1 and gradients")
  func discriminator() throws {
    let reals = try numbers.photographs(numbers.integers("in.idx"), mirrored: numbers.integers("in.flip"))
    let pass = try numbers.pass("in.d.", cuts: numbers.integers("in.d.cut"))
    let (fakes, w) = try pass.pictures(numbers.generator(), stage: GrowthStage(side: 16))
    #expect(relativeError(w.values, try numbers.values("d.w")) < 1e-5)
    #expect(relativeError(fakes.values, try numbers.values("d.fake")) < 2e-5)
    let step = try AdversarialStep.discriminator(numbers.discriminator(), reals: reals, fakes: fakes, r1Weight: 10)
    #expect(relativeError(step.scoresReal, try numbers.values("d.score_real")) < 2e-5)
    #expect(relativeError(step.scoresFake, try numbers.values("d.score_fake")) < 2e-5)
    #expect(relativeError([Float(step.lossReal)], try numbers.values("d.loss_real")) < 5e-6)
    #expect(relativeError([Float(step.lossFake)], try numbers.values("d.loss_fake")) < 5e-6)
    #expect(relativeError([Float(try #require(step.r1))], try numbers.values("d.r1")) < 5e-6)
    let errors = try numbers.gradientErrors(step.gradients, "d.grad.")
    #expect(errors.count > 12 && errors.allSatisfy { $0.1 < 3e-5 }, "\(errors.prefix(3)) of \(errors.count)")
    let plain = try AdversarialStep.discriminator(numbers.discriminator(), reals: reals, fakes: fakes, r1Weight: nil)
    let adversarial = try numbers.gradientErrors(plain.gradients, "d.grad_adversarial.")
    #expect(!adversarial.isEmpty && adversarial.allSatisfy { $0.1 < 3e-5 }, "\(adversarial.prefix(3))")
    #expect(plain.r1 == nil)
  }

  @Test("the average code moves by half a percent")
  func averageCode() throws {
    var state = try state()
    let pass = try numbers.pass("in.d.", cuts: numbers.integers("in.d.cut"))
    let (_, w) = try pass.pictures(state.generator, stage: GrowthStage(side: 16))
    try state.moveAverageW(towards: try state.generator.averageW(w))
    let found = try #require(state.generator.parameters["truncation.w_avg"])
    #expect(relativeError(found.values, try numbers.values("d.w_avg")) < 1e-5)
  }

  @Test("the generator's loss and gradients, without mixing, with one cut, with one for each item",
    arguments: ["plain", "mix", "mix_each"])
  func generator(variant: String) throws {
    let cuts = switch variant {
    case "plain": [6]
    case "mix": try numbers.integers("in.g.cut")
    default: try numbers.integers("in.g.cuts")
    }
    let step = try AdversarialStep.generator(
      numbers.generator(), numbers.discriminator(), numbers.pass("in.g.", cuts: cuts))
    #expect(relativeError(step.pictures.values, try numbers.values("g.\(variant).image")) < 2e-5)
    #expect(relativeError([Float(step.loss)], try numbers.values("g.\(variant).loss")) < 5e-6)
    #expect(relativeError(step.scores, try numbers.values("g.\(variant).score")) < 2e-5)
    let errors = try numbers.gradientErrors(step.gradients, "g.\(variant).grad.")
    #expect(errors.count > 40 && errors.allSatisfy { $0.1 < 6e-5 }, "\(errors.prefix(3)) of \(errors.count)")
  }

  @Test("Adam's update from given moments, and the average's", arguments: ["d", "g.mix"])
  func update(network: String) throws {
    let isD = network == "d"
    var parameters = isD ? try numbers.discriminator().parameters : try numbers.generator().parameters
    let start = parameters
    var gradients: [String: Tensor] = [:]
    let adam = Adam(beta1: 0)
    adam.step = 5
    for name in numbers.file.names where name.hasPrefix("\(network).grad.") && !name.hasSuffix("_f64") {
      let key = String(name.dropFirst("\(network).grad.".count))
      gradients[key] = try numbers.tensor(name)
      let warm = isD ? "in.d.warm_v." : "in.g.warm_v."
      adam.v[key] = try numbers.tensor(warm + key).buffer
    }
    try adam.update(&parameters, gradients: gradients, rate: 0.002)
    for name in gradients.keys {
      let found = try #require(parameters[name]).values, expected = try numbers.values("\(network).warm_next.\(name)")
      #expect(relativeError(found, expected) < 1e-6, "\(name)")
    }
    guard !isD else { return }
    var average = start
    MovingAverage.move(&average, towards: parameters, TrainingFixtures.generatorSettings.tensors, images: 4, halfLife: 10)
    for name in gradients.keys {
      #expect(relativeError(try #require(average[name]).values, try numbers.values("ema.\(name)")) < 1e-6, "\(name)")
    }
  }

  @Test("growing: faded reals, pictures, scores, losses and gradients", arguments: ["fade16", "stage8", "fade8"])
  func growing(variant: String) throws {
    let grown = try TrainingFixtures("growing")
    let stage = switch variant {
    case "fade16": GrowthStage(side: 16, fade: 0.7)
    case "stage8": GrowthStage(side: 8)
    default: GrowthStage(side: 8, fade: 0.7)
    }
    let reals = try numbers.photographs(
      numbers.integers("in.idx"), mirrored: numbers.integers("in.flip"), stage: stage)
    #expect(maxAbsoluteDifference(reals.values, try grown.values("\(variant).real")) < 1e-6)
    let pass = try numbers.pass("in.g.", cuts: [6])
    let (fakes, _) = try pass.pictures(numbers.generator(), stage: stage)
    #expect(relativeError(fakes.values, try grown.values("\(variant).image")) < 2e-5)
    let d = try AdversarialStep.discriminator(
      numbers.discriminator(), reals: reals, fakes: fakes, stage: stage, r1Weight: 10)
    #expect(relativeError(d.scoresReal, try grown.values("\(variant).score_real")) < 2e-5)
    #expect(relativeError(d.scoresFake, try grown.values("\(variant).score_fake")) < 2e-5)
    let penalty = 5 * (try #require(d.r1))
    #expect(relativeError([Float(d.lossReal + d.lossFake + penalty)], try grown.values("\(variant).loss_d")) < 5e-6)
    let g = try AdversarialStep.generator(numbers.generator(), numbers.discriminator(), pass, stage: stage)
    #expect(relativeError([Float(g.loss)], try grown.values("\(variant).loss_g")) < 5e-6)
    let ofD = try grown.gradientErrors(d.gradients, "\(variant).grad_d.")
    #expect(!ofD.isEmpty && ofD.allSatisfy { $0.1 < 3e-5 }, "\(ofD.prefix(3))")
    let ofG = try grown.gradientErrors(g.gradients, "\(variant).grad_g.")
    #expect(!ofG.isEmpty && ofG.allSatisfy { $0.1 < 6e-5 }, "\(ofG.prefix(3))")
  }

  @Test("a mapping with a row for each layer")
  func wideMapping() throws {
    let wide = try TrainingFixtures("wide_mapping")
    var settings = TrainingFixtures.generatorSettings
    settings.repeatW = false
    var g = try numbers.generator()
    g = TrainableGenerator(settings: settings, parameters: g.parameters)
    for name in ["mapping.dense7.fc.weight", "mapping.dense7.wscale.bias"] {
      g.parameters[name] = try wide.tensor("in." + name)
    }
    let step = try AdversarialStep.generator(
      g, numbers.discriminator(), numbers.pass("in.g.", cuts: numbers.integers("in.g.cut")))
    #expect(relativeError(step.pictures.values, try wide.values("image")) < 2e-5)
    #expect(relativeError([Float(step.loss)], try wide.values("loss")) < 5e-6)
    let errors = try wide.gradientErrors(step.gradients, "grad.")
    #expect(!errors.isEmpty && errors.allSatisfy { $0.1 < 6e-5 }, "\(errors.prefix(3))")
  }

  private func state() throws -> AdversarialState {
    var settings = TrainingSettings()
    settings.generator.stageImages = [1, 1, 1]
    var state = AdversarialState(settings)
    state.generator = try numbers.generator()
    state.discriminator = try numbers.discriminator()
    state.average = state.generator
    return state
  }
}
