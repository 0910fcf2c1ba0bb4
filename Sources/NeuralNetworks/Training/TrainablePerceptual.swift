import Kernels
package import Tensors

/// A perceptual network whose weights are values: the same as `PerceptualNetwork`, for training.
///
/// Source: Simonyan and Zisserman 2015; numbers in `Fixtures/training/ops.safetensors`, `perceptual_step`.
package struct TrainablePerceptual: TrainableNetwork {
  package let settings: PerceptualSettings
  package var parameters: [String: Tensor]

  /// - Parameter parameters: `settings.tensors` by name; those of presence `ignored` are not needed.
  package init(settings: PerceptualSettings, parameters: [String: Tensor]) {
    self.settings = settings
    self.parameters = parameters
  }

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: PerceptualSettings, weights: some WeightSource) throws {
    self.init(settings: settings, parameters: try read(settings.tensors, from: weights))
  }

  package var tensors: [NetworkTensor] { settings.tensors.filter { $0.presence == .required } }

  /// Features of pictures in [-1, 1], `[batch, widths[9], side / 8, side / 8]`.
  package func features(_ pictures: Tensor) throws -> Tensor {
    var x = try settings.prepare(pictures).blocked()
    for index in PerceptualNetwork.convolutionIndices {
      if PerceptualNetwork.pooledBefore.contains(index) { x = try maximumPool(x) }
      x = try convolve(
        x, weights: try parameter("layer\(index).weight"), bias: try parameter("layer\(index).bias"), activation: .relu,
        padding: 1)
    }
    return try x.plain()
  }
}
