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

  /// For weights that change at each step: packed for a batch of maps, summed in single precision but for the smallest.
  init(trained weights: ConvolutionWeights, height: Int, width: Int) {
    if !weights.isTransposed
      && TrainedConvolution.sumsInDouble(
        inputs: weights.inputs, outputs: weights.outputs, height: height, width: width)
    {
      self = .matrix(MatrixConvolution(weights, height: height, width: width, sumsInDouble: true))
      return
    }
    guard weights.kernel == 3 else {
      self = .matrix(MatrixConvolution(weights, height: height, width: width, sumsInDouble: false))
      return
    }
    var tilesAtOnce: Int?
    if case .winogradByTiles(let tiles) = ConvolutionAlgorithm.choose(
      inputs: weights.inputs, outputs: weights.outputs, kernel: 3, height: height, width: width)
    {
      tilesAtOnce = tiles
    }
    self = .winograd(WinogradConvolution(weights, height: height, width: width, tileSide: 4, tilesAtOnce: tilesAtOnce))
  }

  /// Whether an input can be changed by factors on the way.
  var takesFactors: Bool { if case .winograd = self { true } else { false } }

  /// How a gradient by this way wants the output's signs.
  static func signBitmap(_ algorithm: ConvolutionAlgorithm, height: Int, width: Int) -> SignBitmap {
    switch algorithm {
    case .matrix: SignBitmap(rows: 1, width: height * width)
    case .smallWinograd: SignBitmap(height: height, width: width, tileSide: 2)
    case .winogradInPhases, .winogradByTiles: SignBitmap(height: height, width: width, tileSide: 4)
    }
  }

  /// Whether `run` gives the signs itself, as a gradient by the same algorithm wants them.
  var givesSigns: Bool { if case .matrix(let convolution) = self { convolution.givesSigns } else { true } }

  /// `y = activation(conv(change(x)) + bias)`.
  ///
  /// - Parameters:
  ///   - adds: whether to add to y, for a matrix alone and without an activation.
  ///   - signs: nil, too, unless `givesSigns`.
  func run(
    _ x: Source, _ change: InputChange?, bias: Source?, activation: Int, into y: Target, adds: Bool, signs: Target?,
    batch: Int
  ) {
    switch self {
    case .matrix(let convolution):
      convolution.run(
        x, mask: change.signs, maskActivation: change.activation, bias: bias, activation: activation, into: y,
        adds: adds, signs: signs, batch: batch)
    case .winograd(let convolution):
      convolution.run(x, change, bias: bias, activation: activation, into: y, signs: signs, batch: batch)
    }
  }

  /// The gradient of `run`, on the same weights.
  func runTransposed(_ gy: Source, _ change: InputChange?, into gx: Target, batch: Int) {
    switch self {
    case .matrix(let convolution):
      convolution.runTransposed(gy, mask: change.signs, maskActivation: change.activation, into: gx, batch: batch)
    case .winograd(let convolution): convolution.runTransposed(gy, change, into: gx, batch: batch)
    }
  }
}
