package import Kernels
package import Tensors

/// Adam over the tensors of a network; one object owns its moments.
///
/// With β₁ = 0 there is no first moment: it would be multiplied by 0 before each use.
package final class Adam {
  package let beta1: Double
  package let beta2: Double
  package let epsilon: Double
  package let weightDecay: Double
  /// Updates since the moments were cleared.
  package var step = 0
  /// By the tensor's name; absent before its first update.
  package var m: [String: FloatBuffer] = [:]
  package var v: [String: FloatBuffer] = [:]

  package init(beta1: Double, beta2: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Forgets the moments, as at a change of stage.
  package func clear() {
    step = 0
    m = [:]
    v = [:]
  }

  /// Makes one update of the tensors that have a gradient.
  package func update(_ parameters: inout [String: Tensor], gradients: [String: Tensor], rate: Double) throws {
    step += 1
    let update = AdamStep(
      step: step, learningRate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    for (name, gradient) in gradients {
      guard let old = parameters[name], old.shape == gradient.shape else {
        throw ShapeError("Adam", "a gradient of \(gradient.shape) for '\(name)'")
      }
      let result = FloatBuffer(count: old.shape.count)
      update.update(
        old.buffer, gradient: try gradient.plain().buffer, m: beta1 == 0 ? nil : moment(\.m, name, old),
        v: moment(\.v, name, old), into: result)
      parameters[name] = Tensor(result, old.shape)
    }
  }

  private func moment(
    _ moments: ReferenceWritableKeyPath<Adam, [String: FloatBuffer]>, _ name: String, _ parameter: Tensor
  ) -> FloatBuffer {
    if let buffer = self[keyPath: moments][name] { return buffer }
    let buffer = FloatBuffer(repeating: 0, count: parameter.shape.count)
    self[keyPath: moments][name] = buffer
    return buffer
  }
}
