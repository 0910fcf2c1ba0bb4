package import NeuralNetworks
package import Tensors

/// The random numbers of one run of a generator.
package struct GeneratorPass {
  /// `[n, z]`, and the second codes of style mixing.
  package var z: Tensor
  package var z2: Tensor
  /// Rows before it come from the first code; one for each item, or one for all.
  package var cuts: [Int]
  /// For each layer that runs, `[n, 1, side, side]`.
  package var noise: [Tensor]

  package init(z: Tensor, z2: Tensor, cuts: [Int], noise: [Tensor]) {
    self.z = z
    self.z2 = z2
    self.cuts = cuts
    self.noise = noise
  }

  /// Which streams a pass draws from.
  package enum Kind: Sendable {
    case ofDiscriminator, ofGenerator

    fileprivate var streams: (z: RandomStream, z2: RandomStream, cuts: RandomStream, noise: RandomStream) {
      switch self {
      case .ofDiscriminator: (.discriminatorZ, .discriminatorZ2, .discriminatorCuts, .discriminatorNoise)
      case .ofGenerator: (.generatorZ, .generatorZ2, .generatorCuts, .generatorNoise)
      }
    }
  }

  /// - Parameters:
  ///   - mixing: the probability of a cut before the last row.
  package init(
    _ kind: Kind, _ random: RandomNumbers, _ iteration: Int, count: Int, _ settings: GeneratorSettings,
    stage: GrowthStage, mixing: Double
  ) {
    let streams = kind.streams, layers = stage.layers
    let cuts = (0..<count).map { item in
      random.uniform(streams.cuts, iteration, item) < mixing
        ? 1 + random.integer(below: layers - 1, streams.cuts, iteration, item, part: 1) : layers
    }
    self.init(
      z: random.normals(streams.z, iteration, [count, settings.zDimension]),
      z2: random.normals(streams.z2, iteration, [count, settings.zDimension]), cuts: cuts,
      noise: (0..<layers).map { layer in
        let side = settings.side(ofBlock: layer / 2)
        return random.normals(streams.noise, iteration, part: layer, [count, 1, side, side])
      })
  }

  /// Pictures, and the first codes, which move the average.
  package func pictures(_ generator: TrainableGenerator, stage: GrowthStage) throws -> (pictures: Tensor, w: Tensor) {
    let w = try generator.w(fromZ: z)
    let codes = try generator.codes(w: w, mixing: try generator.w(fromZ: z2), cuts: cuts)
    return (try generator.synthesize(codes, noise: noise, stage: stage), w)
  }
}
