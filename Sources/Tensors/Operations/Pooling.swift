import Kernels

private func planes(_ operation: String, _ x: Tensor, even: Bool) throws(ShapeError) -> Int {
  try plainOnly(operation, x)
  guard x.shape.rank == 4, x.shape.count > 0, !even || (x.shape[2] % 2 == 0 && x.shape[3] % 2 == 0) else {
    throw ShapeError(operation, "pictures of \(x.shape)\(even ? "; height and width must be even" : "")")
  }
  return x.shape[0] * x.shape[1]
}

private func resized(_ x: Tensor, _ height: Int, _ width: Int) -> Tensor {
  let shape: Shape = [x.shape[0], x.shape[1], height, width]
  return Tensor(FloatBuffer(count: shape.count), shape)
}

/// The sum of each square of four pixels. Differentiable twice.
package func sumPool(_ x: Tensor) throws -> Tensor {
  if x.layout == .blocked { return try averagePool(x) * 4 }
  let planes = try planes("sum pooling", x, even: true)
  let y = resized(x, x.shape[2] / 2, x.shape[3] / 2)
  PlainPooling.sum(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3], into: y.buffer)
  return Tape.record(y, (x, { try upsampleNearest($0) }))
}

/// The mean of each square of four pixels. Differentiable twice.
package func averagePool(_ x: Tensor) throws -> Tensor {
  guard x.layout == .blocked else { return try sumPool(x) * 0.25 }
  let (y, shape) = try halved("average pooling", x)
  BlockedPooling.averageForward(x.buffer, into: y.buffer, shape)
  return Tape.record(y, (x, { try averageSpread($0.blocked()) }))
}

/// A quarter of each pixel to a square of four, blocked: the transpose of `averagePool`. Differentiable twice.
private func averageSpread(_ x: Tensor) throws -> Tensor {
  let y = blockedMap(x.shape[0], x.shape[1], 2 * x.shape[2], 2 * x.shape[3])
  BlockedPooling.averageBackward(x.buffer, into: y.buffer, y.blockedShape)
  return Tape.record(y, (x, { try averagePool($0.blocked()) }))
}

/// `averagePool(a + b)` of blocked maps, without the sum in memory. Differentiable once.
package func averagePool(_ a: Tensor, plus b: Tensor) throws -> Tensor {
  let a = try a.blocked(), b = try b.blocked()
  guard a.shape == b.shape else { throw ShapeError("average pooling", "the shapes \(a.shape) and \(b.shape) differ") }
  let (y, shape) = try halved("average pooling", a), form = a.form
  BlockedPooling.averageForward(a.buffer, plus: b.buffer, into: y.buffer, shape)
  let backward = OnceForGradient(uses: 2) { gradient in
    let gx = form.empty()
    BlockedPooling.averageBackward(try gradient.blocked().buffer, into: gx.buffer, shape)
    return [gx, gx]
  }
  return Tape.record(y, (a, { try backward($0, 0) }), (b, { try backward($0, 1) }))
}

private func halved(_ operation: String, _ x: Tensor) throws(ShapeError) -> (Tensor, BlockedShape) {
  let shape = x.blockedShape
  guard shape.height % 2 == 0, shape.width % 2 == 0 else {
    throw ShapeError(operation, "pictures of \(x.shape); height and width must be even")
  }
  let half: Shape = [shape.batch, shape.channels, shape.height / 2, shape.width / 2]
  return (Tensor(FloatBuffer(count: shape.count / 4), half, layout: .blocked), shape)
}

/// Each pixel becomes a square of four. Differentiable twice.
package func upsampleNearest(_ x: Tensor) throws -> Tensor {
  if x.layout == .blocked { return try averageSpread(x * 4) }
  let planes = try planes("nearest upsampling", x, even: false)
  let y = resized(x, x.shape[2] * 2, x.shape[3] * 2)
  PlainResampling.double(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3], into: y.buffer)
  return Tape.record(y, (x, { try sumPool($0) }))
}

