import KernelInterface

/// What Winograd-like algorithms have in common: tiles are transformed to several planes of `[tile][channel]`, planes are
/// multiplied by a weight matrix each, and sums of products are transformed back.
struct TiledProducts {
  /// Which planes are multiplied, each by weights of its own, and added up to which. Flat, so that threads need not count
  /// references.
  struct Plan {
    /// The source plane of each product.
    let sources: [Int]
    let sourceCount: Int
    let targetCount: Int
    /// The products, those of a target plane one after another in the order in which they are summed.
    let order: [Int]
    /// Where each target's begin in `order`, and the end of the last.
    let starts: [Int]

    /// - Parameter planes: source and target of each product; no plane without one.
    init(_ planes: [(source: Int, target: Int)]) {
      sources = planes.map(\.source)
      sourceCount = planes.map(\.source).max()! + 1
      targetCount = planes.map(\.target).max()! + 1
      let products = (0..<targetCount).map { target in planes.indices.filter { planes[$0].target == target } }
      order = products.flatMap { $0 }
      starts = products.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    }

    /// Each plane by itself.
    init(planes: Int) { self.init((0..<planes).map { ($0, $0) }) }
  }

  let plan: Plan
  /// Tiles of one image.
  let tiles: Int
  let inputBlocks: Int
  /// Of one product's weights; those of product p begin at `p · panels.count`.
  let panels: WeightPanels
  let weights: FloatBuffer

  private var sources: Int { plan.sourceCount }
  private var targets: Int { plan.targetCount }

  /// One cache line more between planes: at a distance of a power of two they would share a cache set.
  static let skew = 16

  /// Fewer weights than these, 1.5 MiB, are mostly found in the second level cache by the next piece.
  private static let cachedWeights = 3 << 17

  /// Transforms tiles of a plane (image · blocks + block) into or out of strided storage.
  typealias Transform = (
    _ plane: Int, _ block: Int, _ first: Int, _ count: Int, _ storage: Target, _ stride: Int
  ) -> Void

  /// - Parameter tilesAtOnce: tiles that one piece takes through everything, or nil: all threads go through each of
  ///   the three phases together.
  func run(batch: Int, tilesAtOnce: Int?, input: Transform, output: Transform) {
    if let tilesAtOnce {
      runByTiles(batch, tilesAtOnce, input, output)
    } else {
      // As many images at once as keep the transformed maps in the last level cache.
      let perImage = 16 * (sources * inputBlocks + targets * panels.blocks) * tiles
      let images = max(1, min(batch, (4 << 20) / perImage))
      var first = 0
      while first < batch {
        runInPhases(first, min(images, batch - first), input, output)
        first += images
      }
    }
    withExtendedLifetime(weights) {}
  }

  /// All products of one target with one panel, into that panel's part of `m`. `next` is what the thread will multiply
  /// after it; its weights are asked for meanwhile.
  private func multiply(
    _ target: Int, _ panel: Int, then next: (target: Int, panel: Int)?, _ n: Int, _ v: Target, _ vSize: Int,
    _ m: Target, _ mSize: Int
  ) {
    let table = Processor.table, first = plan.starts[target], end = plan.starts[target + 1]
    for i in first..<end {
      let product = plan.order[i], ahead = i + 1 < end ? panelWeights(plan.order[i + 1], panel) : firstWeights(of: next)
      PanelCall(
        rows: n, depth: panels.depth, a: v + plan.sources[product] * vSize, aStride: n * 16, b: panelWeights(product, panel),
        blocks: panels.blocks(in: panel), c: m + target * mSize, cStride: n * 16, adds: i > first, ahead: ahead
      ).run(table.matrix.panel)
    }
  }

  private func panelWeights(_ product: Int, _ panel: Int) -> Source {
    UnsafePointer(weights.base) + product * panels.count + panels.offset(of: panel)
  }

  private func firstWeights(of next: (target: Int, panel: Int)?) -> Source? {
    guard weights.count >= Self.cachedWeights, let next, next.panel < panels.panels else { return nil }
    return panelWeights(plan.order[plan.starts[next.target]], next.panel)
  }

  private func runInPhases(_ firstImage: Int, _ images: Int, _ input: Transform, _ output: Transform) {
    let workers = Workers.current, n = images * tiles, outputBlocks = panels.blocks
    let vSize = inputBlocks * n * 16 + Self.skew, mSize = outputBlocks * n * 16 + Self.skew
    let v = FloatBuffer(count: sources * vSize), m = FloatBuffer(count: targets * mSize)
    let most = max(1, min(4, tiles / 16)), part = (tiles + most - 1) / most, parts = (tiles + part - 1) / part
    func transform(_ blocks: Int, _ storage: FloatBuffer, _ size: Int, _ body: Transform) {
      workers.run(images * blocks * parts) { piece, _ in
        let image = piece / parts / blocks, block = piece / parts % blocks, first = piece % parts * part
        body(
          firstImage * blocks + piece / parts, block, first, min(part, tiles - first),
          storage.base + (block * n + image * tiles + first) * 16, size)
      }
    }
    transform(inputBlocks, v, vSize, input)
    let pieces = targets * panels.panels
    workers.run(pieces) { piece, worker in
      let panel = piece % panels.panels, next = workers.piece(after: piece, of: worker)
      multiply(
        piece / panels.panels, panel, then: 0..<pieces ~= next ? (next / panels.panels, next % panels.panels) : nil, n,
        v.base, vSize, m.base + panel * panels.panelBlocks * n * 16, mSize)
    }
    transform(outputBlocks, m, mSize, output)
    withExtendedLifetime((v, m)) {}
  }

  /// Panel after panel, so that sums of one panel only have to stay in the second level cache beside the inputs.
  private func runByTiles(_ batch: Int, _ tilesAtOnce: Int, _ input: Transform, _ output: Transform) {
    let workers = Workers.current, panelBlocks = min(panels.panelBlocks, panels.blocks)
    // Whole register tiles, of 24 sums and at most 16 rows, where there are tiles enough to share them evenly all the same.
    let runs = WorkPartition(tiles, most: tilesAtOnce, unit: tiles < 256 ? 4 : min(16, 24 / min(4, panels.blocks)))
    let scratchSize =
      sources * (tilesAtOnce * inputBlocks * 16 + Self.skew) + targets * (tilesAtOnce * panelBlocks * 16 + Self.skew)
    let scratch = FloatBuffer(count: workers.threads * scratchSize)
    workers.run(batch * runs.count) { piece, worker in
      let image = piece / runs.count, run = runs[piece % runs.count], first = run.lowerBound, n = run.count
      let vSize = inputBlocks * n * 16 + Self.skew, mSize = panelBlocks * n * 16 + Self.skew
      let v = scratch.base + worker * scratchSize, m = v + sources * vSize
      for block in 0..<inputBlocks {
        input(image * inputBlocks + block, block, first, n, v + block * n * 16, vSize)
      }
      for panel in 0..<panels.panels {
        for target in 0..<targets {
          multiply(
            target, panel, then: target + 1 < targets ? (target + 1, panel) : (0, panel + 1), n, v, vSize, m, mSize)
        }
        for part in 0..<panels.blocks(in: panel) {
          let block = panel * panels.panelBlocks + part
          output(image * panels.blocks + block, block, first, n, m + part * n * 16, mSize)
        }
      }
    }
    withExtendedLifetime(scratch) {}
  }
}
