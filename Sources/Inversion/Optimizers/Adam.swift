private import Glibc

/// Adam (Kingma and Ba 2015) in float32, as PyTorch computes it.
///
/// `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`, `z -= lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`, t from 1.
/// Works element by element, so that the items of a batch do not influence each other.
package struct Adam: Optimizer {
  /// Where ε is added; the two differ only for gradients below about 1e-6.
  package enum EpsilonPlacement: Sendable {
    /// To the corrected `√v`, as in the formula above: PyTorch since 1.3.
    case corrected
    /// To the plain `√v`, `z -= lr · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)`: PyTorch up to 1.2.
    case plain
  }

  package let learningRate: Double
  package let epsilonPlacement: EpsilonPlacement
  private let beta1 = 0.9
  private let beta2 = 0.999
  private let epsilon = 1e-8
  private var step = 0
  private var m: [Float]
  private var v: [Float]

  package init(count: Int, learningRate: Double = 0.01, epsilonPlacement: EpsilonPlacement = .corrected) {
    self.learningRate = learningRate
    self.epsilonPlacement = epsilonPlacement
    m = [Float](repeating: 0, count: count)
    v = [Float](repeating: 0, count: count)
  }

  package var state: OptimizerState {
    OptimizerState(kind: OptimizerKind.adam.rawValue, step: step, arrays: ["m": m, "v": v])
  }

  package mutating func restore(_ state: OptimizerState) throws(InversionError) {
    guard state.kind == OptimizerKind.adam.rawValue else { throw .foreignState("it was made by another optimizer") }
    guard state.step >= 0, let m = state.arrays["m"], let v = state.arrays["v"], m.count == self.m.count,
      v.count == self.v.count
    else { throw .foreignState("Adam's moments do not fit the code") }
    (step, self.m, self.v) = (state.step, m, v)
  }

  package mutating func update(
    _ codes: inout [Float], at evaluation: Evaluation, evaluate: ([Float]) throws -> Evaluation
  ) throws {
    update(&codes, gradient: evaluation.gradient)
  }

  /// Makes one update with a given gradient, of the same length as the code.
  package mutating func update(_ code: inout [Float], gradient: [Float]) {
    precondition(code.count == m.count && gradient.count == m.count, "Adam was made for \(m.count) numbers")
    step += 1
    let correction1 = 1 - pow(beta1, Double(step))
    let correction2 = (1 - pow(beta2, Double(step))).squareRoot()
    let (keep1, add1) = (Float(beta1), Float(1 - beta1))
    let (keep2, add2) = (Float(beta2), Float(1 - beta2))
    let (rate, divisor) = switch epsilonPlacement {
    case .corrected: (Float(learningRate / correction1), Float(correction2))
    case .plain: (Float(learningRate * correction2 / correction1), Float(1))
    }
    let epsilon = Float(epsilon)
    for index in code.indices {
      let g = gradient[index]
      m[index] = m[index] * keep1 + g * add1
      v[index] = v[index] * keep2 + g * g * add2
      code[index] -= rate * (m[index] / (v[index].squareRoot() / divisor + epsilon))
    }
  }
}
