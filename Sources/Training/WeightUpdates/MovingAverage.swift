package import NeuralNetworks
package import Tensors
internal import Kernels

/// The averaged generator: its pictures are better than those of the one in training.
package enum MovingAverage {
  /// `average · β + live · (1 - β)` of what is trained, `β = 0.5^(images / half-life)`; the rest is copied.
  package static func move(
    _ average: inout [String: Tensor], towards live: [String: Tensor], _ tensors: [NetworkTensor], images: Int,
    halfLife: Double
  ) {
    let keep = Elementary.halving(Double(images) / halfLife)
    for tensor in tensors {
      guard let value = live[tensor.name] else { continue }
      guard tensor.isTrained, let old = average[tensor.name] else {
        average[tensor.name] = value
        continue
      }
      let result = FloatBuffer(count: old.shape.count)
      AdamStep.average(old.buffer, towards: value.buffer, keep: keep, into: result)
      average[tensor.name] = Tensor(result, old.shape)
    }
  }
}
