package import NeuralNetworks
package import Tensors

/// A generator and a discriminator in training: all that the next iteration depends on, besides settings and photographs.
package struct AdversarialState {
  package var generator: TrainableGenerator
  package var discriminator: Discriminator
  /// The moving average of the generator: what makes pictures and packs.
  package var average: TrainableGenerator
  package let generatorAdam = Adam(beta1: 0)
  package let discriminatorAdam = Adam(beta1: 0)
  /// Images shown to the discriminator.
  package var seen = 0
  package var iteration = 0
  package var phase: GrowingSchedule.Phase
  package var isAugmenting = false
  package var shown = ShownValues()
  /// Below 1 after numbers that were not finite.
  package var rateFactor = 1.0
  /// The lowest feature distance so far, and when it was.
  package var best: Best?

  package struct Best: Sendable, Equatable, Codable {
    package var distance: Double
    package var seen: Int
  }

  /// Before the first iteration: everything drawn from the seed.
  package init(_ settings: TrainingSettings) {
    let random = RandomNumbers(seed: UInt64(settings.seed))
    let (g, d) = (settings.generatorSettings, settings.discriminatorSettings)
    generator = TrainableGenerator(settings: g, parameters: Self.initial(g.tensors, random, network: 0))
    discriminator = Discriminator(settings: d, parameters: Self.initial(d.tensors, random, network: 1))
    average = generator
    phase = settings.schedule.phase(at: 0)
  }

  /// Starting values by name.
  ///
  /// - Parameter network: tells apart networks that use the same names.
  package static func initial(_ tensors: [NetworkTensor], _ random: RandomNumbers, network: Int) -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for tensor in tensors where tensor.presence != .ignored {
      let shape = Shape(tensor.shape)
      switch tensor.start {
      case .constant(let value): parameters[tensor.name] = Tensor(repeating: Float(value), shape)
      case .normal(let deviation):
        // By the name, so that a tensor's numbers do not depend on the others. FNV-1a, 32 bits.
        var part: UInt32 = 0x811C_9DC5
        for byte in tensor.name.utf8 { part = (part ^ UInt32(byte)) &* 0x0100_0193 }
        parameters[tensor.name] =
          random.normals(.initialization, network, part: Int(part), shape) * Float(deviation)
      }
    }
    return parameters
  }
}
