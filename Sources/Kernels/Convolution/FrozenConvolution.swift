/// A 3×3 (padding 1) or 1×1 convolution of blocked maps with weights that never change, with bias and activation.
///
/// Weights are packed or transformed once for each direction, at its first use. Results are the same bytes at every
/// thread count.
package final class FrozenConvolution: Sendable {
  package let outputChannels: Int
  package let inputChannels: Int
  package let height: Int
  package let width: Int
  package let activation: Activation

  private let bias: FloatBuffer?
  private let sharesWeights: Bool
  private let directions: FrozenDirections<ConvolutionWeights, BlockedConvolution>

  /// - Parameters:
  ///   - weights: `[outputChannels][inputChannels][kernel][kernel]`, scale folded in.
  ///   - bias: `[outputChannels]`.
  ///   - kernel: 3 or 1.
  ///   - height: of input and output.
  ///   - preparesGradient: whether `backward` will be called.
  package init(
    weights: [Float], bias: [Float]?, outputChannels: Int, inputChannels: Int, kernel: Int, height: Int, width: Int,
    activation: Activation, preparesGradient: Bool
  ) {
    precondition(kernel == 3 || kernel == 1, "the kernel is 3×3 or 1×1")
    precondition(outputChannels > 0 && inputChannels > 0 && height > 0 && width > 0, "a dimension is empty")
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.height = height
    self.width = width
    self.activation = activation
    self.bias = bias.map { paddedToBlocks($0, outputChannels) }
    let algorithm = ConvolutionAlgorithm.choose(
      inputs: inputChannels, outputs: outputChannels, kernel: kernel, height: height, width: width)
    let sharesWeights = algorithm.sharesWeights(
      inputs: inputChannels, outputs: outputChannels, kernel: kernel, height: height, width: width)
    self.sharesWeights = sharesWeights
    let backward: @Sendable (ConvolutionWeights) -> BlockedConvolution = {
      BlockedConvolution($0.transposed, height: height, width: width)
    }
    directions = FrozenDirections(
      ConvolutionWeights(weights, outputs: outputChannels, inputs: inputChannels, kernel: kernel),
      preparesGradient: preparesGradient,
      forward: { BlockedConvolution($0, height: height, width: width) },
      backward: sharesWeights ? nil : backward)
  }

  package func inputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: inputChannels, height: height, width: width)
  }

  package func outputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputChannels, height: height, width: width)
  }

  /// `y = activation(conv(x) + bias)`.
  package func forward(_ x: FloatBuffer, into y: FloatBuffer, batch: Int) {
    precondition(x.count >= inputShape(batch: batch).count, "the input is too small")
    precondition(y.count >= outputShape(batch: batch).count, "the output is too small")
    directions.forward.run(
      x.base, mask: nil, maskActivation: 0, bias: bias.map { UnsafePointer($0.base) }, activation: activation.code,
      into: y.base, batch: batch)
    withExtendedLifetime((x, bias)) {}
  }

  /// `gx = convᵀ(gy · activation'(y))`.
  ///
  /// - Parameter y: what `forward` gave; not read without an activation.
  package func backward(_ gy: FloatBuffer, output y: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    precondition(gx.count >= inputShape(batch: batch).count, "the input's gradient is too small")
    precondition(gy.count >= outputShape(batch: batch).count, "the output's gradient is too small")
    precondition(activation == .none || y.count >= outputShape(batch: batch).count, "the output is too small")
    let mask = activation == .none ? nil : UnsafePointer(y.base)
    if sharesWeights {
      directions.backward.runTransposed(
        gy.base, mask: mask, maskActivation: activation.code, into: gx.base, batch: batch)
    } else {
      directions.backward.run(
        gy.base, mask: mask, maskActivation: activation.code, bias: nil, activation: 0, into: gx.base, batch: batch)
    }
    withExtendedLifetime((gy, y)) {}
  }
}

func paddedToBlocks(_ values: [Float], _ channels: Int) -> FloatBuffer {
  precondition(values.count == channels, "the bias does not fit the channel count")
  return FloatBuffer(values + [Float](repeating: 0, count: blockCount(channels) * 16 - channels))
}
