import Kernels

/// `a · b`, where `a` is `[m, k]` (or `[k, m]` if transposed) and `b` is `[k, n]` (or `[n, k]`). Differentiable twice.
package func matrixProduct(
  _ a: Tensor, _ b: Tensor, transposed: (a: Bool, b: Bool) = (false, false)
) throws -> Tensor {
  let (ta, tb) = transposed
  try plainOnly("matrix product", a)
  try plainOnly("matrix product", b)
  guard a.shape.rank == 2, b.shape.rank == 2, a.shape[ta ? 0 : 1] == b.shape[tb ? 1 : 0] else {
    throw ShapeError("matrix product", "\(a.shape)\(ta ? " transposed" : "") and \(b.shape)\(tb ? " transposed" : "")")
  }
  let (m, k, n) = (a.shape[ta ? 1 : 0], a.shape[ta ? 0 : 1], b.shape[tb ? 0 : 1])
  let y = Tensor(FloatBuffer(count: m * n), [m, n])
  MatrixProduct.multiply(
    .init(a.buffer, transposed: ta), .init(b.buffer, transposed: tb), into: y.buffer, m: m, n: n, k: k)
  return Tape.record(
    y,
    (a, {
      ta
        ? try matrixProduct(b, $0, transposed: (tb, true))
        : try matrixProduct($0, b, transposed: (false, !tb))
    }),
    (b, {
      tb
        ? try matrixProduct($0, a, transposed: (true, ta))
        : try matrixProduct(a, $0, transposed: (!ta, false))
    }))
}

/// `x · Wᵀ + b`, where `x` is `[batch, inputs]`, `weights` is `[outputs, inputs]` and `bias` is `[outputs]`.
/// Differentiable twice.
package func dense(_ x: Tensor, weights: Tensor, bias: Tensor? = nil) throws -> Tensor {
  let y = try matrixProduct(x, weights, transposed: (false, true))
  guard let bias else { return y }
  return try y + bias.reshaped([1, bias.shape.count]).broadcast(to: y.shape)
}
