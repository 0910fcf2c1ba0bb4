import Kernels
package import Tensors

/// The domain-guided encoder: a picture to a code in W+. Batch normalization is folded into the convolutions.
///
/// Source: Zhu et al. 2020, section 2.1; numbers in `Fixtures/tiny32/encoder.safetensors` and `Fixtures/tiny256`.
package final class Encoder: Sendable {
  package let settings: EncoderSettings
  private let first: PackedImageConvolution
  private let blocks: [ResidualBlock]
  private let last: PackedDense

  /// - Throws: what the source throws for a missing weight or a wrong shape; `WeightError` for a negative variance.
  package init(settings: EncoderSettings, weights: some WeightSource) throws {
    self.settings = settings
    let side = settings.resolution
    let channels = settings.channels(ofBlock: 0)
    var values = try weights.floats(
      named: "block0.conv.weight", shape: [channels, 3, 3, 3], times: settings.wscale ? heScale(27) : 1)
    var bias: [Float]?
    if settings.batchNorm {
      try BatchNormalization("block0.bn", channels: channels, weights).fold(into: &values, &bias)
    }
    first = PackedImageConvolution(
      weights: values, bias: bias, outputChannels: channels, inputChannels: 3, kernel: 3, height: side, width: side,
      activation: .leakyReLU, preparesGradient: true)
    let lastIndex = settings.blocks - 1
    blocks = try (1..<max(1, lastIndex)).map { try ResidualBlock($0, side: side >> $0, settings, weights) }
    let inputs = settings.channels(ofBlock: lastIndex - 1) * 16, outputs = settings.layers * settings.wDimension
    let name = "block\(lastIndex)"
    let normalization = settings.batchNorm ? try BatchNormalization(name + ".bn", channels: outputs, weights) : nil
    let scale = 1 / Double(inputs).squareRoot()
    last = try PackedDense.load(
      name + ".fc.weight", outputs: outputs, inputs: inputs,
      factors: normalization?.scale.map { $0 * scale } ?? [Double](repeating: scale, count: outputs),
      bias: normalization?.folded(nil), from: weights)
  }

  /// Codes for pictures.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Returns: `[batch, layers, w]`.
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func encode(_ pictures: Tensor, observe: Generator.Observer? = nil) throws -> Tensor {
    let code = try dense(lastInput(pictures, observe), last)
    observe?("block\(blocks.count + 1)", code)
    return try code.reshaped([pictures.shape[0], settings.layers, settings.wDimension])
  }

  /// The mean squared difference of codes, `[batch, layers, w]`, and those of pictures: `[batch]`.
  package func distance(_ codes: Tensor, from pictures: Tensor) throws -> Tensor {
    try denseDistance(
      lastInput(pictures, nil), last, from: codes.reshaped([codes.shape[0], settings.layers * settings.wDimension]))
  }

  private func lastInput(_ pictures: Tensor, _ observe: Generator.Observer?) throws -> Tensor {
    var halved: Tensor
    if let observe {
      let x = try convolve(pictures, first)
      observe("block0", x)
      halved = try averagePool(x)
    } else {
      halved = try averageConvolve(pictures, first)
    }
    var last: (main: Tensor, shortcut: Tensor)?
    for (index, block) in blocks.enumerated() {
      if let (main, shortcut) = last { halved = try averagePool(main, plus: shortcut) }
      let output = try block(halved)
      if let observe { observe("block\(index + 1)", try output.main + output.shortcut) }
      last = output
    }
    let x = try last.map { try $0.main + $0.shortcut } ?? halved
    return try x.plain().reshaped([x.shape[0], x.shape.count / x.shape[0]])
  }
}
