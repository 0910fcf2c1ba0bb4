import NeuralNetworks
import Tensors
import TestSupport
import Testing

/// Tolerances are those of the reference numbers: ten times what float32 differs from float64 there.
@Suite struct GANStepTests {
  private let fixture: TrainingFixture
  private let generator: TrainableGenerator
  private let discriminator: Discriminator

  init() throws {
    fixture = try TrainingFixture("gan_step")
    generator = try TrainingFixture.makeGenerator()
    discriminator = try TrainingFixture.makeDiscriminator()
  }

  @Test func theDiscriminatorsStepIsTheReferences() throws {
    let w = try generator.w(fromZ: fixture.tensor("in.d.z"))
    try fixture.expect(w, "d.w", within: 1e-5)
    let cut = try fixture.integers("in.d.cut")
    let codes = try generator.codes(w: w, mixing: generator.w(fromZ: fixture.tensor("in.d.z2")), cuts: cut)
    let fake = try generator.synthesize(codes, noise: fixture.noise("in.d"))
    try fixture.expect(fake, "d.fake", within: 2e-5)
    let reals = try fixture.reals()
    try fixture.expect(reals, "real", within: 1e-6)

    let tape = Tape(), watched = tape.watch(discriminator)
    let fakeScores = try watched.score(fake), realScores = try watched.score(reals)
    try fixture.expect(fakeScores, "d.score_fake", within: 2e-5)
    try fixture.expect(realScores, "d.score_real", within: 2e-5)
    let loss = try mean(softplus(fakeScores)) + mean(softplus(-realScores))
    try fixture.expect(tape.gradients(of: loss, for: watched), "d.grad_adversarial", within: 3e-5)
  }

  @Test func theGradientPenaltyAndItsGradientAreTheReferences() throws {
    let tape = Tape(), watched = tape.watch(discriminator)
    let pictures = tape.variable(try fixture.reals())
    let scores = try sum(try watched.score(pictures))
    let gradient = try tape.gradients(of: scores, for: [pictures], recordsPullbacks: true)[0]
    try fixture.expect(gradient, "d.r1_gradient", within: 1e-5)
    let items = try (gradient * gradient).summed(to: [4, 1, 1, 1]).reshaped([4])
    try fixture.expect(items, "d.r1_items", within: 5e-6)
    try fixture.expect(try mean(items), "d.r1", within: 5e-6)
    try fixture.expect(tape.gradients(of: try mean(items) * 5, for: watched), "d.grad_r1", within: 3e-5)
  }

  @Test(arguments: [("plain", nil), ("mix", "in.g.cut"), ("mix_each", "in.g.cuts")])
  func theGeneratorsStepIsTheReferences(_ kind: String, _ cuts: String?) throws {
    let tape = Tape(), watched = tape.watch(generator)
    let w = try watched.w(fromZ: fixture.tensor("in.g.z"))
    let codes = if let cuts {
      try watched.codes(w: w, mixing: watched.w(fromZ: fixture.tensor("in.g.z2")), cuts: fixture.integers(cuts))
    } else {
      try watched.codes(w: w)
    }
    let image = try watched.synthesize(codes, noise: fixture.noise("in.g"))
    try fixture.expect(image, "g.\(kind).image", within: 2e-5)
    let scores = try discriminator.score(image)
    try fixture.expect(scores, "g.\(kind).score", within: 2e-5)
    let loss = try mean(softplus(-scores))
    try fixture.expect(loss, "g.\(kind).loss", within: 5e-6)
    let old = try #require(generator.parameters["truncation.w_avg"])
    try fixture.expect(try old + (watched.averageW(w) - old) * 0.005, "g.\(kind).w_avg", within: 1e-5)
    // Two elements of this bias have no gradient but rounding: their channels are on one side of the leaky ReLU.
    let rounding: Set = ["synthesis.layer0.epilogue.bias"]
    let gradients = try tape.gradients(of: loss, for: watched)
    try fixture.expect(gradients, "g.\(kind).grad", within: 6e-5, without: rounding)
    let bias = try #require(gradients["synthesis.layer0.epilogue.bias"]).values
    let expected = try fixture.exact("g.\(kind).grad.synthesis.layer0.epilogue.bias")
    let largest = expected.map(abs).max() ?? 0
    for (value, reference) in zip(bias, expected) where abs(reference) > 1e-6 * largest {
      #expect(abs(Double(value) - reference) <= 6e-5 * largest)
    }
  }

