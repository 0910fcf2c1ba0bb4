package import Kernels

// The generator's operations on frozen weights: what `Epilogue` leaves to the next layer goes there as factors, forward
// and backward, instead of by way of memory. Differentiable once.

/// A map whose channels are still to be scaled and shifted, as the next layer does on the way.
package struct PendingModulation: Sendable {
  /// Blocked; on the tape it stands for the styled map.
  private let map: Tensor
  /// `[batch][blocks][2][16]`; nil if nothing is left to be done.
  private let factors: FloatBuffer?

  /// A map as it is.
  package init(_ map: Tensor) throws { try self.init(map.blocked(), factors: nil) }

  fileprivate init(_ map: Tensor, factors: FloatBuffer?) {
    self.map = map
    self.factors = factors
  }

  package var shape: Shape { map.shape }

  /// The map scaled and shifted.
  package var styled: Tensor {
    guard let factors else { return map }
    var result = map.empty()
    Epilogue.style(map.buffer, factors: factors, into: result.buffer, map.blockedShape)
    result.record = map.record
    return result
  }

  /// For a layer that takes factors or does not.
  fileprivate func source(takesFactors: Bool) -> (map: Tensor, style: FloatBuffer?) {
    takesFactors ? (map, factors) : (styled, nil)
  }
}

/// The generator's up layer: doubling and convolution in one, blocked. Its blur is part of `epilogue`.
package func upConvolve(_ x: PendingModulation, _ layer: PackedUpConvolution) throws -> Tensor {
  try pictures("up-convolution", x.shape, [layer.inputChannels, layer.inputHeight, layer.inputWidth])
  let (map, style) = x.source(takesFactors: layer.takesStyles)
  let batch = x.shape[0], form = map.form
  let y = blockedMap(batch, layer.outputChannels, 2 * layer.inputHeight, 2 * layer.inputWidth)
  layer.forward(map.buffer, style: style, into: y.buffer, batch: batch)
  return Tape.record(y, (map, { gradient in
    let gx = form.empty()
    layer.backward(try gradient.blocked().buffer, into: gx.buffer, batch: batch)
    return gx
  }))
}

