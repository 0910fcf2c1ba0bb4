import Kernels

/// `log(1 + eˣ)`, without overflow at either end. Its derivative is `logistic`, at exactly 0 one half. Differentiable twice.
package func softplus(_ x: Tensor) -> Tensor {
  let y = x.empty()
  Elementwise.softplus(x.buffer, into: y.buffer)
  return Tape.record(y, (x, { try $0 * logistic(x) }))
}

/// `1 / (1 + e⁻ˣ)`. Differentiable twice.
package func logistic(_ x: Tensor) -> Tensor {
  let y = x.empty()
  Elementwise.logistic(x.buffer, into: y.buffer)
  return Tape.record(y, (x, { gradient in
    let p = logistic(x)
    return try gradient * (p - p * p)
  }))
}
