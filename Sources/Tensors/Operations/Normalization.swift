import Kernels

/// The shape with all axes but some of length 1.
func each(_ shape: Shape, keeping axes: Set<Int>) -> Shape {
  Shape(shape.dimensions.enumerated().map { axes.contains($0.offset) ? $0.element : 1 })
}

/// Subtracts the mean of each picture's channel and divides by `sqrt(mean square + 1e-8)`. Differentiable twice.
///
/// Source: Karras et al. 2019; epsilon and biased variance as released (`Fixtures/ops.safetensors`, `instance_norm`).
package func instanceNormalize(_ x: Tensor) throws -> Tensor {
  let statistics = each(x.shape, keeping: [0, 1])
  let centered = try x - x.averaged(to: statistics).broadcast(to: x.shape)
  let deviation = power(try (centered * centered).averaged(to: statistics) + 1e-8, -0.5)
  return try centered * deviation.broadcast(to: x.shape)
}

/// Divides each row of `[batch, n]` by the root of its mean square plus 1e-8. Differentiable twice.
package func pixelNormalize(_ x: Tensor) throws -> Tensor {
  let factor = power(try (x * x).averaged(to: each(x.shape, keeping: [0])) + 1e-8, -0.5)
  return try x * factor.broadcast(to: x.shape)
}

/// `x · (scale + 1) + shift`, where the rows of `style`, `[batch, 2 · channels]`, are scale then shift.
/// Differentiable twice.
package func modulate(_ x: Tensor, style: Tensor) throws -> Tensor {
  guard x.shape.rank == 4, style.shape == [x.shape[0], 2 * x.shape[1]] else {
    throw ShapeError("modulate", "pictures of \(x.shape) and styles of \(style.shape)")
  }
  let channels = x.shape[1], statistics: Shape = [x.shape[0], channels, 1, 1]
  let scale = try style.sliced(1, 0..<channels).reshaped(statistics) + 1
  let shift = try style.sliced(1, channels..<2 * channels).reshaped(statistics)
  return try x * scale.broadcast(to: x.shape) + shift.broadcast(to: x.shape)
}

/// `x · scale + shift`, one of each per channel (axis 1). Differentiable twice.
package func channelAffine(_ x: Tensor, scale: Tensor, shift: Tensor) throws -> Tensor {
  try channelMultiply(x, scale) + channelStretch(shift, x.shape)
}

/// `x · scale`, one factor per channel (axis 1). Differentiable twice.
package func channelMultiply(_ x: Tensor, _ scale: Tensor) throws -> Tensor {
  try x * channelStretch(scale, x.shape)
}

/// `x + bias`, one number per channel (axis 1). Differentiable twice.
package func channelAdd(_ x: Tensor, _ bias: Tensor) throws -> Tensor {
  guard x.layout == .blocked else { return try x + channelStretch(bias, x.shape) }
  try channelNumbers(bias, x.shape)
  let y = x.empty()
  ChannelPasses.affine(x.buffer, scale: nil, shift: bias.buffer, into: y.buffer, x.blockedShape)
  return try channelAddRecord(y, of: x, bias)
}

/// Records y, made of a blocked x by adding a bias elsewhere.
func channelAddRecord(_ y: Tensor, of x: Tensor, _ bias: Tensor) throws -> Tensor {
  Tape.record(y, (x, { $0 }), (bias, { try channelSum($0.blocked()) }))
}

/// Sums of a blocked map over the batch and all places, `[channels]`. Differentiable twice.
package func channelSum(_ x: Tensor) throws -> Tensor {
  guard x.layout == .blocked else { throw ShapeError("channel sum", "a tensor of \(x.shape) is not in the blocked layout") }
  let y = Tensor(FloatBuffer(count: x.shape[1]), [x.shape[1]]), shape = x.shape
  ChannelPasses.sums(x.buffer, into: y.buffer, x.blockedShape)
  return Tape.record(y, (x, { try channelFill($0, shape) }))
}

/// A blocked map with one number per channel: the transpose of `channelSum`. Differentiable twice.
private func channelFill(_ values: Tensor, _ shape: Shape) throws -> Tensor {
  try channelNumbers(values, shape)
  let y = blockedMap(shape[0], shape[1], shape[2], shape[3])
  ChannelPasses.fill(values.buffer, into: y.buffer, y.blockedShape)
  return Tape.record(y, (values, { try channelSum($0.blocked()) }))
}

func channelNumbers(_ values: Tensor, _ shape: Shape) throws(ShapeError) {
  guard shape.rank >= 2, values.shape == [shape[1]] else {
    throw ShapeError("channel-wise operation", "\(values.shape) for \(shape)")
  }
}

private func channelStretch(_ values: Tensor, _ shape: Shape) throws -> Tensor {
  try channelNumbers(values, shape)
  return try values.reshaped(each(shape, keeping: [1])).broadcast(to: shape)
}

/// The standard deviation over sub-batches as one more channel, which shows a discriminator how alike its pictures are.
///
/// Groups of `groupSize` consecutive items (a batch that it does not divide is one group): population deviation over the
/// group at every place, `sqrt(variance + 1e-8)`, averaged to one number. Differentiable twice.
/// Source: Karras et al. 2018, section 3.
package func appendMinibatchDeviation(_ x: Tensor, groupSize: Int = 4) throws -> Tensor {
  let x = try x.plain()
  guard x.shape.rank == 4, x.shape.count > 0, groupSize > 0 else {
    throw ShapeError("minibatch deviation", "pictures of \(x.shape) in groups of \(groupSize)")
  }
  let (batch, places) = (x.shape[0], x.shape.count / x.shape[0])
  let size = batch % groupSize == 0 ? groupSize : batch
  let grouped = try x.reshaped([batch / size, size, places])
  let centered = try grouped - grouped.averaged(to: [batch / size, 1, places]).broadcast(to: grouped.shape)
  let variance = try (centered * centered).averaged(to: [batch / size, 1, places])
  let deviation = try power(variance + 1e-8, 0.5).averaged(to: [batch / size, 1, 1])
  let map = try deviation.broadcast(to: [batch / size, size, x.shape[2] * x.shape[3]])
    .reshaped([batch, 1, x.shape[2], x.shape[3]])
  return try concatenated([x, map], 1)
}