  @Test func aMappingOfItsOwnForEachRowIsTheReferences() throws {
    let fixture = try TrainingFixture("wide_mapping"), step = self.fixture
    var settings = generator.settings
    settings.repeatW = false
    var wide = TrainableGenerator(settings: settings, parameters: generator.parameters)
    for key in ["weight", "bias"] {
      let name = key == "weight" ? "mapping.dense7.fc.weight" : "mapping.dense7.wscale.bias"
      wide.parameters[name] = try fixture.tensor("in.\(name)")
    }
    let tape = Tape(), watched = tape.watch(wide)
    let w = try watched.w(fromZ: step.tensor("in.g.z"))
    try fixture.expect(w, "w", within: 1e-5)
    let other = try watched.w(fromZ: step.tensor("in.g.z2"))
    let codes = try watched.codes(w: w, mixing: other, cuts: step.integers("in.g.cut"))
    let image = try watched.synthesize(codes, noise: step.noise("in.g"))
    try fixture.expect(image, "image", within: 2e-5)
    let loss = try mean(softplus(-discriminator.score(image)))
    try fixture.expect(loss, "loss", within: 5e-6)
    let old = try #require(generator.parameters["truncation.w_avg"])
    try fixture.expect(try old + (watched.averageW(w) - old) * 0.005, "w_avg", within: 1e-5)
    try fixture.expect(tape.gradients(of: loss, for: watched), "grad", within: 6e-5)
  }

  @Test(arguments: [("stage8", GrowthStage(side: 8)), ("fade8", GrowthStage(side: 8, fade: 0.7)), ("fade16", GrowthStage(side: 16, fade: 0.7))])
  func aStageOfGrowingIsTheReferences(_ name: String, _ stage: GrowthStage) throws {
    let fixture = try TrainingFixture("growing"), step = self.fixture
    var reals = try step.reals()
    while reals.shape[3] > stage.side { reals = try averagePool(reals) }
    reals = try stage.faded(reals)
    try fixture.expect(reals, "\(name).real", within: 1e-6)
    let noise = try step.noise("in.g")

    let tape = Tape(), watched = tape.watch(generator)
    let codes = try watched.codes(w: watched.w(fromZ: step.tensor("in.g.z")))
    let image = try watched.synthesize(codes, noise: noise, stage: stage)
    try fixture.expect(image, "\(name).image", within: 2e-5)
    let loss = try mean(softplus(-discriminator.score(image, stage: stage)))
    try fixture.expect(loss, "\(name).loss_g", within: 5e-6)
    try fixture.expect(
      tape.gradients(of: loss, for: watched), "\(name).grad_g", within: 6e-5, without: ["synthesis.layer0.epilogue.bias"])

    let second = Tape(), judge = second.watch(discriminator), pictures = second.variable(reals)
    let fakeScores = try judge.score(image.detached, stage: stage), realScores = try judge.score(pictures, stage: stage)
    try fixture.expect(fakeScores, "\(name).score_fake", within: 2e-5)
    try fixture.expect(realScores, "\(name).score_real", within: 2e-5)
    let gradient = try second.gradients(of: try sum(realScores), for: [pictures], recordsPullbacks: true)[0]
    let items = try (gradient * gradient).summed(to: [4, 1, 1, 1]).reshaped([4])
    try fixture.expect(items, "\(name).r1_items", within: 5e-6)
    let total = try mean(softplus(fakeScores)) + mean(softplus(-realScores)) + mean(items) * 5
    try fixture.expect(total, "\(name).loss_d", within: 5e-6)
    try fixture.expect(second.gradients(of: total, for: judge), "\(name).grad_d", within: 3e-5)
  }

  @Test func aStageThatTheNetworkCannotHaveIsRefused() throws {
    let codes = try generator.codes(w: generator.w(fromZ: fixture.tensor("in.g.z")))
    for stage in [GrowthStage(side: 32), GrowthStage(side: 12), GrowthStage(side: 4, fade: 0.5), GrowthStage(side: 8, fade: 1)] {
      #expect(refusal { try generator.synthesize(codes, stage: stage) } == "synthesis: a stage of side \(stage.side), fading \(stage.fade); the full side is 16")
    }
  }
}
