internal import NeuralNetworks
internal import Tensors

/// Where an encoder begins: its codes lie where the generator makes pictures.
enum EncoderStart {
  /// The last normalization has the deviation of w, times 0.8, and its mean; its weights are scaled by 0.3.
  static func parameters(_ settings: EncoderSettings, _ generator: TrainedGenerator, _ random: RandomNumbers, network: Int)
    -> [String: Tensor]
  {
    var parameters = AdversarialState.initial(settings.tensors, random, network: network)
    let last = "block\(settings.blocks - 1)", layers = settings.layers
    let length = layers * settings.wDimension
    func repeated(_ row: [Float]) -> Tensor {
      Tensor(row.count == length ? row : (0..<layers).flatMap { _ in row }, [length])
    }
    parameters[last + ".bn.bn.weight"] = repeated(generator.deviation.map { $0 * 0.8 })
    parameters[last + ".bn.bn.bias"] = repeated(generator.mean)
    if let weight = parameters[last + ".fc.weight"] { parameters[last + ".fc.weight"] = weight * 0.3 }
    return parameters
  }

  /// Rises over the warm-up, then stays, then falls along a line in the second half.
  static func rate(_ settings: TrainingSettings.Encoding, step: Int, seen: Int) -> Double {
    let rising = settings.warmUp > 0 ? min(1, Double(step + 1) / Double(settings.warmUp)) : 1
    let progress = Double(seen) / Double(settings.images)
    return rising * (progress <= 0.5 ? 1 : 1 - (1 - settings.finalRate) * (min(1, progress) - 0.5) * 2)
  }
}
