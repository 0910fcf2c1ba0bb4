/// A 3×3 (padding 1) or 1×1 convolution of blocked maps with weights that never change, with bias and activation.
///
/// Weights are packed or transformed once: for both directions together when the layer is made, or for each at its first
/// use. Results are the same bytes at every thread count.
package final class PackedConvolution: Sendable {
  package let outputChannels: Int
  package let inputChannels: Int
  package let height: Int
  package let width: Int
  package let activation: Activation

  private let kernel: Int
  private let bias: FloatBuffer?
  private let sharesWeights: Bool
  private let signBitmap: SignBitmap
  private let directions: PackedDirections<ConvolutionWeights, BlockedConvolution>

  /// - Parameters:
  ///   - weights: `[outputChannels][inputChannels][kernel][kernel]`, scale folded in.
  ///   - bias: `[outputChannels]`.
  ///   - kernel: 3 or 1.
  ///   - height: of input and output.
  ///   - preparesGradient: whether `backward` will be called.
  package convenience init(
    weights: [Float], bias: [Float]?, outputChannels: Int, inputChannels: Int, kernel: Int, height: Int, width: Int,
    activation: Activation, preparesGradient: Bool
  ) {
    let length = inputChannels * kernel * kernel
    precondition(weights.count == outputChannels * length, "the weights do not fit the channel counts")
    self.init(
      rows: { row, target in for index in 0..<length { target[index] = weights[row * length + index] } }, bias: bias,
      outputChannels: outputChannels, inputChannels: inputChannels, kernel: kernel, height: height, width: width,
      activation: activation, preparesGradient: preparesGradient)
  }

  /// The same without plain weights in memory where both directions share what is made of them: that is made at once.
  ///
  /// - Parameter rows: writes `[inputChannels][kernel][kernel]`; called here only, once for each output.
  package init(
    rows: @escaping WeightRows, bias: [Float]?, outputChannels: Int, inputChannels: Int, kernel: Int, height: Int,
    width: Int, activation: Activation, preparesGradient: Bool
  ) {
    precondition(kernel == 3 || kernel == 1, "the kernel is 3×3 or 1×1")
    precondition(outputChannels > 0 && inputChannels > 0 && height > 0 && width > 0, "a dimension is empty")
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.height = height
    self.width = width
    self.activation = activation
    self.kernel = kernel
    self.bias = bias.map { paddedToBlocks($0, outputChannels) }
    let algorithm = ConvolutionAlgorithm.choose(
      inputs: inputChannels, outputs: outputChannels, kernel: kernel, height: height, width: width)
    sharesWeights = algorithm.sharesWeights(
      inputs: inputChannels, outputs: outputChannels, kernel: kernel, height: height, width: width)
    signBitmap = BlockedConvolution.signBitmap(algorithm, height: height, width: width)
    let backward: @Sendable (ConvolutionWeights) -> BlockedConvolution = {
      BlockedConvolution($0.transposed, height: height, width: width)
    }
    let weights = ConvolutionWeights(rows: rows, outputs: outputChannels, inputs: inputChannels, kernel: kernel)
    directions = PackedDirections(
      sharesWeights ? weights : weights.held, preparesGradient: preparesGradient,
      forward: { BlockedConvolution($0, height: height, width: width) },
      backward: sharesWeights ? nil : backward)
    if sharesWeights { _ = directions.forward }
  }

  /// Bytes that a layer's weights take at the most, in the forms that both directions need.
  package static func weightBytes(inputs: Int, outputs: Int, kernel: Int, height: Int, width: Int) -> Int {
    let algorithm = ConvolutionAlgorithm.choose(
      inputs: inputs, outputs: outputs, kernel: kernel, height: height, width: width)
    let sharesWeights = algorithm.sharesWeights(
      inputs: inputs, outputs: outputs, kernel: kernel, height: height, width: width)
    let matrices = algorithm.matrices(kernel: kernel) * (sharesWeights ? 1 : 2)
    return WeightPanels.bytes(matrices: matrices, inputs: inputs, outputs: outputs)
  }

  package func inputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: inputChannels, height: height, width: width)
  }

  package func outputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputChannels, height: height, width: width)
  }

  /// Whether `forward` takes an epilogue's style along, and `backward` its gradient.
  package var takesEpilogues: Bool { directions.forward.takesFactors && (sharesWeights || directions.backward.takesFactors) }

  /// Room for what `backward` must know of the output, a sixteenth of it or less; nil without an activation.
  package func makeSigns(batch: Int) -> SignBits? {
    signBitmap.room(outputShape(batch: batch), activation)
  }

  /// `y = activation(conv(x) + bias)`.
  ///
  /// - Parameters:
  ///   - style: factors from `Epilogue.forward`: then x is what they are still to be applied to.
  ///   - signs: from `makeSigns`; gets y's.
  package func forward(
    _ x: FloatBuffer, style: FloatBuffer? = nil, into y: FloatBuffer, signs: SignBits? = nil, batch: Int
  ) {
    let shape = inputShape(batch: batch), planes = outputShape(batch: batch).planes
    precondition(x.count >= shape.count, "the input is too small")
    precondition(y.count >= outputShape(batch: batch).count, "the output is too small")
    precondition(style == nil || takesEpilogues && style!.count >= batch * shape.blocks * 32, "factors that do not fit")
    precondition(signs == nil || signs!.count >= planes * signBitmap.planeSize, "no room for signs")
    let forward = directions.forward
    forward.run(
      x.base, style.map { .style(factors: $0.base) }, bias: bias.map { UnsafePointer($0.base) },
      activation: activation.code, into: y.base, adds: false, signs: forward.givesSigns ? signs?.base : nil, batch: batch)
    if let signs, !forward.givesSigns { signBitmap.take(of: y, planes: planes, into: signs) }
    withExtendedLifetime((x, style, bias, signs)) {}
  }

  /// Whether `backward` can add to a gradient that is there.
  package var addsGradients: Bool { kernel == 1 }

  /// `gx = convᵀ(gy · activation'(y))`.
  ///
  /// - Parameters:
  ///   - signs: what `forward` gave; not read without an activation.
  ///   - adds: whether to add to `gx`.
  package func backward(
    _ gy: FloatBuffer, signs: SignBits?, into gx: FloatBuffer, adds: Bool = false, batch: Int
  ) {
    precondition(!adds || addsGradients, "a gradient that cannot be added")
    let shape = outputShape(batch: batch)
    precondition(gx.count >= inputShape(batch: batch).count, "the input's gradient is too small")
    precondition(gy.count >= shape.count, "the output's gradient is too small")
    precondition(activation == .none || signs != nil && signs!.count >= shape.planes * signBitmap.planeSize, "no signs")
    backward(gy, activation == .none ? nil : .mask(signs: signs!.base, activation: activation.code), into: gx, adds: adds, batch)
    withExtendedLifetime((gy, signs)) {}
  }

  /// The gradient through an epilogue behind the convolution, `gx = convᵀ(epilogueᵀ(gy))`.
  ///
  /// - Parameters:
  ///   - y: `activated` of `Epilogue.forward`.
  ///   - factors: from `Epilogue.gradientFactors`.
  package func backward(
    _ gy: FloatBuffer, epilogue y: FloatBuffer, factors: FloatBuffer, into gx: FloatBuffer, batch: Int
  ) {
    let shape = outputShape(batch: batch)
    precondition(takesEpilogues && activation == .none, "a convolution that takes no epilogue's gradient")
    precondition(gx.count >= inputShape(batch: batch).count, "the input's gradient is too small")
    precondition(gy.count >= shape.count && y.count >= shape.count, "the output's gradient is too small")
    precondition(factors.count >= batch * shape.blocks * 48, "too few factors")
    backward(gy, .epilogueGradient(y: y.base, factors: factors.base), into: gx, adds: false, batch)
    withExtendedLifetime((gy, y, factors)) {}
  }

  private func backward(_ gy: FloatBuffer, _ change: InputChange?, into gx: FloatBuffer, adds: Bool, _ batch: Int) {
    if sharesWeights {
      directions.backward.runTransposed(gy.base, change, into: gx.base, batch: batch)
    } else {
      directions.backward.run(gy.base, change, bias: nil, activation: 0, into: gx.base, adds: adds, signs: nil, batch: batch)
    }
  }
}

func paddedToBlocks(_ values: [Float], _ channels: Int) -> FloatBuffer {
  precondition(values.count == channels, "the bias does not fit the channel count")
  return FloatBuffer(values + [Float](repeating: 0, count: blockCount(channels) * 16 - channels))
}
