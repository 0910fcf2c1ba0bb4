import Kernels

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

/// Convolves pictures with filters, stride 1.
///
/// - Parameters:
///   - x: `[batch, inputChannels, height, width]`.
///   - weights: `[outputChannels, inputChannels, kernel, kernel]`.
///   - padding: rows and columns of zeros on each side.
/// - Returns: `[batch, outputChannels, height + 2 · padding - kernel + 1, width + …]`.
/// - Throws: `ShapeError` when the channels differ or the kernel is larger than the padded picture.
///
/// Differentiable twice.
package func convolve(_ x: Tensor, weights: Tensor, padding: Int) throws -> Tensor {
  try plainOnly("convolve", x)
  try plainOnly("convolve", weights)
  let g = try geometry("convolve", input: x.shape, weights: weights.shape, padding: padding)
  let y = Tensor(
    FloatBuffer(count: g.batch * g.outputChannels * g.outputHeight * g.outputWidth),
    [g.batch, g.outputChannels, g.outputHeight, g.outputWidth])
  g.forward(x.buffer, weights: weights.buffer, into: y.buffer)
  return Tape.record(
    y,
    (x, { try convolutionDataGradient($0, weights: weights, input: x.shape, padding: padding) }),
    (weights, { try convolutionWeightGradient(x, $0, weights: weights.shape, padding: padding) }))
}

/// The transpose of `convolve` for its pictures. Differentiable twice.
func convolutionDataGradient(_ gradient: Tensor, weights: Tensor, input: Shape, padding: Int) throws -> Tensor {
  let g = try geometry("convolution gradient", input: input, weights: weights.shape, padding: padding)
  let y = Tensor(FloatBuffer(count: input.count), input)
  g.backwardData(gradient.buffer, weights: weights.buffer, into: y.buffer)
  return Tape.record(
    y,
    (gradient, { try convolve($0, weights: weights, padding: padding) }),
    (weights, { try convolutionWeightGradient($0, gradient, weights: weights.shape, padding: padding) }))
}

/// The gradient of `convolve` for its filters. Differentiable twice.
func convolutionWeightGradient(_ x: Tensor, _ gradient: Tensor, weights: Shape, padding: Int) throws -> Tensor {
  let g = try geometry("convolution gradient", input: x.shape, weights: weights, padding: padding)
  let y = Tensor(FloatBuffer(count: weights.count), weights)
  g.backwardWeights(x.buffer, gradient.buffer, into: y.buffer)
  return Tape.record(
    y,
    (x, { try convolutionDataGradient(gradient, weights: $0, input: x.shape, padding: padding) }),
    (gradient, { try convolve(x, weights: $0, padding: padding) }))
}
