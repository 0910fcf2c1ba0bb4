import Kernels

extension Tensor {
  /// The same pictures with channels in groups of sixteen innermost. Differentiable twice.
  package func blocked() throws -> Tensor {
    if layout == .blocked { return self }
    guard shape.rank == 4 else { throw ShapeError("blocked layout", "\(shape) is not the shape of pictures") }
    let y = Tensor(FloatBuffer(count: blockedShape.count), shape, layout: .blocked)
    Kernels.Layout.block(buffer, into: y.buffer, blockedShape)
    return Tape.record(y, (self, { try $0.plain() }))
  }

  /// The same values in row-major order. Differentiable twice.
  package func plain() throws -> Tensor {
    if layout == .plain { return self }
    let y = Tensor(FloatBuffer(count: shape.count), shape)
    Kernels.Layout.unblock(buffer, into: y.buffer, blockedShape)
    return Tape.record(y, (self, { try $0.blocked() }))
  }
}
