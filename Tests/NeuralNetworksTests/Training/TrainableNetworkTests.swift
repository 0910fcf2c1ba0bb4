import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct TrainableNetworkTests {
  /// The same file read into packed weights and into values gives the same pictures and codes.
  @Test(arguments: ["tiny32/generator", "tiny32/generator_fused"])
  func aTrainableGeneratorDrawsWhatThePackedOneDraws(_ file: String) throws {
    var settings = FixtureNetworks.tiny32
    settings.fusedScale = file.hasSuffix("fused") ? .always : .auto
    let weights = try FixtureWeights(file)
    let packed = try Generator(settings: settings, weights: weights)
    let trainable = try TrainableGenerator(settings: settings, weights: weights)
    var random = SeededGenerator(seed: 5)
    let z = Tensor(random.normals(2 * 48), [2, 48])
    let w = try trainable.w(fromZ: z)
    #expect(relativeError(w.values, try packed.w(fromZ: z).values) < 1e-5)
    let codes = try trainable.codes(w: w)
    let pictures = try trainable.synthesize(codes).values
    #expect(maxAbsoluteDifference(pictures, try packed.synthesize(codes).values) < 1e-4)
  }

  @Test(arguments: ["encoder", "encoder_bn", "encoder_wscale"])
  func aTrainableEncoderGivesTheCodesOfThePackedOne(_ name: String) throws {
    let packed = try FixtureNetworks.encoder32(name)
    let trainable = try TrainableEncoder(settings: packed.settings, weights: FixtureWeights("tiny32/" + name))
    let x = Tensor(try Fixtures.safetensors("tiny32/encoder_goldens.safetensors").floats(named: "x"), [2, 3, 32, 32])
    #expect(relativeError(try trainable.encode(x).values, try packed.encode(x).values) < 1e-5)
  }

  @Test func aTrainablePerceptualNetworkGivesTheFeaturesOfThePackedOne() throws {
    let weights = try FixtureWeights("vgg16")
    let packed = try PerceptualNetwork(settings: FixtureNetworks.perceptual, resolution: 32, weights: weights)
    let trainable = try TrainablePerceptual(settings: FixtureNetworks.perceptual, weights: weights)
    let x = Tensor(try Fixtures.safetensors("tiny32/encoder_goldens.safetensors").floats(named: "x"), [2, 3, 32, 32])
    #expect(relativeError(try trainable.features(x).values, try packed.features(x).values) < 1e-5)
    let levels = try packed.levels(x)
    #expect(levels.map { $0.shape.dimensions } == [[2, 8, 32, 32], [2, 16, 16, 16], [2, 32, 8, 8], [2, 48, 4, 4]])
    #expect(levels[3].values == (try packed.features(x).values))
  }

  @Test func theDescriptionNamesWhatTheFilesHold() throws {
    for (letter, tensors) in [
      ("G", TrainingFixture.generator.tensors), ("D", TrainingFixture.discriminator.tensors),
      ("E", TrainingFixture.encoder.tensors), ("P", TrainingFixture.perceptual.tensors),
    ] {
      let weights = try TrainingFixture.Weights(letter)
      #expect(Set(tensors.filter { $0.presence != .ignored }.map(\.name)) == weights.names)
      for tensor in tensors where tensor.presence != .ignored {
        #expect(try weights.floats(named: tensor.name, shape: tensor.shape).count == tensor.count)
      }
    }
  }
}
