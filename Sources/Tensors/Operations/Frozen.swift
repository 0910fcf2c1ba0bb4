package import Kernels

// Operations whose weights never change: one fused kernel forward, one backward, differentiable once.

private func pictures(_ operation: String, _ x: Tensor, channels: Int, _ height: Int, _ width: Int) throws(ShapeError) {
  guard x.shape.rank == 4, x.shape[1] == channels, x.shape[2] == height, x.shape[3] == width, x.shape[0] > 0 else {
    throw ShapeError(operation, "pictures of \(x.shape); expected [batch, \(channels), \(height), \(width)]")
  }
}

private func blockedMap(_ batch: Int, _ channels: Int, _ height: Int, _ width: Int) -> Tensor {
  let shape: Shape = [batch, channels, height, width]
  let count = BlockedShape(batch: batch, channels: channels, height: height, width: width).count
  return Tensor(FloatBuffer(count: count), shape, layout: .blocked)
}

/// A 3×3 (padding 1) or 1×1 convolution with its bias and activation: `[batch, channels, height, width]`, blocked.
package func convolve(_ x: Tensor, _ layer: FrozenConvolution) throws -> Tensor {
  try pictures("convolution", x, channels: layer.inputChannels, layer.height, layer.width)
  let x = try x.blocked()
  let batch = x.shape[0]
  let y = blockedMap(batch, layer.outputChannels, layer.height, layer.width)
  layer.forward(x.buffer, into: y.buffer, batch: batch)
  // The output tells the activation's derivative; without an activation it need not be kept.
  let output = layer.activation == .none ? nil : y.buffer
  return Tape.record(y, (x, { gradient in
    let gx = blockedMap(batch, layer.inputChannels, layer.height, layer.width)
    let gradient = try gradient.blocked().buffer
    layer.backward(gradient, output: output ?? gradient, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// The same of a plain picture with few channels; the result is blocked, the gradient plain.
package func convolve(_ x: Tensor, _ layer: FrozenImageConvolution) throws -> Tensor {
  try pictures("convolution of a picture", x, channels: layer.inputChannels, layer.height, layer.width)
  let x = try x.plain()
  let batch = x.shape[0], shape = x.shape
  let y = blockedMap(batch, layer.outputChannels, layer.height, layer.width)
  layer.forward(x.buffer, into: y.buffer, batch: batch)
  let output = y.buffer
  return Tape.record(y, (x, { gradient in
    let gx = Tensor(FloatBuffer(count: shape.count), shape)
    layer.backward(try gradient.blocked().buffer, output: output, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// The generator's up layer: doubling and convolution in one, blocked. Its blur is part of `epilogue`.
package func upConvolve(_ x: Tensor, _ layer: FrozenUpConvolution) throws -> Tensor {
  try pictures("up-convolution", x, channels: layer.inputChannels, layer.inputHeight, layer.inputWidth)
  let x = try x.blocked()
  let batch = x.shape[0]
  let y = blockedMap(batch, layer.outputChannels, 2 * layer.inputHeight, 2 * layer.inputWidth)
  layer.forward(x.buffer, into: y.buffer, batch: batch)
  return Tape.record(y, (x, { gradient in
    let gx = blockedMap(batch, layer.inputChannels, layer.inputHeight, layer.inputWidth)
    layer.backward(try gradient.blocked().buffer, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// The fixed parts of a generator layer's epilogue.
package struct EpilogueWeights: Sendable {
  /// One map for all channels, `[height · width]`.
  package let noise: FloatBuffer
  /// How much of it each channel gets, `[channels]`.
  package let noiseWeight: FloatBuffer
  /// `[channels]`.
  package let bias: FloatBuffer

  package init(noise: [Float], noiseWeight: [Float], bias: [Float]) {
    self.noise = FloatBuffer(noise)
    self.noiseWeight = FloatBuffer(noiseWeight)
    self.bias = FloatBuffer(bias)
  }
}

/// Noise, bias, leaky ReLU 0.2, instance normalization and style in one: `lrelu(x + noise · weight + bias)`, centered and
/// divided by its deviation, then `· (scale + 1) + shift`.
///
/// - Parameters:
///   - blurs: whether `x` is blurred by [1 2 1] ⊗ [1 2 1] / 16 first, as after an up layer.
///   - style: `[batch, 2 · channels]`, scale then shift.
///   - overwrites: whether `x` is needed no more, by anyone: its memory is then used again.
/// Source: Karras et al. 2019, section 2; order and epsilon as released (`Fixtures/tiny32/synthesis.safetensors`).
package func epilogue(
  _ x: Tensor, blurs: Bool = false, _ weights: EpilogueWeights, style: Tensor, overwrites: Bool = false
) throws -> Tensor {
  guard x.shape.rank == 4, style.shape == [x.shape[0], 2 * x.shape[1]],
    weights.noise.count == x.shape[2] * x.shape[3], weights.bias.count == x.shape[1],
    weights.noiseWeight.count == x.shape[1]
  else { throw ShapeError("epilogue", "pictures of \(x.shape) and styles of \(style.shape)") }
  let x = try x.blocked()
  let shape = x.blockedShape
  let form = x.form
  // A blur reads rows around those it writes: only the result may then lie over x.
  let activated = overwrites && !blurs ? x.detached : form.empty()
  let y = overwrites && blurs ? x.detached : form.empty()
  let statistics = FloatBuffer(count: shape.batch * 2 * shape.blocks * 16)
  Epilogue.forward(
    x.buffer, blurs: blurs, noise: weights.noise, noiseWeight: weights.noiseWeight, bias: weights.bias, style: style.buffer,
    into: y.buffer, activated: activated.buffer, statistics: statistics, shape)
  guard x.recordsGradient || style.recordsGradient else { return y }
  let backward = OnceForGradient { (gradient: Tensor) throws -> (Tensor, Tensor) in
    let dx = form.empty()
    let ds = style.empty()
    Epilogue.backward(
      gradient: try gradient.blocked().buffer, activated: activated.buffer, blurs: blurs, statistics: statistics,
      style: style.buffer, into: dx.buffer, styleGradient: ds.buffer, shape)
    return (dx, ds)
  }
  return Tape.record(y, (x, { try backward($0).0 }), (style, { try backward($0).1 }))
}

/// Runs a backward kernel that gives two gradients once for both pullbacks.
private final class OnceForGradient: @unchecked Sendable {
  private let body: (Tensor) throws -> (Tensor, Tensor)
  private var kept: (gradient: FloatBuffer, result: (Tensor, Tensor))?

  init(_ body: @escaping (Tensor) throws -> (Tensor, Tensor)) { self.body = body }

  func callAsFunction(_ gradient: Tensor) throws -> (Tensor, Tensor) {
    if let kept, kept.gradient === gradient.buffer {
      self.kept = nil
      return kept.result
    }
    let result = try body(gradient)
    kept = (gradient.buffer, result)
    return result
  }
}

/// The generator's last layer: a 1×1 convolution to a plain picture, with its bias and, if the layer has it, tanh.
package func toRGB(_ x: Tensor, _ layer: FrozenToRGB) throws -> Tensor {
  guard x.shape.rank == 4, x.shape[1] == layer.channels else {
    throw ShapeError("output layer", "pictures of \(x.shape); expected \(layer.channels) channels")
  }
  let x = try x.blocked()
  let batch = x.shape[0], pixels = x.shape[2] * x.shape[3]
  let y = Tensor(FloatBuffer(count: batch * 3 * pixels), [batch, 3, x.shape[2], x.shape[3]])
  layer.forward(x.buffer, into: y.buffer, batch: batch, pixels: pixels)
  let output = y.buffer, form = x.form
  return Tape.record(y, (x, { gradient in
    let gx = form.empty()
    layer.backward(try gradient.plain().buffer, output: output, into: gx.buffer, batch: batch, pixels: pixels)
    return gx
  }))
}

/// `x · Wᵀ + b` with weights that never change: `[batch, inputs]` to `[batch, outputs]`.
package func dense(_ x: Tensor, _ layer: FrozenDense) throws -> Tensor {
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
package func denseDistance(_ x: Tensor, _ layer: FrozenDense, from target: Tensor) throws -> Tensor {
  try plainOnly("dense", x)
  try plainOnly("dense", target)
  guard x.shape.rank == 2, x.shape[1] == layer.inputs, target.shape == [x.shape[0], layer.outputs] else {
    throw ShapeError("dense", "\(x.shape) and \(target.shape); expected [batch, \(layer.inputs)] and [batch, \(layer.outputs)]")
  }
  guard x.recordsGradient else { return try meanSquaredDifference(target, dense(x, layer)) }
  let batch = x.shape[0], y = target.empty(), gx = x.empty()
  layer.forward(x.buffer, into: y.buffer, target: target.buffer, gradient: gx.buffer, batch: batch)
  let distance = try meanSquaredDifference(target.detached, y)
  func factors(_ gradient: Tensor, _ sign: Float, _ form: Shape) throws -> Tensor {
    try (gradient * (sign * 2 / Float(layer.outputs))).reshaped([batch, 1]).broadcast(to: form)
  }
  return Tape.record(
    distance, (x, { try gx * factors($0, 1, gx.shape) }), (target, { try (y - target.detached) * factors($0, -1, y.shape) }))
}
