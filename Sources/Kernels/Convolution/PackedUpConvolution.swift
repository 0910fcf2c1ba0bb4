import KernelInterface

/// The generator's up layer: twice the height and width. Its blur is the epilogue's (`Epilogue`).
///
/// Both kinds are the same operator, nearest doubling followed by a 3×3 convolution. Doubled pixels are equal in pairs,
/// which saves most products: 6.25 (`UpTileConvolution`) or 9 (`UpGridConvolution`) for each input pixel and pair of
/// channels, instead of 36, or 16 for the fused 4×4 kernel; with factors of one only, so nothing is lost in accuracy.
/// Results are the same bytes at every thread count.
package final class PackedUpConvolution: Sendable {
  package enum Kind: Sendable {
    /// Nearest doubling, then a 3×3 convolution: `[outputs][inputs][3][3]`, scale folded in.
    case unfused(weights: [Float])
    /// Transposed 4×4 convolution, stride 2, whose kernel is the sum of a 3×3 kernel shifted to the four corners:
    /// `[3][3][inputs][outputs]`, scale folded in.
    case fused(weights: [Float])
  }

  package let outputChannels: Int
  package let inputChannels: Int
  package let inputHeight: Int
  package let inputWidth: Int

  private let directions: PackedDirections<UpKernel, UpConvolution>

  package init(
    _ kind: Kind, outputChannels: Int, inputChannels: Int, inputHeight: Int, inputWidth: Int, preparesGradient: Bool
  ) {
    precondition(outputChannels > 0 && inputChannels > 0 && inputHeight > 0 && inputWidth > 0, "a dimension is empty")
    switch kind {
    case .unfused(let weights), .fused(let weights):
      precondition(weights.count == 9 * outputChannels * inputChannels, "the weights do not fit the channel counts")
    }
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    directions = PackedDirections(
      UpKernel(kind: kind, outputs: outputChannels, inputs: inputChannels), preparesGradient: preparesGradient,
      forward: { UpConvolution($0, isGradient: false, smallHeight: inputHeight, smallWidth: inputWidth) },
      backward: { UpConvolution($0, isGradient: true, smallHeight: inputHeight, smallWidth: inputWidth) })
  }

  /// Bytes that a layer's weights take at the most, in the forms that both directions need.
  package static func weightBytes(inputs: Int, outputs: Int, inputHeight: Int, inputWidth: Int) -> Int {
    let takesTiles = ConvolutionAlgorithm.takesUpTiles(
      inputs: inputs, outputs: outputs, height: inputHeight, width: inputWidth)
    return WeightPanels.bytes(matrices: 2 * (takesTiles ? 25 : 9), inputs: inputs, outputs: outputs)
  }

  package func inputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: inputChannels, height: inputHeight, width: inputWidth)
  }

  package func outputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputChannels, height: 2 * inputHeight, width: 2 * inputWidth)
  }

  /// Whether `forward` takes an epilogue's style along.
  package var takesStyles: Bool { if case .tiles = directions.forward { true } else { false } }

  /// `y = up(x)`.
  ///
  /// - Parameter style: factors from `Epilogue.forward`: then x is what they are still to be applied to.
  package func forward(_ x: FloatBuffer, style: FloatBuffer? = nil, into y: FloatBuffer, batch: Int) {
    let shape = inputShape(batch: batch)
    precondition(x.count >= shape.count, "the input is too small")
    precondition(y.count >= outputShape(batch: batch).count, "the output is too small")
    precondition(style == nil || takesStyles && style!.count >= batch * shape.blocks * 32, "factors that do not fit")
    directions.forward.run(x.base, style: style.map { UnsafePointer($0.base) }, into: y.base, batch: batch)
    withExtendedLifetime((x, style, y)) {}
  }

  /// `gx = upᵀ(gy)`.
  package func backward(_ gy: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    precondition(gx.count >= inputShape(batch: batch).count, "the input's gradient is too small")
    precondition(gy.count >= outputShape(batch: batch).count, "the output's gradient is too small")
    directions.backward.run(gy.base, style: nil, into: gx.base, batch: batch)
    withExtendedLifetime((gy, gx)) {}
  }
}

/// One direction of an up layer with its weights as the chosen algorithm wants them.
private enum UpConvolution: @unchecked Sendable {
  case grid(UpGridConvolution)
  case tiles(UpTileConvolution)

  init(_ kernel: UpKernel, isGradient: Bool, smallHeight: Int, smallWidth: Int) {
    if ConvolutionAlgorithm.takesUpTiles(
      inputs: kernel.inputs, outputs: kernel.outputs, height: smallHeight, width: smallWidth)
    {
      self = .tiles(
        UpTileConvolution(kernel, isGradient: isGradient, smallHeight: smallHeight, smallWidth: smallWidth))
    } else {
      self = .grid(
        UpGridConvolution(kernel, isGradient: isGradient, smallHeight: smallHeight, smallWidth: smallWidth))
    }
  }

  func run(_ x: Source, style: Source?, into y: Target, batch: Int) {
    switch self {
    case .grid(let convolution): convolution.run(x, into: y, batch: batch)
    case .tiles(let convolution): convolution.run(x, style: style, into: y, batch: batch)
    }
  }
}
