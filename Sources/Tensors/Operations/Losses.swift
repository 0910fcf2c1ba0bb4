import Kernels

/// The mean of `(a - b)²` over each item of the batch (axis 0): `[batch]`. Differentiable twice.
///
/// Sums are taken in double over runs of 4096 floats, in a fixed order.
package func meanSquaredDifference(_ a: Tensor, _ b: Tensor) throws -> Tensor {
  guard a.shape == b.shape, a.layout == b.layout, a.shape.rank > 0, a.shape.count > 0 else {
    throw ShapeError("mean squared difference", "\(a.shape) and \(b.shape)")
  }
  let batch = a.shape[0], count = a.shape.count / batch
  let sums = Reduction.squaredDifferences(a.buffer, b.buffer, rows: batch)
  let y = Tensor(sums.map { Float($0 / Double(count)) }, [batch])
  func pullback(_ sign: Float) -> Tape.Pullback {
    { gradient in
      let difference = try (a - b) * (sign * 2 / Float(count))
      // One item: the factor is a number, which spares two passes over a picture.
      if batch == 1 && !gradient.recordsGradient { return difference * gradient.item }
      let factors = try gradient.reshaped(Shape([batch] + a.shape.dimensions.dropFirst().map { _ in 1 }))
        .broadcast(to: a.shape)
      return try difference * (a.layout == .blocked ? factors.blocked() : factors)
    }
  }
  return Tape.record(y, (a, pullback(1)), (b, pullback(-1)))
}

/// The sum of all elements, as a scalar. Differentiable twice.
package func sum(_ x: Tensor) throws -> Tensor {
  try x.summed(to: Shape(x.shape.dimensions.map { _ in 1 })).reshaped([])
}
