package import Kernels

// Operations whose weights never change: one fused kernel forward, one backward, differentiable once.

func pictures(_ operation: String, _ shape: Shape, _ expected: [Int]) throws(ShapeError) {
  guard shape.rank == 4, shape[0] > 0, Array(shape.dimensions.dropFirst()) == expected else {
    throw ShapeError(operation, "pictures of \(shape); expected [batch, \(expected.map(String.init).joined(separator: ", "))]")
  }
}

func blockedMap(_ batch: Int, _ channels: Int, _ height: Int, _ width: Int) -> Tensor {
  let shape: Shape = [batch, channels, height, width]
  let count = BlockedShape(batch: batch, channels: channels, height: height, width: width).count
  return Tensor(FloatBuffer(count: count), shape, layout: .blocked)
}

/// A 3×3 (padding 1) or 1×1 convolution with its bias and activation: `[batch, channels, height, width]`, blocked.
package func convolve(_ x: Tensor, _ layer: PackedConvolution) throws -> Tensor {
  try pictures("convolution", x.shape, [layer.inputChannels, layer.height, layer.width])
  let x = try x.blocked()
  let batch = x.shape[0]
  let y = blockedMap(batch, layer.outputChannels, layer.height, layer.width)
  let signs = x.recordsGradient ? layer.makeSigns(batch: batch) : nil
  layer.forward(x.buffer, into: y.buffer, signs: signs, batch: batch)
  @Sendable func backward(_ gradient: Tensor, addingTo sum: Tensor?) throws -> Tensor {
    let gx = sum ?? blockedMap(batch, layer.inputChannels, layer.height, layer.width)
    layer.backward(try gradient.blocked().buffer, signs: signs, into: gx.buffer, adds: sum != nil, batch: batch)
    return gx
  }
  let adding: Tape.AddingPullback = { try backward($0, addingTo: $1.blocked()) }
  return Tape.record(y, x, { try backward($0, addingTo: nil) }, adding: layer.addsGradients ? adding : nil)
}

/// The same of a plain picture with few channels; the result is blocked, the gradient plain.
package func convolve(_ x: Tensor, _ layer: PackedImageConvolution) throws -> Tensor {
  try pictures("convolution of a picture", x.shape, [layer.inputChannels, layer.height, layer.width])
  let x = try x.plain()
  let batch = x.shape[0], shape = x.shape
  let y = blockedMap(batch, layer.outputChannels, layer.height, layer.width)
  let signs = x.recordsGradient ? layer.makeSigns(batch: batch) : nil
  layer.forward(x.buffer, into: y.buffer, signs: signs, batch: batch)
  return Tape.record(y, (x, { gradient in
    let gx = Tensor(FloatBuffer(count: shape.count), shape)
    layer.backward(try gradient.blocked().buffer, signs: signs, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// `averagePool(convolve(x, layer))` of a plain picture, in one pass over the map each way.
package func averageConvolve(_ x: Tensor, _ layer: PackedImageConvolution) throws -> Tensor {
  try pictures("convolution of a picture", x.shape, [layer.inputChannels, layer.height, layer.width])
  guard layer.height % 2 == 0, layer.width % 2 == 0 else {
    throw ShapeError("average pooling", "pictures of \(x.shape); height and width must be even")
  }
  let x = try x.plain()
  let batch = x.shape[0], shape = x.shape
  let y = blockedMap(batch, layer.outputChannels, layer.height / 2, layer.width / 2)
  let signs = x.recordsGradient ? layer.makeSigns(batch: batch) : nil
  layer.forward(x.buffer, averagedInto: y.buffer, signs: signs, batch: batch)
  return Tape.record(y, (x, { gradient in
    let gx = Tensor(FloatBuffer(count: shape.count), shape)
    layer.backward(try gradient.blocked().buffer, isOfAverage: true, signs: signs, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// `x · Wᵀ + b` with weights that never change: `[batch, inputs]` to `[batch, outputs]`.
package func dense(_ x: Tensor, _ layer: PackedDense) throws -> Tensor {
  try plainOnly("dense", x)
  guard x.shape.rank == 2, x.shape[1] == layer.inputs else {
    throw ShapeError("dense", "\(x.shape); expected [batch, \(layer.inputs)]")
  }
  let batch = x.shape[0]
  let y = Tensor(FloatBuffer(count: batch * layer.outputs), [batch, layer.outputs])
  layer.forward(x.buffer, into: y.buffer, batch: batch)
  return Tape.record(y, (x, { gradient in
    let gx = Tensor(FloatBuffer(count: batch * layer.inputs), [batch, layer.inputs])
    layer.backward(gradient.buffer, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// `meanSquaredDifference(target, dense(x, layer))`, `[batch]`, which reads the weights once for itself and its gradient.
///
/// - Parameter target: `[batch, outputs]`.
package func denseDistance(_ x: Tensor, _ layer: PackedDense, from target: Tensor) throws -> Tensor {
  try plainOnly("dense", x)
  try plainOnly("dense", target)
  guard x.shape.rank == 2, x.shape[1] == layer.inputs, target.shape == [x.shape[0], layer.outputs] else {
    throw ShapeError("dense", "\(x.shape) and \(target.shape); expected [batch, \(layer.inputs)] and [batch, \(layer.outputs)]")
  }
  // A small layer has nothing to gain, and keeps the order of its roundings.
  guard x.recordsGradient, !layer.sumsInDouble else { return try meanSquaredDifference(target, dense(x, layer)) }
  let batch = x.shape[0], y = target.empty(), gx = x.empty()
  layer.forward(x.buffer, into: y.buffer, target: target.buffer, gradient: gx.buffer, batch: batch)
  let distance = try meanSquaredDifference(target.detached, y)
  @Sendable func factors(_ gradient: Tensor, _ sign: Float, _ form: Shape) throws -> Tensor {
    try (gradient * (sign * 2 / Float(layer.outputs))).reshaped([batch, 1]).broadcast(to: form)
  }
  return Tape.record(
    distance, (x, { try gx * factors($0, 1, gx.shape) }), (target, { try (y - target.detached) * factors($0, -1, y.shape) }))
}
