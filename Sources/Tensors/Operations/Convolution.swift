package import Kernels

private func geometry(
  _ operation: String, input: Shape, weights: Shape, padding: Int
) throws(ShapeError) -> PlainConvolution {
  guard input.rank == 4, weights.rank == 4, weights[2] == weights[3], input[1] == weights[1], padding >= 0,
    input[2] + 2 * padding >= weights[2], input[3] + 2 * padding >= weights[3], input.count > 0, weights.count > 0
  else { throw ShapeError(operation, "pictures of \(input) and filters of \(weights) with padding \(padding)") }
  return PlainConvolution(
    batch: input[0], inputChannels: input[1], outputChannels: weights[0], height: input[2], width: input[3],
    kernel: weights[2], padding: padding)
}

/// The same for blocked maps, whose convolutions keep the size.
private func trained(
  _ operation: String, input: Shape, weights: Shape, padding: Int
) throws(ShapeError) -> TrainedConvolution {
  guard input.rank == 4, weights.rank == 4, weights[2] == weights[3], [1, 3].contains(weights[2]),
    padding == weights[2] / 2, input[1] == weights[1], input.count > 0, weights.count > 0
  else {
    throw ShapeError(operation, "blocked maps of \(input) and filters of \(weights) with padding \(padding)")
  }
  return TrainedConvolution(
    outputs: weights[0], inputs: weights[1], kernel: weights[2], height: input[2], width: input[3])
}

/// Convolves pictures with filters, stride 1.
///
/// - Parameters:
///   - x: `[batch, inputChannels, height, width]`.
///   - weights: `[outputChannels, inputChannels, kernel, kernel]`.
///   - padding: rows and columns of zeros on each side.
/// - Returns: `[batch, outputChannels, height + 2 · padding - kernel + 1, width + …]`.
/// - Throws: `ShapeError` when the channels differ or the kernel is larger than the padded picture.
///
/// In the blocked layout for kernels of 3×3 with padding 1 and of 1×1. Differentiable twice.
package func convolve(_ x: Tensor, weights: Tensor, padding: Int) throws -> Tensor {
  try plainOnly("convolve", weights)
  if x.layout == .blocked {
    let layer = try trained("convolve", input: x.shape, weights: weights.shape, padding: padding)
    let y = blockedMap(x.shape[0], layer.outputs, layer.height, layer.width)
    layer.forward(x.buffer, weights: weights.buffer, into: y.buffer, batch: x.shape[0])
    return convolutionRecord(y, of: x, weights, padding: padding)
  }
  let g = try geometry("convolve", input: x.shape, weights: weights.shape, padding: padding)
  let y = Tensor(
    FloatBuffer(count: g.batch * g.outputChannels * g.outputHeight * g.outputWidth),
    [g.batch, g.outputChannels, g.outputHeight, g.outputWidth])
  g.forward(x.buffer, weights: weights.buffer, into: y.buffer)
  return convolutionRecord(y, of: x, weights, padding: padding)
}

private func convolutionRecord(_ y: Tensor, of x: Tensor, _ weights: Tensor, padding: Int) -> Tensor {
  Tape.record(
    y,
    (x, { try convolutionDataGradient($0, weights: weights, input: x.shape, padding: padding) }),
    (weights, { try convolutionWeightGradient(x, $0, weights: weights.shape, padding: padding) }))
}

/// `lrelu(convolve(x) + bias)`, in the blocked layout in one pass over memory. Differentiable twice.
///
/// - Parameters:
///   - bias: `[outputChannels]`.
///   - activation: what follows it.
package func convolve(
  _ x: Tensor, weights: Tensor, bias: Tensor, activation: Activation, padding: Int
) throws -> Tensor {
  guard x.layout == .blocked else {
    let y = try channelAdd(convolve(x, weights: weights, padding: padding), bias)
    return activation == .none ? y : leakyReLU(y, slope: activation.slope)
  }
  try plainOnly("convolve", weights)
  let layer = try trained("convolve", input: x.shape, weights: weights.shape, padding: padding)
  guard bias.shape == [layer.outputs] else { throw ShapeError("convolve", "a bias of \(bias.shape) for \(weights.shape)") }
  let y = blockedMap(x.shape[0], layer.outputs, layer.height, layer.width)
  layer.forward(
    x.buffer, weights: weights.buffer, bias: bias.buffer, activation: activation, into: y.buffer, batch: x.shape[0])
  // Several operations for the tape; nobody reads the values between them.
  let product = convolutionRecord(y, of: x, weights, padding: padding)
  if activation == .none { return try channelAddRecord(y, of: product, bias) }
  return biasActivationRecord(y, of: product, bias, slope: activation.slope)
}

