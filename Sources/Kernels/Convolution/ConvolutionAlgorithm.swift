/// How a convolution is computed: the one rule for all shapes.
enum ConvolutionAlgorithm: Hashable {
  /// Matrix product over gathered pixels.
  case matrix
  /// Winograd F(4×4, 3×3), all threads through each phase together.
  case winogradInPhases
  /// Winograd F(4×4, 3×3), each piece a run of tiles through all phases.
  case winogradByTiles(Int)

  /// Chooses from the shape alone, never from the thread count: the result must be the same bytes.
  static func choose(inputs: Int, outputs: Int, kernel: Int, height: Int, width: Int) -> ConvolutionAlgorithm {
    guard kernel == 3, height * width > 64 else { return .matrix }
    let tiles = ((height + 3) / 4) * ((width + 3) / 4)
    // Few tiles: the weights are larger than the maps and must be read once. Many: the maps are.
    if tiles <= 256 && (inputs + outputs) >= 256 { return .winogradInPhases }
    // Scratch for one tile in floats; what fits in three quarters of a 1 MiB second level cache.
    let perTile = 36 * 16 * (blockCount(inputs) + blockCount(outputs))
    return .winogradByTiles(max(12, min(64, (192 << 10) / perTile / 4 * 4)))
  }
}
