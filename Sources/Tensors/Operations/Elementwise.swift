import Kernels

/// Refuses tensors of different shapes or layouts.
private func same(_ operation: String, _ a: Tensor, _ b: Tensor) throws(ShapeError) {
  guard a.shape == b.shape else { throw ShapeError(operation, "the shapes \(a.shape) and \(b.shape) differ") }
  guard a.layout == b.layout else { throw ShapeError(operation, "the layouts of \(a.shape) differ") }
}

extension Tensor {
  /// `a + b`, element by element. Differentiable twice.
  package static func + (a: Tensor, b: Tensor) throws -> Tensor {
    try same("add", a, b)
    let y = a.empty()
    Elementwise.add(a.buffer, b.buffer, into: y.buffer)
    return Tape.record(y, (a, { $0 }), (b, { $0 }))
  }

  /// `a - b`, element by element. Differentiable twice.
  package static func - (a: Tensor, b: Tensor) throws -> Tensor {
    try same("subtract", a, b)
    let y = a.empty()
    Elementwise.subtract(a.buffer, b.buffer, into: y.buffer)
    return Tape.record(y, (a, { $0 }), (b, { -$0 }))
  }

  /// `a · b`, element by element. Differentiable twice.
  package static func * (a: Tensor, b: Tensor) throws -> Tensor {
    try same("multiply", a, b)
    let y = a.empty()
    Elementwise.multiply(a.buffer, b.buffer, into: y.buffer)
    return Tape.record(y, (a, { try $0 * b }), (b, { try $0 * a }))
  }

  /// `x · factor`. Differentiable twice.
  package static func * (x: Tensor, factor: Float) -> Tensor {
    let y = x.empty()
    Elementwise.affine(x.buffer, factor: factor, offset: 0, into: y.buffer)
    return Tape.record(y, (x, { $0 * factor }))
  }

  package static prefix func - (x: Tensor) -> Tensor { x * -1 }

  /// `x + constant`; plain layout only, since the unused lanes of the other must stay zero. Differentiable twice.
  package static func + (x: Tensor, constant: Float) -> Tensor {
    precondition(x.layout == .plain, "a constant is added to a plain tensor")
    let y = x.empty()
    Elementwise.affine(x.buffer, factor: 1, offset: constant, into: y.buffer)
    return Tape.record(y, (x, { $0 }))
  }
}

/// `x^exponent`, element by element, of plain tensors. Differentiable twice.
package func power(_ x: Tensor, _ exponent: Double) -> Tensor {
  precondition(x.layout == .plain, "powers are taken of a plain tensor")
  let y = x.empty()
  Elementwise.power(x.buffer, exponent, into: y.buffer)
  return Tape.record(y, (x, { try $0 * (power(x, exponent - 1) * Float(exponent)) }))
}

/// The hyperbolic tangent. Differentiable twice.
package func tanh(_ x: Tensor) -> Tensor {
  let y = x.empty()
  Elementwise.tanh(x.buffer, into: y.buffer)
  let result = y.detached
  return Tape.record(y, (x, { gradient in
    // From the result, unless that has to be differentiated again.
    let t = x.recordsGradient ? tanh(x) : result
    return try gradient - gradient * (t * t)
  }))
}

/// `x` where positive, else `slope · x`; at exactly 0 the derivative is `slope`. Differentiable twice.
package func leakyReLU(_ x: Tensor, slope: Float = 0.2) -> Tensor {
  let y = x.empty()
  Elementwise.leakyReLU(x.buffer, slope: slope, into: y.buffer)
  return leakyReLURecord(y, of: x, slope: slope)
}

/// Records y, made of x by a leaky ReLU elsewhere. Signs are the same before and after it.
func leakyReLURecord(_ y: Tensor, of x: Tensor, slope: Float) -> Tensor {
  let result = y.detached
  return Tape.record(y, (x, { leakyReLUGradient($0, at: result, slope: slope) }))
}

/// `x` where positive, else 0; at exactly 0 the derivative is 0. Differentiable twice.
package func relu(_ x: Tensor) -> Tensor { leakyReLU(x, slope: 0) }

/// Linear in `gradient`, so its pullback is itself.
func leakyReLUGradient(_ gradient: Tensor, at x: Tensor, slope: Float) -> Tensor {
  let y = gradient.empty()
  Elementwise.leakyReLUGradient(gradient.buffer, at: x.buffer, slope: slope, into: y.buffer)
  return Tape.record(y, (gradient, { leakyReLUGradient($0, at: x, slope: slope) }))
}
