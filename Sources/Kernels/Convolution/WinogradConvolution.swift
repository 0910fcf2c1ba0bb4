import KernelInterface

/// A 3×3 convolution by Winograd F(4×4, 3×3), 36 products for 16 outputs of nine taps, or F(2×2, 3×3), 16 for four.
///
/// Of the roofline, forward / backward, two threads of a Cascade Lake with AVX-512: 66 / 55 % (512 channels, 32 px, one set
/// of weights), 64 / 61 % (256, 64 px), 57 / 52 % (128, 128 px), 46 / 39 % (64, 256 px), F(2×2) 80 / 67 % (1024, 8 px).
/// Bound by the product, whose operands come from the second and third level cache; with few channels by the transforms,
/// too, and at 16 px and below by reading the weights.
struct WinogradConvolution {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  /// Outputs of a tile along one side, 4 or 2.
  let tileSide: Int
  /// Tiles that one piece takes through all three phases, or nil: all threads go through each phase together.
  let tilesAtOnce: Int?
  private let panels: WeightPanels
  private let weights: FloatBuffer

  init(_ w: ConvolutionWeights, height: Int, width: Int, tileSide: Int, tilesAtOnce: Int?) {
    inputs = w.inputs
    outputs = w.outputs
    self.height = height
    self.width = width
    self.tileSide = tileSide
    self.tilesAtOnce = tilesAtOnce
    panels = WeightPanels(depth: inputs, outputs: outputs)
    let positions = (tileSide + 2) * (tileSide + 2)
    weights = WinogradWeights.pack(w, panels, positions: positions, Self.transforms(tileSide).weights)
  }

  private var tilesPerRow: Int { (width + tileSide - 1) / tileSide }
  private var tiles: Int { (height + tileSide - 1) / tileSide * tilesPerRow }
  private var positions: Int { (tileSide + 2) * (tileSide + 2) }

  private static let plan = TiledProducts.Plan(planes: 36)
  private static let smallPlan = TiledProducts.Plan(planes: 16)

  private static func transforms(_ tileSide: Int) -> WinogradKernels {
    tileSide == 4 ? Processor.table.convolution.winograd : Processor.table.convolution.smallWinograd
  }

  func run(
    _ x: Source, _ change: InputChange?, bias: Source?, activation: Int, into y: Target, signs: Target?, batch: Int
  ) {
    let (height, width, tilesPerRow, planeSize) = (height, width, tilesPerRow, height * width * 16)
    let signSize = tiles * 16
    let transforms = Self.transforms(tileSide)
    TiledProducts(
      plan: tileSide == 4 ? Self.plan : Self.smallPlan, tiles: tiles, inputBlocks: blockCount(inputs), panels: panels,
      weights: weights
    ).run(
      batch: batch, tilesAtOnce: tilesAtOnce,
      input: { plane, _, first, count, v, stride in
        let o = plane * planeSize
        transforms.input(
          x + o, change.y(plane, size: planeSize, signSize: signSize), change.activation, change.factors(plane), height,
          width, tilesPerRow, first, count, v, stride)
      },
      output: { plane, block, first, count, m, stride in
        transforms.output(
          m, stride, y + plane * planeSize, height, width, tilesPerRow, first, count, bias.map { $0 + block * 16 },
          activation, signs.map { $0 + plane * signSize })
      })
  }

  /// The gradient of `run` on the same weights: `gx = convᵀ(change(gy))`.
  func runTransposed(_ gy: Source, _ change: InputChange?, into gx: Target, batch: Int) {
    let (height, width, tilesPerRow, planeSize) = (height, width, tilesPerRow, height * width * 16)
    let transforms = Self.transforms(tileSide)
    let tiles = tiles
    TransposedTiledProducts(planes: positions, tiles: tiles, inputs: inputs, panels: panels, weights: weights).run(
      batch: batch,
      input: { plane, first, count, m, stride in
        let o = plane * planeSize
        transforms.gradientInput(
          gy + o, change.y(plane, size: planeSize, signSize: tiles * 16), change.activation, change.factors(plane),
          height, width, tilesPerRow, first, count, m, stride)
      },
      output: { plane, v, stride in
        transforms.gradientOutput(v, stride, gx + plane * planeSize, height, width, tilesPerRow, tiles)
      })
  }
}
