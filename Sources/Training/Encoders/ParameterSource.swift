internal import NeuralNetworks
internal import Tensors

/// A network in memory as a source of weights: what is trained becomes a network for use.
struct ParameterSource: WeightSource {
  private let parameters: [String: Tensor]

  init(_ parameters: [String: Tensor]) {
    self.parameters = parameters
  }

  var names: Set<String> { Set(parameters.keys) }

  func floats(named name: String, shape: [Int]) throws -> [Float] {
    guard let tensor = parameters[name], tensor.shape == Shape(shape) else {
      throw WeightError("'\(name)' is missing or not of shape \(shape)")
    }
    return tensor.values
  }
}
