import Kernels
package import Tensors

/// Tells real pictures from synthesized ones. Every operation in it is differentiable twice, as gradient penalties need.
///
/// Its parameters are a value: put variables of a `Tape` in their place to train, or keep them for judging.
/// Source: Karras et al. 2019 (progressive discriminator with minibatch deviation).
package struct Discriminator: TrainableNetwork {
  package let settings: DiscriminatorSettings
  /// By name: `r64.from_rgb.weight`, `r64.conv.bias`, …, `final.out.weight`.
  package var parameters: [String: Tensor]

  /// - Parameter parameters: `settings.tensors` by name; those of presence `growing` only if it grows.
  package init(settings: DiscriminatorSettings, parameters: [String: Tensor]) {
    self.settings = settings
    self.parameters = parameters
  }

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: DiscriminatorSettings, weights: some WeightSource) throws {
    self.init(settings: settings, parameters: try read(settings.tensors, from: weights))
  }

  package var tensors: [NetworkTensor] { settings.tensors }

  /// One score per picture, `[batch]`: the larger, the more it looks real.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, 3, side, side]`, RGB in [-1, 1].
  ///   - stage: nil for the full side.
  /// - Throws: `ShapeError` when the pictures are of another size; `WeightError` when a parameter is missing.
  package func score(_ pictures: Tensor, stage: GrowthStage? = nil) throws -> Tensor {
    let stage = stage ?? GrowthStage(side: settings.resolution)
    try stage.check("discriminator", resolution: settings.resolution)
    guard pictures.shape.rank == 4, Array(pictures.shape.dimensions.dropFirst()) == [3, stage.side, stage.side] else {
      throw ShapeError("discriminator", "pictures of \(pictures.shape) for a side of \(stage.side)")
    }
    var x = try fromRGB(pictures, side: stage.side)
    var side = stage.side
    while side > 4 {
      x = try layer(x, "r\(side).conv", padding: 1)
      // The mean of four equal biases is the bias: it is added to a quarter of the pixels.
      let down = try downConvolve(x, weights: try scaled("r\(side).down.weight", gain: heGain))
      x = try activate(down, bias: try parameter("r\(side).down.bias"), .leakyReLU)
      if side == stage.side && stage.fade > 0 {
        x = try stage.blend(x, fromRGB(averagePool(pictures), side: side / 2))
      }
      side /= 2
    }
    x = try layer(try appendMinibatchDeviation(x).blocked(), "final.conv", padding: 1).plain()
    let flat = try x.reshaped([x.shape[0], x.shape.count / x.shape[0]])
    let hidden = leakyReLU(try dense(
      flat, weights: try scaled("final.dense.weight", gain: heGain), bias: try parameter("final.dense.bias")))
    return try dense(hidden, weights: try scaled("final.out.weight", gain: 1), bias: try parameter("final.out.bias"))
      .reshaped([x.shape[0]])
  }

  private func fromRGB(_ pictures: Tensor, side: Int) throws -> Tensor {
    try layer(try pictures.blocked(), "r\(side).from_rgb", padding: 0)
  }

  private func layer(_ x: Tensor, _ name: String, padding: Int) throws -> Tensor {
    try convolve(
      x, weights: try scaled(name + ".weight", gain: heGain), bias: try parameter(name + ".bias"),
      activation: .leakyReLU, padding: padding)
  }
}
