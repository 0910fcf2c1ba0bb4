import KernelInterface

/// A 3×3 convolution by Winograd F(4×4, 3×3): 36 products for 16 outputs of nine taps.
///
/// Measured on one Zen 4 core: 76 % (64 channels, 256 px) to 89 % (512 channels, 32 px) of the peak in the 36 products
/// that remain, 3.0 to 3.5 times the peak counted in plain ones. Bound by the product; the rest goes to the two
/// transforms and, at 16 px, to reading the weights.
struct WinogradConvolution {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  /// Tiles that one piece takes through all three phases, or nil: all threads go through each phase together.
  let tilesAtOnce: Int?
  private let panels: WeightPanels
  private let weights: FloatBuffer

  init(_ w: ConvolutionWeights, height: Int, width: Int, tilesAtOnce: Int?) {
    inputs = w.inputs
    outputs = w.outputs
    self.height = height
    self.width = width
    self.tilesAtOnce = tilesAtOnce
    panels = WeightPanels(depth: inputs, outputs: outputs)
    weights = WinogradWeights.pack(w, panels)
  }

  private var tilesPerRow: Int { (width + 3) / 4 }
  private var tiles: Int { (height + 3) / 4 * tilesPerRow }

  func run(
    _ x: Source, mask: Source?, maskActivation: Int, bias: Source?, activation: Int, into y: Target, batch: Int
  ) {
    let (height, width, tilesPerRow, planeSize) = (height, width, tilesPerRow, height * width * 16)
    let table = Processor.table
    TiledProducts(
      products: Self.products, sources: 36, targets: 36, tiles: tiles, inputBlocks: blockCount(inputs), panels: panels,
      weights: weights
    ).run(
      batch: batch, tilesAtOnce: tilesAtOnce,
      input: { plane, _, first, count, v, stride in
        let o = plane * planeSize
        table.convolution.winogradInput(
          x + o, mask.map { $0 + o }, maskActivation, height, width, tilesPerRow, first, count, v, stride)
      },
      output: { plane, block, first, count, m, stride in
        table.convolution.winogradOutput(
          m, stride, y + plane * planeSize, height, width, tilesPerRow, first, count, bias.map { $0 + block * 16 },
          activation)
      })
  }

  private static let products = (0..<36).map { TiledProducts.Product(source: $0, target: $0, adds: false) }

  /// The gradient of `run` on the same weights: `gx = convᵀ(gy · maskActivation'(mask))`.
  func runTransposed(_ gy: Source, mask: Source?, maskActivation: Int, into gx: Target, batch: Int) {
    let table = Processor.table
    let (height, width, tilesPerRow, tiles, planeSize) = (height, width, tilesPerRow, tiles, height * width * 16)
    TurnedTiledProducts(planes: 36, tiles: tiles, inputs: inputs, panels: panels, weights: weights).run(
      batch: batch,
      input: { plane, first, count, m, stride in
        let o = plane * planeSize
        table.convolution.winogradGradientInput(
          gy + o, mask.map { $0 + o }, maskActivation, height, width, tilesPerRow, first, count, m, stride)
      },
      output: { plane, v, stride in
        table.convolution.winogradGradientOutput(
          v, stride, gx + plane * planeSize, height, width, tilesPerRow, tiles)
      })
  }
}
