import Kernels

/// A batch's own statistics, `[channels]` each, off the tape; the variance is the population's.
package struct BatchMoments: Sendable {
  package let mean: Tensor
  package let variance: Tensor
}

/// `(x - mean) / sqrt(variance + 1e-5) · weight + bias` with mean and population variance of each channel (axis 1) over
/// the batch and all places. Gradients go through both. Differentiable twice.
///
/// Source: Ioffe and Szegedy 2015; epsilon as released (`Fixtures/training/ops.safetensors`, `batch_norm`).
package func batchNormalize(_ x: Tensor, weight: Tensor, bias: Tensor) throws -> (y: Tensor, moments: BatchMoments) {
  guard x.shape.rank >= 2, x.shape.count > 0 else { throw ShapeError("batch normalization", "a tensor of \(x.shape)") }
  let statistics = each(x.shape, keeping: [1]), channels: Shape = [x.shape[1]]
  let mean = try x.averaged(to: statistics)
  let centered = try x - mean.broadcast(to: x.shape)
  let variance = try (centered * centered).averaged(to: statistics)
  let normalized = try centered * power(variance + 1e-5, -0.5).broadcast(to: x.shape)
  return (
    try channelAffine(normalized, scale: weight, shift: bias),
    BatchMoments(mean: try mean.detached.reshaped(channels), variance: try variance.detached.reshaped(channels)))
}

/// `lrelu(batchNormalize(x))` of a blocked map, in one pass over memory for the moments and one for the rest.
/// Differentiable once, for the map, weight and bias.
///
/// - Parameter slope: of the activation below zero.
package func batchNormalizeActivate(
  _ x: Tensor, weight: Tensor, bias: Tensor, slope: Float = 0.2
) throws -> (y: Tensor, moments: BatchMoments) {
  let x = try x.blocked(), channels: Shape = [x.shape[1]], shape = x.blockedShape
  guard weight.shape == channels, bias.shape == channels else {
    throw ShapeError("batch normalization", "maps of \(x.shape), weights of \(weight.shape) and \(bias.shape)")
  }
  let y = x.empty()
  let moments = BatchNormalization.forward(
    x.buffer, weight: weight.buffer, bias: bias.buffer, slope: slope, into: y.buffer, shape)
  let input = x.detached, factor = weight.detached
  let backward = OnceForGradient(uses: 3) { gradient in
    let dx = y.empty(), dw = factor.empty(), db = factor.empty()
    BatchNormalization.backward(
      try gradient.blocked().buffer, x: input.buffer, y: y.buffer, moments, weight: factor.buffer, slope: slope,
      into: dx.buffer, weightGradient: dw.buffer, biasGradient: db.buffer, shape)
    return [dx, dw, db]
  }
  return (
    Tape.record(y, (x, { try backward($0, 0) }), (weight, { try backward($0, 1) }), (bias, { try backward($0, 2) })),
    BatchMoments(
      mean: Tensor(moments.mean.map { Float($0) }, channels), variance: Tensor(moments.variance.map { Float($0) }, channels)))
}
