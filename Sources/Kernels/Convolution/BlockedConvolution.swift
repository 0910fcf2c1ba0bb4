import KernelInterface

/// One direction of a frozen convolution with its weights as the chosen algorithm wants them.
enum BlockedConvolution: @unchecked Sendable {
  case matrix(MatrixConvolution)
  case winograd(WinogradConvolution)

  init(_ weights: ConvolutionWeights, height: Int, width: Int) {
    let algorithm = ConvolutionAlgorithm.choose(
      inputs: weights.inputs, outputs: weights.outputs, kernel: weights.kernel, height: height, width: width)
    if !weights.isTransposed
      && ConvolutionAlgorithm.sumsInDouble(
        inputs: weights.inputs, outputs: weights.outputs, height: height, width: width)
    {
      self = .matrix(MatrixConvolution(weights, height: height, width: width, sumsInDouble: true))
      return
    }
    switch algorithm {
    case .matrix:
      self = .matrix(MatrixConvolution(weights, height: height, width: width, sumsInDouble: false))
    case .winogradInPhases:
      self = .winograd(WinogradConvolution(weights, height: height, width: width, tileSide: 4, tilesAtOnce: nil))
    case .smallWinograd:
      self = .winograd(WinogradConvolution(weights, height: height, width: width, tileSide: 2, tilesAtOnce: nil))
    case .winogradByTiles(let tiles):
      self = .winograd(WinogradConvolution(weights, height: height, width: width, tileSide: 4, tilesAtOnce: tiles))
    }
  }

  func run(
    _ x: Source, mask: Source?, maskActivation: Int, bias: Source?, activation: Int, into y: Target, batch: Int
  ) {
    switch self {
    case .matrix(let convolution):
      convolution.run(
        x, mask: mask, maskActivation: maskActivation, bias: bias, activation: activation, into: y, batch: batch)
    case .winograd(let convolution):
      convolution.run(
        x, mask: mask, maskActivation: maskActivation, bias: bias, activation: activation, into: y, batch: batch)
    }
  }

  /// The gradient of `run`, on the same weights.
  func runTransposed(_ gy: Source, mask: Source?, maskActivation: Int, into gx: Target, batch: Int) {
    switch self {
    case .matrix(let convolution):
      convolution.runTransposed(gy, mask: mask, maskActivation: maskActivation, into: gx, batch: batch)
    case .winograd(let convolution):
      convolution.runTransposed(gy, mask: mask, maskActivation: maskActivation, into: gx, batch: batch)
    }
  }
}
