package import Tensors

/// A network whose tensors are values that may change between two uses: variables of a `Tape` to train it, or constants.
package protocol TrainableNetwork: Sendable {
  /// By the names of the released files, trained or not.
  var parameters: [String: Tensor] { get set }
  /// What `parameters` holds, in the order of the layers.
  var tensors: [NetworkTensor] { get }
}

extension TrainableNetwork {
  /// - Throws: `WeightError` when the network lacks a tensor of that name.
  func parameter(_ name: String) throws(WeightError) -> Tensor {
    guard let tensor = parameters[name] else { throw WeightError("'\(name)' is missing") }
    return tensor
  }

  /// A weight as it is used: times `gain / sqrt(fan-in)`.
  func scaled(_ name: String, gain: Double) throws(WeightError) -> Tensor {
    let weights = try parameter(name)
    return weights * Float(gain / Double(weights.shape.count / max(1, weights.shape[0])).squareRoot())
  }
}

/// The gain of weights that are followed by a leaky ReLU (He et al. 2015).
let heGain = 2.0.squareRoot()

/// Reads tensors from a source; those that belong to growing only if they are there.
func read(_ tensors: [NetworkTensor], from weights: some WeightSource) throws -> [String: Tensor] {
  let names = weights.names
  var parameters: [String: Tensor] = [:]
  for tensor in tensors {
    switch tensor.presence {
    case .ignored: continue
    case .growing where !names.contains(tensor.name): continue
    case .growing, .required:
      parameters[tensor.name] = Tensor(try weights.floats(named: tensor.name, shape: tensor.shape), Shape(tensor.shape))
    }
  }
  return parameters
}
