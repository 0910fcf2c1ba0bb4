internal import Tensors
internal import WeightFiles

/// A convolution without padding, its bias and a slope for each channel's negative side (PReLU).
struct SlopedConvolution: Sendable {
  private let weights: Tensor
  private let bias: Tensor
  private let slope: Tensor

  /// - Parameters:
  ///   - network, number: `pnet` and 1 are read from `pnet.conv1.weight`, `pnet.conv1.bias`, `pnet.prelu1.slope`.
  ///   - shape: `[outputs, inputs, kernel, kernel]`.
  init(_ file: SafetensorsFile, _ network: String, _ number: Int, _ shape: [Int]) throws(WeightFileError) {
    weights = try file.finite("\(network).conv\(number).weight", shape)
    bias = try file.finite("\(network).conv\(number).bias", [shape[0]])
    slope = try file.finite("\(network).prelu\(number).slope", [shape[0]])
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try sloped(channelAdd(convolve(x, weights: weights, padding: 0), bias), slope)
  }
}

/// A dense layer, sloped or plain.
struct DenseLayer: Sendable {
  private let weights: Tensor
  private let bias: Tensor
  private let slope: Tensor?

  init(
    _ file: SafetensorsFile, _ network: String, _ name: String, inputs: Int, outputs: Int, slope: String? = nil
  ) throws(WeightFileError) {
    weights = try file.finite("\(network).\(name).weight", [outputs, inputs])
    bias = try file.finite("\(network).\(name).bias", [outputs])
    self.slope = if let slope { try file.finite("\(network).\(slope).slope", [outputs]) } else { nil }
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    let y = try dense(x, weights: weights, bias: bias)
    return try slope.map { try sloped(y, $0) } ?? y
  }
}

/// A convolution of single pixels, without a slope.
struct PointConvolution: Sendable {
  private let weights: Tensor
  private let bias: Tensor

  init(_ file: SafetensorsFile, _ network: String, _ name: String, inputs: Int, outputs: Int) throws(WeightFileError) {
    weights = try file.finite("\(network).\(name).weight", [outputs, inputs, 1, 1])
    bias = try file.finite("\(network).\(name).bias", [outputs])
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor { try channelAdd(convolve(x, weights: weights, padding: 0), bias) }
}

/// `x` where positive, else `slope · x`, one slope per channel.
private func sloped(_ x: Tensor, _ slope: Tensor) throws -> Tensor {
  let positive = relu(x)
  return try positive + channelMultiply(x - positive, slope)
}

/// The second of two logits as a probability.
func faceProbability(_ none: Float, _ face: Float) -> Float {
  let largest = max(none, face)
  let (a, b) = (exponential(none - largest), exponential(face - largest))
  return b / (a + b)
}

extension SafetensorsFile {
  fileprivate func finite(_ name: String, _ shape: [Int]) throws(WeightFileError) -> Tensor {
    Tensor(try floats(named: name, shape: shape, allowsNonFinite: false), Shape(shape))
  }
}
