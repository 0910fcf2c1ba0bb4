import Kernels
package import Tensors

/// The domain-guided encoder: a picture to a code in W+. Batch normalization is folded into the convolutions.
///
/// Source: Zhu et al. 2020, section 2.1; numbers in `Fixtures/tiny32/encoder.safetensors` and `Fixtures/tiny256`.
package final class Encoder: Sendable {
  package let settings: EncoderSettings
  private let first: FrozenImageConvolution
  private let blocks: [ResidualBlock]
  private let last: FrozenDense

  /// - Throws: what the source throws for a missing weight or a wrong shape; `WeightError` for a negative variance.
  package init(settings: EncoderSettings, weights: some WeightSource) throws {
    self.settings = settings
    let side = settings.resolution
    let channels = settings.channels(ofBlock: 0)
    var values = try weights.floats(
      named: "block0.conv.weight", shape: [channels, 3, 3, 3], times: settings.wscale ? heScale(27) : 1)
    var bias: [Float]?
    if settings.batchNorm {
      (values, bias) = try BatchNormalization("block0.bn", channels: channels, weights).folded(values, nil)
    }
    first = FrozenImageConvolution(
      weights: values, bias: bias, outputChannels: channels, inputChannels: 3, kernel: 3, height: side, width: side,
      activation: .leakyReLU, preparesGradient: true)
    let lastIndex = settings.blocks - 1
    blocks = try (1..<max(1, lastIndex)).map { try ResidualBlock($0, side: side >> $0, settings, weights) }
    let inputs = settings.channels(ofBlock: lastIndex - 1) * 16, outputs = settings.layers * settings.wDimension
    var dense = try weights.floats(
      named: "block\(lastIndex).fc.weight", shape: [outputs, inputs], times: 1 / Double(inputs).squareRoot())
    var denseBias: [Float]?
    if settings.batchNorm {
      (dense, denseBias) = try BatchNormalization("block\(lastIndex).bn", channels: outputs, weights)
        .folded(dense, nil)
    }
    last = FrozenDense(weights: dense, bias: denseBias, outputs: outputs, inputs: inputs, precision: .single)
  }

  /// Codes for pictures.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Returns: `[batch, layers, w]`.
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func encode(_ pictures: Tensor, observe: Generator.Observer? = nil) throws -> Tensor {
    var x = try convolve(pictures, first)
    observe?("block0", x)
    for (index, block) in blocks.enumerated() {
      x = try block(try averagePool(x))
      observe?("block\(index + 1)", x)
    }
    let flat = try x.plain().reshaped([x.shape[0], x.shape.count / x.shape[0]])
    let code = try dense(flat, last)
    observe?("block\(blocks.count + 1)", code)
    return try code.reshaped([x.shape[0], settings.layers, settings.wDimension])
  }
}
