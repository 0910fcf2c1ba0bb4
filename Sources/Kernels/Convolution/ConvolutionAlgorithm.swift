/// How a convolution is computed: the one rule for all shapes.
///
/// Measured on one core of a Zen 4 (1 MiB second level cache), milliseconds, matrix | phases | by 16 tiles | by 32:
///
///     512→512 @8      2.7   1.4                  (phases of F(2×2))
///     1024→1024 @8   10.8   5.3
///     512→512 @16     7.1   3.2   3.3   3.2      (36 tiles' worth of weights are 38 MB: read once or lose)
///     512→512 @32           12.5  12.8  12.5
///     256→512 @32           6.3   6.7   6.4
///     256→256 @64           13.8  12.4  12.7
///     128→128 @128          16.4  13.4  13.3
///     64→64 @256            22.7  14.1  14.9
///
/// Forward with two threads of a Cascade Lake, phases | by 16 tiles, before weights were taken in strips | by 24 | 36 | 48:
///
///     256→256 @64            7.9   8.7   8.4   7.9   7.6
///     128→128 @128                 8.5         7.5   7.6
///     64→64 @256                   9.2   8.3   8.4   8.7
enum ConvolutionAlgorithm: Hashable {
  /// Matrix product over gathered pixels.
  case matrix
  /// Winograd F(2×2, 3×3), all threads through each phase together.
  case smallWinograd
  /// Winograd F(4×4, 3×3), all threads through each phase together.
  case winogradInPhases
  /// Winograd F(4×4, 3×3), each piece a run of tiles through all phases.
  case winogradByTiles(Int)

  /// Whether a small layer's forward sums are kept in double precision and rounded once.
  ///
  /// A ReLU or a maximum switches at zero: a rounding of 1e-7 there changes a small network's gradient by 5e-4 at once.
  /// Sums rounded once depend neither on their order nor on fused products, so that every instruction set and
  /// PyTorch agree on the switches. Gradients have none, and stay as `choose` says.
  ///
  /// Cost, shortest of 800 steps of the 64 pixel pack, AVX-512, two threads of a Cascade Lake: 8.4 ms instead of 6.6.
  static func sumsInDouble(inputs: Int, outputs: Int, height: Int, width: Int) -> Bool {
    max(inputs, outputs) <= 64 && height * width <= 1024
  }

  /// Chooses from the shape alone, never from the thread count: the result must be the same bytes.
  static func choose(inputs: Int, outputs: Int, kernel: Int, height: Int, width: Int) -> ConvolutionAlgorithm {
    guard kernel == 3, height * width > 16 else { return .matrix }
    // At 8×8 the weights of F(4×4), four times the bytes, cost more to read than they save.
    if height * width <= 64 { return min(inputs, outputs) >= 256 ? .smallWinograd : .matrix }
    let tiles = ((height + 3) / 4) * ((width + 3) / 4)
    // Few tiles: the weights are larger than the maps and must be read once. Or too few for two pieces.
    if tiles <= 16 || tiles <= 64 && inputs + outputs >= 256 { return .winogradInPhases }
    // Many weights are read again by each piece; few stay in the second level cache if both transformed maps leave room.
    if 36 * inputs * outputs >= 3 << 16 { return .winogradByTiles(36) }
    let floatsPerTile = 36 * 16 * (blockCount(inputs) + min(4, blockCount(outputs)))
    return .winogradByTiles(max(24, min(48, (72 << 10) / floatsPerTile)))
  }

  /// Whether the gradient reads the forward weights instead of a transposed copy of its own.
  ///
  /// Where the weights are the larger part: it halves them, at the price of turning the maps. With large maps and small
  /// weights the copy is faster.
  func sharesWeights(inputs: Int, outputs: Int, kernel: Int, height: Int, width: Int) -> Bool {
    // Whole panels of up to 64 outputs only.
    guard inputs * outputs > 256 * 512, outputs % 64 == 0 else { return false }
    switch self {
    case .matrix: return kernel == 3 && height * width <= MatrixConvolution.pixelsAtOnce
    case .smallWinograd, .winogradInPhases: return true
    case .winogradByTiles: return false
    }
  }

  /// Matrices that the weights become for one direction.
  func matrices(kernel: Int) -> Int {
    switch self {
    case .matrix: kernel * kernel
    case .smallWinograd: 16
    case .winogradInPhases, .winogradByTiles: 36
    }
  }

  /// Up layers: whether 25 products for 2×2 small pixels are worth three times the weights of nine for each.
  /// With few channels they are not, the nine are more exact and cheap, until their planes, nine for each block of
  /// channels, are too large for the caches: a model of 1024 px takes 640 → 590 ms a step by the 25, of 512 px 724 → 701
  /// (two threads of a Zen 4), and 416 and 140 MiB less.
  static func takesUpTiles(inputs: Int, outputs: Int, height: Int, width: Int) -> Bool {
    height * width > 64 && (max(inputs, outputs) > 64 || height * width > 64 * 64)
  }

  /// Tiles of an up layer that one piece takes through everything, or nil for phases: where many weights would be read
  /// again for every few tiles, and the transformed maps are at most twice as large as they.
  ///
  /// Two cores of a Cascade Lake, forward / backward, by 16 tiles | phases: 512→256 @64 15.2 / 16.5 | 14.3 / 13.8;
  /// by 16 | 24 | 48: 256→128 @128 10.5 / 10.0 | 9.2 / 9.0 | 9.1 / 8.9, 128→64 @256 10.3 / 9.5 | 9.6 / 9.5 | 9.3 / 9.1.
  static func upTilesAtOnce(tiles: Int, inputBlocks: Int, outputBlocks: Int) -> Int? {
    let blocks = inputBlocks + outputBlocks
    return blocks >= 16 && tiles * blocks <= 2 * 16 * inputBlocks * outputBlocks ? nil : 48
  }
}
