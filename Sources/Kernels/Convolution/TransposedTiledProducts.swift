import KernelInterface

/// The gradient's side of `TiledProducts` on the forward weights, for layers whose weights are the larger part: planes of
/// `[tile][channel]` are turned to `[channel][tile]`, multiplied by the transposed weights, and turned back.
///
/// Of the roofline, transforms included, two threads of a Cascade Lake with AVX-512: 54 % with 64 tiles (512 channels,
/// 32 px), 55 to 60 % with 16, where sums of a panel are loaded and stored once in 384 multiply-adds.
struct TransposedTiledProducts {
  /// Planes of a transformed tile, each with a weight matrix.
  let planes: Int
  /// Tiles of one image.
  let tiles: Int
  /// Channels of the gradient that comes out: rows of a weight matrix.
  let inputs: Int
  let panels: WeightPanels
  let weights: FloatBuffer

  /// Transforms tiles of a plane (image · blocks + block) into strided storage.
  typealias Input = (_ plane: Int, _ first: Int, _ count: Int, _ storage: Target, _ stride: Int) -> Void
  /// Adds all tiles of a plane up to a gradient.
  typealias Output = (_ plane: Int, _ storage: Source, _ stride: Int) -> Void

  /// Tiles are turned sixteen at once; an image begins with a new sixteen.
  private var parts: Int { (tiles + 15) / 16 }

  func run(batch: Int, input: Input, output: Output) {
    // As many images at once as keep the transformed maps in the last level cache.
    let perImage = planes * 16 * 16 * parts * (blockCount(inputs) + panels.blocks)
    let images = max(1, min(batch, (4 << 20) / perImage))
    var first = 0
    while first < batch {
      run(first, min(images, batch - first), input, output)
      first += images
    }
    withExtendedLifetime(weights) {}
  }

  private func run(_ firstImage: Int, _ images: Int, _ input: Input, _ output: Output) {
    let workers = Workers.current, table = Processor.table
    let (planes, tiles, parts, inputs, panels) = (planes, tiles, parts, inputs, panels)
    let inputBlocks = blockCount(inputs), outputBlocks = panels.blocks, n = images * parts * 16
    let maps = WeightPanels(depth: outputBlocks * 16, outputs: n)
    let mSize = maps.count + TiledProducts.skew, vSize = inputBlocks * n * 16 + TiledProducts.skew
    let m = FloatBuffer(count: planes * mSize), v = FloatBuffer(count: planes * vSize)

    let partSize = 256 + TiledProducts.skew, squares = FloatBuffer(count: workers.threads * planes * partSize)
    workers.run(images * outputBlocks * parts) { piece, worker in
      let plane = piece / parts, image = plane / outputBlocks, block = plane % outputBlocks
      let part = piece % parts, count = min(16, tiles - part * 16), square = squares.base + worker * planes * partSize
      input(firstImage * outputBlocks + plane, part * 16, count, square, partSize)
      let at = image * parts + part, panel = at / maps.panelBlocks, width = maps.blocks(in: panel)
      let strip = m.base + maps.offset(of: panel, row: block * 16)
      for p in 0..<planes {
        table.matrix.turnTiles(square + p * partSize, count, strip + p * mSize, width, at % maps.panelBlocks)
      }
    }

    let group = 4, groups = (inputBlocks + group - 1) / group, w = UnsafePointer(weights.base)
    let sumsSize = group * 16 * 64, sums = FloatBuffer(count: workers.threads * sumsSize)
    workers.run(planes * groups) { piece, worker in
      let p = piece / groups, first = piece % groups * group, channels = min(group * 16, inputs - first * 16)
      for panel in 0..<maps.panels {
        TurnedPanelCall(
          channels: channels, b: w + p * panels.count, firstChannel: first * 16, depth: panels.depth, blocks: outputBlocks,
          g: m.base + p * mSize + maps.offset(of: panel), parts: maps.blocks(in: panel), sums: sums.base + worker * sumsSize,
          c: v.base + p * vSize + (first * n + panel * maps.panelBlocks * 16) * 16, cStride: n * 16
        ).run(table.matrix.turnedPanel)
      }
    }

    workers.run(images * inputBlocks) { plane, _ in
      let image = plane / inputBlocks, block = plane % inputBlocks
      output(firstImage * inputBlocks + plane, v.base + (block * n + image * parts * 16) * 16, vSize)
    }
    withExtendedLifetime((m, v, squares, sums)) {}
  }
}
