import Kernels
import NeuralNetworks
import Tensors
import TestSupport
import Testing

/// In a process of its own kind: no other test may take memory meanwhile, so it counts over several steps and asks for
/// one that took none.
@Suite(.serialized) struct SteadyStepTests {
  @Test func aSteadyStepTakesNoMemoryFromTheSystem() throws {
    let generator = try Generator(settings: FixtureNetworks.tiny32, weights: FixtureWeights("tiny32/generator"))
    let encoder = try FixtureNetworks.encoder32("encoder")
    let network = try PerceptualNetwork(
      settings: FixtureNetworks.perceptual, resolution: 32, weights: FixtureWeights("vgg16"))
    let target = Tensor(repeating: 0.25, [1, 3, 32, 32])
    let features = try network.features(target)
    var code = generator.averageCode
    var taken: [Int] = []
    for _ in 0..<20 {
      let before = BufferPool.statistics.systemAllocations
      let tape = Tape()
      let z = tape.variable(code)
      let picture = try generator.synthesize(z)
      let pixel = try meanSquaredDifference(picture, target)
      let perceptual = try meanSquaredDifference(try network.features(picture), features)
      let domain = try meanSquaredDifference(z, try encoder.encode(picture))
      let loss = try sum(pixel + perceptual * 5e-5 + domain * 2)
      code = try code - tape.gradients(of: loss, for: [z])[0] * 0.01
      taken.append(BufferPool.statistics.systemAllocations - before)
    }
    #expect(taken.dropFirst(3).contains(0), "blocks taken per step: \(taken)")
  }
}
