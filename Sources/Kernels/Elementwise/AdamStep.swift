/// One update of Adam (Kingma and Ba 2015) in float32, as PyTorch computes it.
package struct AdamStep: Sendable {
  private let beta1: Float
  private let add1: Float
  private let beta2: Float
  private let add2: Float
  private let rate: Float
  private let divisor: Float
  private let epsilon: Float
  private let decay: Float

  /// - Parameters:
  ///   - step: counted from 1.
  ///   - weightDecay: decoupled (Loshchilov and Hutter 2019): `p ← p · (1 - lr · decay)` before the update.
  package init(
    step: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double = 0
  ) {
    // By multiplication: the C library's power differs between machines.
    func power(_ base: Double) -> Double {
      var result = 1.0, square = base, rest = step
      while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
      }
      return result
    }
    self.beta1 = Float(beta1)
    add1 = Float(1 - beta1)
    self.beta2 = Float(beta2)
    add2 = Float(1 - beta2)
    rate = Float(learningRate / (1 - power(beta1)))
    divisor = Float((1 - power(beta2)).squareRoot())
    self.epsilon = Float(epsilon)
    decay = Float(1 - learningRate * weightDecay)
  }

  /// Writes the updated parameters; the moments are updated in their place.
  ///
  /// - Parameter m: nil for β₁ = 0, where it is the gradient itself.
  package func update(
    _ parameters: FloatBuffer, gradient: FloatBuffer, m: FloatBuffer?, v: FloatBuffer, into result: FloatBuffer
  ) {
    let count = parameters.count, piece = Elementwise.piece
    precondition(
      gradient.count == count && v.count == count && result.count == count && (m?.count ?? count) == count,
      "the moments do not fit the parameters")
    let (p, g, v, m, target) = (parameters.base, gradient.base, v.base, m?.base, result.base)
    let step = self
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      for i in index * piece..<min(count, (index + 1) * piece) {
        let gradient = g[i]
        v[i] = v[i] * step.beta2 + gradient * gradient * step.add2
        var direction = gradient
        if let m {
          m[i] = m[i] * step.beta1 + gradient * step.add1
          direction = m[i]
        }
        target[i] = p[i] * step.decay - step.rate * (direction / (v[i].squareRoot() / step.divisor + step.epsilon))
      }
    }
  }

  /// `average · keep + value · (1 - keep)`: a moving average's step.
  package static func average(_ average: FloatBuffer, towards value: FloatBuffer, keep: Double, into result: FloatBuffer) {
    let count = average.count, piece = Elementwise.piece
    precondition(value.count == count && result.count == count, "the average does not fit")
    let (a, b, target, keep, add) = (average.base, value.base, result.base, Float(keep), Float(1 - keep))
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      for i in index * piece..<min(count, (index + 1) * piece) { target[i] = a[i] * keep + b[i] * add }
    }
  }
}
