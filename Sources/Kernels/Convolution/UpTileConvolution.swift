import KernelInterface

/// Nearest doubling and a 3×3 convolution, or its gradient, by 25 products for each 2×2 pixels of the small map; the
/// formulas are in `UpTileTransforms.swift`.
///
/// Of the roofline, two threads of a Cascade Lake with AVX-512: 59 % (128→64 channels to 256 px) to 73 % (512→256 to
/// 64 px). Bound by the product, then by the passes over the large map.
struct UpTileConvolution {
  private let isGradient: Bool
  private let inputs: Int
  private let smallHeight: Int
  private let smallWidth: Int
  private let panels: WeightPanels
  private let weights: FloatBuffer

  init(_ w: UpKernel, isGradient: Bool, smallHeight: Int, smallWidth: Int) {
    self.isGradient = isGradient
    self.smallHeight = smallHeight
    self.smallWidth = smallWidth
    inputs = isGradient ? w.outputs : w.inputs
    panels = WeightPanels(depth: inputs, outputs: isGradient ? w.inputs : w.outputs)
    weights = w.packed(panels, isTransposed: isGradient, isTurned: isGradient) { g0, g1, g2 -> InlineArray<5, Double> in
      [g0, (g0 + g1 + g2) / 2, (g0 - g1 - g2) / 2, (g2 - g0 - g1) / 2, g2]
    }
  }

  /// The plane of product (i, j) on the side that has 16: products 2 and 3 of a dimension share theirs.
  static func plane(_ product: Int) -> Int {
    let of = [0, 1, 2, 2, 3]
    return of[product / 5] * 4 + of[product % 5]
  }

  private static let forward = TiledProducts.Plan((0..<25).map { (plane($0), $0) })
  private static let gradient = TiledProducts.Plan((0..<25).map { ($0, plane($0)) })

  /// From the small map to the large one, or of gradients from the large to the small. A style is for the former only.
  func run(_ x: Source, style: Source?, into y: Target, batch: Int) {
    let table = Processor.table, isGradient = isGradient
    let (height, width) = (smallHeight, smallWidth), tilesPerRow = (width + 1) / 2
    let tiles = (height + 1) / 2 * tilesPerRow, small = height * width * 16, large = small * 4
    let products = TiledProducts(
      plan: isGradient ? Self.gradient : Self.forward, tiles: tiles, inputBlocks: blockCount(inputs), panels: panels,
      weights: weights)
    products.run(
      batch: batch,
      tilesAtOnce: ConvolutionAlgorithm.upTilesAtOnce(
        tiles: tiles, inputBlocks: blockCount(inputs), outputBlocks: panels.blocks),
      input: { plane, _, first, count, v, stride in
        let scale = isGradient ? 2 : 1
        let tiles = UpTiles(
          height: scale * height, width: scale * width, tilesPerRow: tilesPerRow, first: first, count: count, stride: stride)
        if isGradient {
          tiles.gradientInput(x + plane * large, into: v, table.up.tileGradientInput)
        } else {
          tiles.input(x + plane * small, factors: style.map { $0 + plane * 32 }, into: v, table.up.tileInput)
        }
      },
      output: { plane, _, first, count, m, stride in
        let scale = isGradient ? 1 : 2
        let tiles = UpTiles(
          height: scale * height, width: scale * width, tilesPerRow: tilesPerRow, first: first, count: count, stride: stride)
        tiles.output(
          m, into: y + plane * (isGradient ? small : large), isGradient ? table.up.tileGradientOutput : table.up.tileOutput)
      })
  }
}