/// The generator's last layer: a 1×1 convolution to a plain picture, with its bias and, if the layer has it, tanh.
package func toRGB(_ x: PendingModulation, _ layer: PackedToRGB) throws -> Tensor {
  guard x.shape.rank == 4, x.shape[1] == layer.channels else {
    throw ShapeError("output layer", "a map of \(x.shape); expected \(layer.channels) channels")
  }
  let batch = x.shape[0], pixels = x.shape[2] * x.shape[3]
  let (map, style) = x.source(takesFactors: layer.takesStyles(pixels: pixels))
  let y = Tensor(FloatBuffer(count: batch * 3 * pixels), [batch, 3, x.shape[2], x.shape[3]])
  layer.forward(map.buffer, style: style, into: y.buffer, batch: batch, pixels: pixels)
  let output = y.buffer, form = map.form
  return Tape.record(y, (map, { gradient in
    let gx = form.empty()
    layer.backward(try gradient.plain().buffer, output: output, into: gx.buffer, batch: batch, pixels: pixels)
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

/// An epilogue's output, with what its gradient needs.
private struct EpilogueResult: Sendable {
  let activated: Tensor
  let statistics: FloatBuffer
  let factors: FloatBuffer
  let style: Tensor

  /// - Parameter activated: may be `x` itself unless that is blurred.
  init(_ x: Tensor, blurs: Bool, _ weights: EpilogueWeights, _ style: Tensor, into activated: Tensor) throws {
    guard x.shape.rank == 4, style.shape == [x.shape[0], 2 * x.shape[1]],
      weights.noise.count == x.shape[2] * x.shape[3], weights.bias.count == x.shape[1],
      weights.noiseWeight.count == x.shape[1]
    else { throw ShapeError("epilogue", "pictures of \(x.shape) and styles of \(style.shape)") }
    let shape = x.blockedShape, planes = shape.batch * shape.blocks
    self.activated = activated
    statistics = FloatBuffer(count: planes * 32)
    factors = FloatBuffer(count: planes * 32)
    self.style = style.detached
    Epilogue.forward(
      x.buffer, blurs: blurs, noise: weights.noise, noiseWeight: weights.noiseWeight, bias: weights.bias,
      style: style.buffer, activated: activated.buffer, statistics: statistics, factors: factors, shape)
  }

  /// The gradients of x and of the style.
  func backward(_ gradient: Tensor, blurs: Bool) throws -> [Tensor] {
    let dx = activated.empty(), ds = style.empty()
    Epilogue.backward(
      gradient: try gradient.blocked().buffer, activated: activated.buffer, blurs: blurs, statistics: statistics,
      style: style.buffer, into: dx.buffer, styleGradient: ds.buffer, activated.blockedShape)
    return [dx, ds]
  }

  /// The same without a blur and without the last step, which `layer` takes along.
  func backward(_ gradient: Tensor, through layer: PackedConvolution, into gx: Tensor) throws -> Tensor {
    let shape = activated.blockedShape, g = try gradient.blocked().buffer, ds = style.empty()
    let factors = FloatBuffer(count: shape.batch * shape.blocks * 48)
    Epilogue.gradientFactors(
      gradient: g, activated: activated.buffer, statistics: statistics, style: style.buffer, into: factors,
      styleGradient: ds.buffer, shape)
    layer.backward(g, epilogue: activated.buffer, factors: factors, into: gx.buffer, batch: shape.batch)
    return ds
  }
}

/// Noise, bias, leaky ReLU 0.2, instance normalization and style in one: `lrelu(x + noise · weight + bias)`, centered and
/// divided by its deviation, then `· (scale + 1) + shift`.
///
/// - Parameters:
///   - blurs: whether `x` is blurred by [1 2 1] ⊗ [1 2 1] / 16 first, as after an up layer.
///   - style: `[batch, 2 · channels]`, scale then shift.
/// Source: Karras et al. 2019, section 2; order and epsilon as released (`Fixtures/tiny32/synthesis.safetensors`).
package func epilogue(
  _ x: Tensor, blurs: Bool = false, _ weights: EpilogueWeights, style: Tensor
) throws -> PendingModulation {
  let x = try x.blocked()
  let result = try EpilogueResult(x, blurs: blurs, weights, style, into: x.empty())
  let backward = OnceForGradient(uses: 2) { try result.backward($0, blurs: blurs) }
  return PendingModulation(
    Tape.record(result.activated, (x, { try backward($0, 0) }), (style, { try backward($0, 1) })), factors: result.factors)
}

/// A convolution without bias and activation, and its epilogue, without blur.
package func styledConvolve(
  _ x: PendingModulation, _ layer: PackedConvolution, _ weights: EpilogueWeights, style: Tensor
) throws -> PendingModulation {
  guard layer.takesEpilogues else {
    return try epilogue(convolve(x.styled, layer), weights, style: style)
  }
  try pictures("convolution", x.shape, [layer.inputChannels, layer.height, layer.width])
  let (map, factors) = x.source(takesFactors: true)
  let batch = x.shape[0], form = map.form
  let y = blockedMap(batch, layer.outputChannels, layer.height, layer.width)
  layer.forward(map.buffer, style: factors, into: y.buffer, batch: batch)
  let result = try EpilogueResult(y, blurs: false, weights, style, into: y)
  let backward = OnceForGradient(uses: 2) { gradient in
    let gx = form.empty()
    return [gx, try result.backward(gradient, through: layer, into: gx)]
  }
  return PendingModulation(
    Tape.record(result.activated, (map, { try backward($0, 0) }), (style, { try backward($0, 1) })), factors: result.factors)
}
