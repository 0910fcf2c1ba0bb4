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

  private struct Job {
    let x: Source
    let mask: Source?
    let maskActivation: Int
    let y: Target
  }

  /// The gradient of `run` on the same weights: `gx = convᵀ(gy · maskActivation'(mask))`.
  func runTransposed(_ gy: Source, mask: Source?, maskActivation: Int, into gx: Target, batch: Int) {
    let images = max(1, min(batch, (4 << 20) / (36 * 16 * (blockCount(inputs) + blockCount(outputs)) * tiles)))
    let job = Job(x: gy, mask: mask, maskActivation: maskActivation, y: gx)
    var first = 0
    while first < batch {
      runTransposed(job, first, min(images, batch - first))
      first += images
    }
    withExtendedLifetime(weights) {}
  }

  private func runTransposed(_ job: Job, _ firstImage: Int, _ images: Int) {
    let workers = Workers.current, table = Processor.table
    let tiles = tiles, n = images * tiles, inputBlocks = blockCount(inputs), outputBlocks = panels.blocks
    let vSize = inputBlocks * n * 16 + TiledProducts.skew, mSize = outputBlocks * n * 16 + TiledProducts.skew
    let v = FloatBuffer(count: 36 * vSize), m = FloatBuffer(count: 36 * mSize)
    let parts = max(1, min(4, tiles / 16)), part = (tiles + parts - 1) / parts, planeSize = height * width * 16
    workers.run(images * outputBlocks * parts) { piece, _ in
      let plane = piece / parts, image = plane / outputBlocks, block = plane % outputBlocks
      let first = piece % parts * part, count = min(part, tiles - first)
      if count > 0 {
        let o = (firstImage * outputBlocks + plane) * planeSize
        table.convolution.winogradGradientInput(
          job.x + o, job.mask.map { $0 + o }, job.maskActivation, height, width, tilesPerRow, first, count,
          m.base + (block * n + image * tiles + first) * 16, mSize)
      }
    }
    let panels = panels, w = UnsafePointer(weights.base), inputs = inputs
    let group = 4, groups = (inputBlocks + group - 1) / group
    workers.run(36 * groups) { piece, _ in
      let position = piece / groups, first = piece % groups * group
      for block in first..<min(inputBlocks, first + group) {
        table.matrix.rowProducts(
          n, min(16, inputs - block * 16), m.base + position * mSize, n * 16, w + position * panels.count, block * 16,
          panels.depth, outputBlocks, v.base + position * vSize + block * n * 16)
      }
    }
    workers.run(images * inputBlocks) { plane, _ in
      let image = plane / inputBlocks, block = plane % inputBlocks
      table.convolution.winogradGradientOutput(
        v.base + (block * n + image * tiles) * 16, vSize, job.y + (firstImage * inputBlocks + plane) * planeSize,
        height, width, tilesPerRow, tiles)
    }
    withExtendedLifetime((v, m)) {}
  }
}
