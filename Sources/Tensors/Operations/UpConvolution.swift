import Kernels

private func layer(_ operation: String, small: Shape, weights: Shape) throws(ShapeError) -> TrainedUpConvolution {
  guard small.rank == 4, weights.rank == 4, weights[2] == 3, weights[3] == 3, small[1] == weights[1], small.count > 0,
    weights.count > 0
  else { throw ShapeError(operation, "blocked maps of \(small) and filters of \(weights)") }
  return TrainedUpConvolution(outputs: weights[0], inputs: weights[1], height: small[2], width: small[3])
}

/// `convolve(upsampleNearest(x), weights, padding: 1)`, without the doubled map in memory: `[batch, inputs, height, width]` to
/// `[batch, outputs, 2 · height, 2 · width]`, blocked. Differentiable twice.
///
/// - Parameter weights: `[outputs, inputs, 3, 3]`.
package func upConvolve(_ x: Tensor, weights: Tensor) throws -> Tensor {
  try plainOnly("up-convolution", weights)
  let x = try x.blocked(), batch = x.shape[0], shape = x.shape
  let layer = try layer("up-convolution", small: shape, weights: weights.shape)
  if layer.sumsInDouble { return try convolve(upsampleNearest(x), weights: weights, padding: 1) }
  let y = blockedMap(batch, layer.outputs, 2 * layer.height, 2 * layer.width)
  layer.forward(x.buffer, weights: weights.buffer, into: y.buffer, batch: batch)
  return Tape.record(
    y, (x, { try upConvolveTransposed($0.blocked(), weights: weights) }),
    (weights, { try upConvolveWeightGradient(x, $0.blocked()) }))
}

/// `averagePool(convolve(x, weights, padding: 1))`, without the map between in memory, blocked. Differentiable twice.
///
/// It is the transpose of an up-convolution, by the filters turned.
package func downConvolve(_ x: Tensor, weights: Tensor) throws -> Tensor {
  let x = try x.blocked()
  let isSmall = TrainedConvolution.sumsInDouble(
    inputs: x.shape[1], outputs: weights.shape[0], height: x.shape[2], width: x.shape[3])
  if isSmall { return try averagePool(convolve(x, weights: weights, padding: 1)) }
  return try upConvolveTransposed(x, weights: transposedFilters(weights * 0.25))
}

/// The transpose of `upConvolve` for its map. Differentiable twice.
private func upConvolveTransposed(_ x: Tensor, weights: Tensor) throws -> Tensor {
  try plainOnly("down-convolution", weights)
  let shape = x.shape
  guard shape.rank == 4, shape[2] % 2 == 0, shape[3] % 2 == 0, weights.shape.rank == 4, shape[1] == weights.shape[0] else {
    throw ShapeError("down-convolution", "maps of \(shape) and filters of \(weights.shape); height and width must be even")
  }
  let small: Shape = [shape[0], weights.shape[1], shape[2] / 2, shape[3] / 2]
  let layer = try layer("down-convolution", small: small, weights: weights.shape)
  let y = blockedMap(small[0], small[1], small[2], small[3])
  layer.transposed(x.buffer, weights: weights.buffer, into: y.buffer, batch: shape[0])
  return Tape.record(
    y, (x, { try upConvolve($0.blocked(), weights: weights) }),
    (weights, { try upConvolveWeightGradient($0.blocked(), x) }))
}

/// The gradient of `upConvolve` for its filters. Differentiable twice.
private func upConvolveWeightGradient(_ small: Tensor, _ large: Tensor) throws -> Tensor {
  let weights: Shape = [large.shape[1], small.shape[1], 3, 3]
  let layer = try layer("up-convolution", small: small.shape, weights: weights)
  let y = Tensor(FloatBuffer(count: weights.count), weights)
  layer.weightGradient(small: small.buffer, large: large.buffer, into: y.buffer, batch: small.shape[0])
  return Tape.record(
    y, (small, { try upConvolveTransposed(large, weights: $0) }), (large, { try upConvolve(small, weights: $0) }))
}

/// Filters `[o, i, k, k]` with outputs and inputs in each other's place and the kernel turned by half a turn: its own
/// transpose. Differentiable twice.
package func transposedFilters(_ weights: Tensor) throws -> Tensor {
  try plainOnly("turned filters", weights)
  let shape = weights.shape
  guard shape.rank == 4, shape[2] == shape[3] else { throw ShapeError("turned filters", "filters of \(shape)") }
  let y = Tensor(FloatBuffer(count: shape.count), [shape[1], shape[0], shape[2], shape[3]])
  Strided.transposeFilters(weights.buffer, outputs: shape[0], inputs: shape[1], taps: shape[2] * shape[3], into: y.buffer)
  return Tape.record(y, (weights, { try transposedFilters($0) }))
}