/// `activation(x + bias)`, one number per channel (axis 1), in the blocked layout in one pass over memory. Differentiable
/// twice.
package func activate(_ x: Tensor, bias: Tensor, _ activation: Activation) throws -> Tensor {
  guard x.layout == .blocked, activation != .none else {
    let y = try channelAdd(x, bias)
    return activation == .none ? y : leakyReLU(y, slope: activation.slope)
  }
  try channelNumbers(bias, x.shape)
  let y = x.empty()
  ChannelPasses.affine(
    x.buffer, scale: nil, shift: bias.buffer, slope: activation.slope, into: y.buffer, x.blockedShape)
  return biasActivationRecord(y, of: x, bias, slope: activation.slope)
}

/// Records a blocked y, made elsewhere by adding a bias and a leaky ReLU.
private func biasActivationRecord(_ y: Tensor, of x: Tensor, _ bias: Tensor, slope: Float) -> Tensor {
  let result = y.detached
  let both = OnceForGradient(uses: 2) { gradient in
    let gx = result.empty(), sums = Tensor(FloatBuffer(count: result.shape[1]), [result.shape[1]])
    ChannelPasses.slope(
      gradient.buffer, at: result.buffer, slope: slope, into: gx.buffer, sums: sums.buffer, result.blockedShape)
    return [gx, sums]
  }
  let isTrained = bias.recordsGradient
  return Tape.record(
    y,
    (x, { gradient in
      // Both in one pass, unless they have to be differentiated again.
      let gradient = try gradient.blocked()
      if gradient.recordsGradient || !isTrained { return leakyReLUGradient(gradient, at: result, slope: slope) }
      return try both(gradient, 0)
    }),
    (bias, { gradient in
      let gradient = try gradient.blocked()
      if gradient.recordsGradient {
        return try channelSum(leakyReLUGradient(gradient, at: result, slope: slope))
      }
      return try both(gradient, 1)
    }))
}

extension Activation {
  /// Below zero.
  fileprivate var slope: Float {
    switch self {
    case .none: 1
    case .relu: 0
    case .leakyReLU: 0.2
    }
  }
}

/// The transpose of `convolve` for its pictures. Differentiable twice.
func convolutionDataGradient(_ gradient: Tensor, weights: Tensor, input: Shape, padding: Int) throws -> Tensor {
  let y: Tensor
  if gradient.layout == .blocked {
    let layer = try trained("convolution gradient", input: input, weights: weights.shape, padding: padding)
    y = blockedMap(input[0], input[1], input[2], input[3])
    layer.dataGradient(gradient.buffer, weights: weights.buffer, into: y.buffer, batch: input[0])
  } else {
    let g = try geometry("convolution gradient", input: input, weights: weights.shape, padding: padding)
    y = Tensor(FloatBuffer(count: input.count), input)
    g.backwardData(gradient.buffer, weights: weights.buffer, into: y.buffer)
  }
  return Tape.record(
    y,
    (gradient, { try convolve($0, weights: weights, padding: padding) }),
    (weights, { try convolutionWeightGradient($0, gradient, weights: weights.shape, padding: padding) }))
}

/// The gradient of `convolve` for its filters. Differentiable twice.
func convolutionWeightGradient(_ x: Tensor, _ gradient: Tensor, weights: Shape, padding: Int) throws -> Tensor {
  guard x.layout == gradient.layout else { throw ShapeError("convolution gradient", "the layouts of \(x.shape) differ") }
  let y = Tensor(FloatBuffer(count: weights.count), weights)
  if x.layout == .blocked {
    let layer = try trained("convolution gradient", input: x.shape, weights: weights, padding: padding)
    layer.weightGradient(x.buffer, gradient.buffer, into: y.buffer, batch: x.shape[0])
  } else {
    let g = try geometry("convolution gradient", input: x.shape, weights: weights, padding: padding)
    g.backwardWeights(x.buffer, gradient.buffer, into: y.buffer)
  }
  return Tape.record(
    y,
    (x, { try convolutionDataGradient(gradient, weights: $0, input: x.shape, padding: padding) }),
    (gradient, { try convolve(x, weights: $0, padding: padding) }))
}
