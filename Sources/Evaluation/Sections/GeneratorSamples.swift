internal import Inversion
internal import NeuralNetworks
internal import Statistics
internal import Tensors

/// Codes of random z, without truncation.
struct GeneratorSamples {
  let bench: Bench

  func codes(_ count: Int) throws -> [[Float]] {
    let generator = bench.workshop.networks.generator, settings = generator.settings
    var random = RandomNumbers(seed: bench.settings.seed, stream: "samples")
    return try (0..<count).map { _ in
      let z = (0..<settings.zDimension).map { _ in Float(random.normal()) }
      let w = try generator.w(fromZ: Tensor(z, [1, settings.zDimension])).values
      return settings.repeatW ? (0..<settings.layers).flatMap { _ in w } : w
    }
  }
}
