import KernelInterface

/// A 3×3 convolution by Winograd F(4×4, 3×3): 36 products for 16 outputs of nine taps.
struct WinogradConvolution {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  /// Tiles that one piece takes through all three phases, or nil: all threads go through each phase together.
  let tilesAtOnce: Int?
  /// One cache line more between the 36 positions: at a distance of a power of two they would share a cache set.
  private static let skew = 16

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
    let job = Job(
      x: x, mask: mask, maskActivation: maskActivation, bias: bias, activation: activation, y: y)
    if let tilesAtOnce {
      runByTiles(job, min(tilesAtOnce, tiles), batch)
    } else {
      // As many pictures at once as keep the transformed maps in the last level cache.
      let perImage = 36 * 16 * (blockCount(inputs) + blockCount(outputs)) * tiles
      let images = max(1, min(batch, (4 << 20) / perImage))
      var first = 0
      while first < batch {
        runInPhases(job, first, min(images, batch - first))
        first += images
      }
    }
    withExtendedLifetime(weights) {}
  }

  private struct Job {
    let x: Source
    let mask: Source?
    let maskActivation: Int
    let bias: Source?
    let activation: Int
    let y: Target
  }

  private func transformInput(_ job: Job, _ plane: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int) {
    let o = plane * height * width * 16
    Processor.table.convolution.winogradInput(
      job.x + o, job.mask.map { $0 + o }, job.maskActivation, height, width, tilesPerRow, first, count, v, stride)
  }

  private func transformOutput(
    _ job: Job, _ plane: Int, _ block: Int, _ first: Int, _ count: Int, _ m: Source, _ stride: Int
  ) {
    Processor.table.convolution.winogradOutput(
      m, stride, job.y + plane * height * width * 16, height, width, tilesPerRow, first, count,
      job.bias.map { $0 + block * 16 }, job.activation)
  }

  private func runInPhases(_ job: Job, _ firstImage: Int, _ images: Int) {
    let workers = Workers.current, table = Processor.table
    let tiles = tiles, n = images * tiles, inputBlocks = blockCount(inputs), outputBlocks = panels.blocks
    let vSize = inputBlocks * n * 16 + Self.skew, mSize = outputBlocks * n * 16 + Self.skew
    let v = FloatBuffer(count: 36 * vSize), m = FloatBuffer(count: 36 * mSize)
    let parts = max(1, min(4, tiles / 16)), part = (tiles + parts - 1) / parts
    workers.run(images * inputBlocks * parts) { piece, _ in
      let plane = piece / parts, image = plane / inputBlocks, block = plane % inputBlocks
      let first = piece % parts * part, count = min(part, tiles - first)
      if count > 0 {
        transformInput(
          job, firstImage * inputBlocks + plane, first, count,
          v.base + (block * n + image * tiles + first) * 16, vSize)
      }
    }
    let panels = panels, w = UnsafePointer(weights.base), inputs = inputs
    workers.run(36 * panels.panels) { piece, _ in
      let position = piece / panels.panels, panel = piece % panels.panels
      table.matrix.panel(
        n, inputs, v.base + position * vSize, n * 16, w + position * panels.count + panels.offset(of: panel),
        panels.blocks(in: panel), m.base + position * mSize + panel * panels.panelBlocks * n * 16, n * 16, false)
    }
    workers.run(images * outputBlocks * parts) { piece, _ in
      let plane = piece / parts, image = plane / outputBlocks, block = plane % outputBlocks
      let first = piece % parts * part, count = min(part, tiles - first)
      if count > 0 {
        transformOutput(
          job, firstImage * outputBlocks + plane, block, first, count,
          UnsafePointer(m.base + (block * n + image * tiles + first) * 16), mSize)
      }
    }
  }

  private func runByTiles(_ job: Job, _ tilesAtOnce: Int, _ batch: Int) {
    let workers = Workers.current, table = Processor.table
    let tiles = tiles, inputBlocks = blockCount(inputs), outputBlocks = panels.blocks
    let runs = (tiles + tilesAtOnce - 1) / tilesAtOnce
    let scratchSize = 36 * (tilesAtOnce * 16 * (inputBlocks + outputBlocks) + 2 * Self.skew)
    let scratch = FloatBuffer(count: workers.threads * scratchSize)
    let panels = panels, w = UnsafePointer(weights.base), inputs = inputs
    workers.run(batch * runs) { piece, worker in
      let image = piece / runs, first = piece % runs * tilesAtOnce, n = min(tilesAtOnce, tiles - first)
      let vSize = inputBlocks * n * 16 + Self.skew, mSize = outputBlocks * n * 16 + Self.skew
      let v = scratch.base + worker * scratchSize, m = v + 36 * vSize
      for block in 0..<inputBlocks {
        transformInput(job, image * inputBlocks + block, first, n, v + block * n * 16, vSize)
      }
      for position in 0..<36 {
        for panel in 0..<panels.panels {
          table.matrix.panel(
            n, inputs, v + position * vSize, n * 16, w + position * panels.count + panels.offset(of: panel),
            panels.blocks(in: panel), m + position * mSize + panel * panels.panelBlocks * n * 16, n * 16, false)
        }
      }
      for block in 0..<outputBlocks {
        transformOutput(
          job, image * outputBlocks + block, block, first, n, UnsafePointer(m + block * n * 16), mSize)
      }
    }
    withExtendedLifetime(scratch) {}
  }
}