/// Each pixel becomes the upper left of a square of four whose others are 0. Differentiable twice.
package func zeroInsertUpsample(_ x: Tensor) throws -> Tensor {
  let planes = try planes("spreading", x, even: false)
  let y = resized(x, x.shape[2] * 2, x.shape[3] * 2)
  PlainResampling.zeroInsertUpsample(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3], into: y.buffer)
  return Tape.record(y, (x, { try stride2Downsample($0) }))
}

/// Keeps the upper left of each square of four: the transpose of `zeroInsertUpsample`. Differentiable twice.
package func stride2Downsample(_ x: Tensor) throws -> Tensor {
  let planes = try planes("thinning", x, even: true)
  let y = resized(x, x.shape[2] / 2, x.shape[3] / 2)
  PlainResampling.stride2Downsample(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3], into: y.buffer)
  return Tape.record(y, (x, { try zeroInsertUpsample($0) }))
}

/// The largest of each square of four pixels; the gradient goes to the first of equals in row-major order.
/// Differentiable twice; once in the blocked layout.
package func maximumPool(_ x: Tensor) throws -> Tensor {
  if x.layout == .blocked {
    let (y, shape) = try halved("maximum pooling", x)
    let argument = FloatBuffer(count: y.buffer.count), form = x.form
    BlockedPooling.maximumForward(x.buffer, into: y.buffer, argument: argument, shape)
    return Tape.record(y, (x, { gradient in
      let gx = form.empty()
      BlockedPooling.maximumBackward(try gradient.blocked().buffer, argument: argument, into: gx.buffer, shape)
      return gx
    }))
  }
  let planes = try planes("maximum pooling", x, even: true)
  let indices = PlainPooling.maximumIndices(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3])
  return try gathered(x, indices, [x.shape[0], x.shape[1], x.shape[2] / 2, x.shape[3] / 2])
}

/// The largest of each window of `window` rows and columns, two apart; the last ones may reach past the map and take what
/// there is. `window` is two at least, so that none begins past the map. `[n, c, h, w]` becomes
/// `[n, c, ⌈(h - window) / 2⌉ + 1, …]`. Differentiable twice.
package func maximumPool(_ x: Tensor, window: Int) throws -> Tensor {
  let planes = try planes("maximum pooling", x, even: false)
  let (height, width) = (x.shape[2], x.shape[3])
  guard window > 1, min(height, width) >= window else {
    throw ShapeError("maximum pooling", "pictures of \(x.shape) and windows of \(window)")
  }
  let indices = PlainPooling.maximumIndices(x.buffer, planes: planes, height: height, width: width, window: window)
  return try gathered(
    x, indices, [x.shape[0], x.shape[1], (height - window + 1) / 2 + 1, (width - window + 1) / 2 + 1])
}

private func gathered(_ x: Tensor, _ indices: [Int32], _ shape: Shape) throws -> Tensor {
  let y = Tensor(FloatBuffer(count: shape.count), shape), old = x.shape
  PlainPooling.gather(x.buffer, indices, planes: shape[0] * shape[1], into: y.buffer)
  return Tape.record(y, (x, { try scattered($0, indices, old) }))
}

private func scattered(_ x: Tensor, _ indices: [Int32], _ shape: Shape) throws -> Tensor {
  let y = Tensor(FloatBuffer(count: shape.count), shape), old = x.shape
  PlainPooling.scatter(x.buffer, indices, planes: shape[0] * shape[1], into: y.buffer)
  return Tape.record(y, (x, { try gathered($0, indices, old) }))
}

/// The depthwise kernel [1 2 1] × [1 2 1] / 16 with zero padding. It is symmetric, so its pullback is itself.
/// Differentiable twice.
package func blur(_ x: Tensor) throws -> Tensor {
  if x.layout == .blocked {
    let y = x.empty()
    BlockedPooling.blur(x.buffer, into: y.buffer, x.blockedShape)
    return Tape.record(y, (x, { try blur($0.blocked()) }))
  }
  let planes = try planes("blur", x, even: false)
  let y = x.empty()
  PlainResampling.blur(x.buffer, planes: planes, height: x.shape[2], width: x.shape[3], into: y.buffer)
  return Tape.record(y, (x, { try blur($0) }))
}
