import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite struct EncoderStepTests {
  private let fixture: TrainingFixture
  private let generator: TrainableGenerator
  private let discriminator: Discriminator
  private let encoder: TrainableEncoder

  init() throws {
    fixture = try TrainingFixture("encoder_step")
    generator = try TrainingFixture.makeGenerator()
    discriminator = try TrainingFixture.makeDiscriminator()
    encoder = try TrainingFixture.makeEncoder()
  }

  /// Gradients of biases before batch normalization are rounding; they are not trained.
  private func gradients(_ found: [String: Tensor], _ prefix: String, within tolerance: Double) throws {
    let biases = Set(encoder.parameters.keys.filter { $0.contains("wscale") })
    try fixture.expect(found, prefix, within: tolerance, without: biases)
  }

  @Test func theCodeWithRunningStatisticsIsTheReferences() throws {
    let code = try encoder.encode(fixture.reals())
    try fixture.expect(code, "e.code_eval", within: 1e-5)
    try fixture.expect(generator.synthesize(code), "e.image_eval", within: 2e-5)
  }

  @Test(arguments: [false, true]) func theEncodersStepIsTheReferences(_ usesPackedNetworks: Bool) throws {
    let reals = try fixture.reals()
    let tape = Tape(), watched = tape.watch(encoder)
    let (code, statistics) = try watched.encodeInTraining(reals)
    try fixture.expect(code, "e.code", within: 1e-5)
    let image: Tensor, features: (Tensor) throws -> Tensor
    if usesPackedNetworks {
      image = try Generator(settings: TrainingFixture.generator, weights: TrainingFixture.Weights("G")).synthesize(code)
      let packed = try PerceptualNetwork(
        settings: TrainingFixture.perceptual, resolution: 16, weights: TrainingFixture.Weights("P"))
      features = { try packed.features($0).plain() }
    } else {
      image = try generator.synthesize(code)
      features = try TrainingFixture.makePerceptual().features
    }
    try fixture.expect(image, "e.image", within: 2e-5)
    let pixel = try mean(meanSquaredDifference(reals, image))
    let perceptual = try mean(meanSquaredDifference(features(reals), features(image)))
    let adversarial = try mean(softplus(-discriminator.score(image)))
    try fixture.expect(pixel, "e.pixel", within: 5e-6)
    try fixture.expect(perceptual, "e.perceptual", within: 1e-5)
    try fixture.expect(adversarial, "e.adversarial", within: 5e-6)
    let loss = try pixel + perceptual * 5e-5 + adversarial * 0.08
    try fixture.expect(loss, "e.loss", within: 5e-6)
    try gradients(tape.gradients(of: loss, for: watched), "e.grad", within: 1e-4)
    for (prefix, isUnbiased) in [("e.running", true), ("e.running_biased", false)] {
      var moved = encoder.parameters
      for batch in statistics { batch.move(&moved, isUnbiased: isUnbiased) }
      try fixture.expect(moved, prefix, within: 2e-6)
    }
  }

  @Test func theConventionalEncodersStepIsTheReferences() throws {
    let target = try generator.codes(w: generator.w(fromZ: fixture.tensor("in.c.z")))
    try fixture.expect(target, "c.target", within: 1e-5)
    let image = try generator.synthesize(target)
    try fixture.expect(image, "c.image", within: 2e-5)
    let tape = Tape(), watched = tape.watch(encoder)
    let (code, statistics) = try watched.encodeInTraining(image)
    try fixture.expect(code, "c.code", within: 3e-5)
    let loss = try mean(meanSquaredDifference(code, target))
    try fixture.expect(loss, "c.loss", within: 1e-5)
    try gradients(tape.gradients(of: loss, for: watched), "c.grad", within: 1e-4)
    var moved = encoder.parameters
    for batch in statistics { batch.move(&moved) }
    try fixture.expect(moved, "c.running", within: 2e-6)
  }

  @Test func aSinglePictureIsRefusedInTraining() throws {
    #expect(refusal { try encoder.encodeInTraining(Tensor(repeating: 0.5, [1, 3, 16, 16])) } == "batch normalization: a batch of one cannot be trained")
  }
}
