import Kernels

/// What a trained epilogue adds to a map before its activation.
package struct EpilogueParameters: Sendable {
  /// `[batch, 1, height, width]`, or `[1, 1, height, width]` for all items. No gradient flows into it.
  package let noise: Tensor
  /// How much of it each channel gets, `[channels]`.
  package let noiseWeight: Tensor
  /// `[channels]`.
  package let bias: Tensor

  package init(noise: Tensor, noiseWeight: Tensor, bias: Tensor) {
    self.noise = noise
    self.noiseWeight = noiseWeight
    self.bias = bias
  }
}

/// The epilogue of a generator's layer with weights that are trained: noise, bias, leaky ReLU 0.2, instance normalization
/// and style in one, of a blocked map. Differentiable once, for the map, noise weight, bias and style.
///
/// - Parameters:
///   - blurs: whether `x` is blurred by [1 2 1] ⊗ [1 2 1] / 16 first.
///   - style: `[batch, 2 · channels]`, scale then shift.
/// - Returns: a blocked map of the shape of `x`.
package func epilogue(
  _ x: Tensor, blurs: Bool, _ parameters: EpilogueParameters, style: Tensor
) throws -> Tensor {
  let x = try x.blocked(), noise = parameters.noise
  guard x.shape.rank == 4, style.shape == [x.shape[0], 2 * x.shape[1]], noise.shape.rank == 4, noise.layout == .plain,
    noise.shape[0] == 1 || noise.shape[0] == x.shape[0], noise.shape[1] == 1,
    Array(noise.shape.dimensions.dropFirst(2)) == Array(x.shape.dimensions.dropFirst(2)),
    parameters.noiseWeight.shape == [x.shape[1]], parameters.bias.shape == [x.shape[1]]
  else { throw ShapeError("epilogue", "maps of \(x.shape), noise of \(noise.shape) and styles of \(style.shape)") }
  let shape = x.blockedShape
  let sumsInDouble = TrainedConvolution.sumsInDouble(
    inputs: shape.channels, outputs: shape.channels, height: shape.height, width: shape.width)
  let activated = x.empty(), y = x.empty()
  let statistics = FloatBuffer(count: shape.planes * 32), factors = FloatBuffer(count: shape.planes * 32)
  Epilogue.forward(
    x.buffer, blurs: blurs, noise: noise.buffer, noiseWeight: parameters.noiseWeight.buffer,
    bias: parameters.bias.buffer, style: style.buffer, activated: activated.buffer, statistics: statistics,
    factors: factors, sumsInDouble: sumsInDouble, shape)
  Epilogue.style(activated.buffer, factors: factors, into: y.buffer, sumsInDouble: sumsInDouble, shape)
  let fixedStyle = style.detached, fixedNoise = noise.detached
  let backward = OnceForGradient(uses: 4) { gradient in
    let dx = activated.empty(), ds = fixedStyle.empty()
    let dw = Tensor(FloatBuffer(count: shape.channels), [shape.channels]), db = dw.empty()
    Epilogue.backward(
      gradient: try gradient.blocked().buffer, activated: activated.buffer, blurs: blurs, statistics: statistics,
      style: fixedStyle.buffer, into: dx.buffer, styleGradient: ds.buffer,
      parameters: .init(noise: fixedNoise.buffer, noiseWeight: dw.buffer, bias: db.buffer), shape)
    return [dx, ds, dw, db]
  }
  return Tape.record(
    y, (x, { try backward($0, 0) }), (style, { try backward($0, 1) }),
    (parameters.noiseWeight, { try backward($0, 2) }), (parameters.bias, { try backward($0, 3) }))
}
