import KernelInterface

/// A convolution as a matrix product over gathered pixels (im2col), for 1×1 kernels and small pictures.
///
/// Sums run over chunks of 512 rows of the weight matrix, so that a panel of one chunk (128 KiB) stays in the second
/// level cache while all pixels of a piece pass by; a batch of small pictures passes by together.
///
/// Of the roofline, two threads of a Cascade Lake with AVX-512: 1×1 kernels 57 to 79 %, bound by the product and at 128 px
/// by memory; 1024 channels at 4 px 80 / 65 %, bound by reading the weights.
struct MatrixConvolution {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  let kernel: Int
  private let panels: WeightPanels
  private let weights: FloatBuffer

  private let sumsInDouble: Bool
  /// A double sum runs through all rows: it would be rounded at the end of each chunk.
  private let chunkBlocks: Int
  static let pixelsAtOnce = 96

  init(_ w: ConvolutionWeights, height: Int, width: Int, sumsInDouble: Bool) {
    inputs = w.inputs
    outputs = w.outputs
    kernel = w.kernel
    self.height = height
    self.width = width
    self.sumsInDouble = sumsInDouble
    let taps = kernel * kernel, rows = blockCount(inputs) * 16
    chunkBlocks = sumsInDouble ? taps * blockCount(inputs) : 32
    panels = WeightPanels(depth: taps * rows, outputs: outputs)
    weights = FloatBuffer(repeating: 0, count: panels.count)
    let (panels, weights, inputs) = (panels, weights, inputs), workers = Workers.current
    let scratch = FloatBuffer(count: workers.threads * w.scratchSize)
    workers.run(blockCount(outputs)) { block, worker in
      let first = block * 16, count = min(16, w.outputs - first)
      let source = w.block(block, scratch: scratch.base + worker * w.scratchSize)
      for input in 0..<inputs {
        for tap in 0..<taps {
          let to = weights.base + panels.index(tap * rows + input, first)
          let from = source + input * w.inputPitch + (w.isTransposed ? taps - 1 - tap : tap)
          for lane in 0..<count { to[lane] = from[lane * w.outputPitch] }
        }
      }
    }
    withExtendedLifetime((w, scratch)) {}
  }

  private var isLarge: Bool { height * width > Self.pixelsAtOnce }
  /// Pieces of a small picture share words, and the gradient of a large 3×3 wants them otherwise.
  var givesSigns: Bool { isLarge && kernel == 1 }

  /// `y = activation(conv(x · maskActivation') + bias)`, by the signs `mask`.
  func run(
    _ x: Source, mask: Source?, maskActivation: Int, bias: Source?, activation: Int, into y: Target, adds: Bool,
    signs: Target?, batch: Int
  ) {
    // A 1×1 kernel takes each pixel once, so a piece can mask its own.
    if isLarge && kernel == 1 {
      return runLarge(
        x, mask: mask, maskActivation, bias: bias, activation: activation, into: y, adds: adds, signs: signs, batch: batch)
    }
    let product = mask.map { masked(x, $0, maskActivation, planes: batch * blockCount(inputs)) }
    let x = product.map { Source($0.base) } ?? x
    if isLarge {
      runLarge(x, mask: nil, 0, bias: bias, activation: activation, into: y, adds: adds, signs: nil, batch: batch)
    } else {
      runSmall(x, bias: bias, activation: activation, into: y, adds: adds, batch: batch)
    }
    withExtendedLifetime(product) {}
  }

  private func masked(_ g: Source, _ signs: Source, _ activation: Int, planes: Int) -> FloatBuffer {
    let table = Processor.table, pixels = height * width, signSize = SignBitmap(rows: 1, width: pixels).planeSize
    let masked = FloatBuffer(count: planes * pixels * 16)
    Workers.current.run(planes) { plane, _ in
      let o = plane * pixels * 16
      table.convolution.mask(g + o, signs + plane * signSize, masked.base + o, pixels, activation)
    }
    return masked
  }

  /// The gradient of `run` on the same weights: `gx = convᵀ(gy · maskActivation')`, by the signs `mask`.
  func runTransposed(_ gy: Source, mask: Source?, maskActivation: Int, into gx: Target, batch: Int) {
    let table = Processor.table, workers = Workers.current
    let pixels = height * width, planeSize = pixels * 16, taps = kernel * kernel
    let inputBlocks = blockCount(inputs), outputBlocks = blockCount(outputs), rows = taps * inputBlocks
    let product = mask.map { masked(gy, $0, maskActivation, planes: batch * outputBlocks) }
    let g = product.map { Source($0.base) } ?? gy
    // Sixteen pixels at once; an image begins with a new sixteen.
    let parts = (pixels + 15) / 16, maps = WeightPanels(depth: outputBlocks * 16, outputs: batch * parts * 16)
    let turned = FloatBuffer(count: maps.count)
    workers.run(batch * outputBlocks) { plane, _ in
      for part in 0..<parts {
        let at = plane / outputBlocks * parts + part, panel = at / maps.panelBlocks
        table.matrix.turnTiles(
          g + plane * planeSize + part * 256, min(16, pixels - part * 16),
          turned.base + maps.offset(of: panel, row: plane % outputBlocks * 16), maps.blocks(in: panel),
          at % maps.panelBlocks)
      }
    }
    let n = batch * parts * 16, columns = FloatBuffer(count: rows * n * 16)
    let panels = panels, w = UnsafePointer(weights.base)
    let group = 4, groups = (rows + group - 1) / group
    let sumsSize = group * 16 * 64, sums = FloatBuffer(count: workers.threads * sumsSize)
    workers.run(groups) { piece, worker in
      let first = piece * group, blocks = min(group, rows - first)
      for panel in 0..<maps.panels {
        TurnedPanelCall(
          channels: blocks * 16, b: w, firstChannel: first * 16, depth: panels.depth, blocks: outputBlocks,
          g: turned.base + maps.offset(of: panel), parts: maps.blocks(in: panel), sums: sums.base + worker * sumsSize,
          c: columns.base + (first * n + panel * maps.panelBlocks * 16) * 16, cStride: n * 16
        ).run(table.matrix.turnedPanel)
      }
    }
    let height = height, width = width, kernel = kernel, pad = kernel / 2
    workers.run(batch * inputBlocks) { plane, _ in
      let image = plane / inputBlocks, block = plane % inputBlocks, target = gx + plane * planeSize
      target.update(repeating: 0, count: planeSize)
      for tap in 0..<taps {
        table.convolution.scatter(
          columns.base + ((tap * inputBlocks + block) * n + image * parts * 16) * 16, height, width, tap / kernel - pad,
          tap % kernel - pad, target)
      }
    }
    withExtendedLifetime((product, turned, columns, sums, weights)) {}
  }

  private func gather(
    _ table: KernelTable, _ x: Source, _ row: Int, _ first: Int, _ count: Int, _ into: Target
  ) {
    let inputBlocks = blockCount(inputs), tap = row / inputBlocks, pad = kernel / 2
    GatherCall(
      plane: x + row % inputBlocks * height * width * 16, height: height, width: width, dy: tap / kernel - pad,
      dx: tap % kernel - pad, first: first, count: count, target: into
    ).run(table.convolution.gather)
  }

  /// Few pixels: each piece owns a panel of outputs and reads its weights once; with few panels, some of the pixels.
  private func runSmall(_ x: Source, bias: Source?, activation: Int, into y: Target, adds: Bool, batch: Int) {
    let table = Processor.table, workers = Workers.current
    let pixels = height * width, rows = kernel * kernel * blockCount(inputs), outputBlocks = blockCount(outputs)
    let imageSize = blockCount(inputs) * pixels * 16, gatheredSize = rows * pixels * 16
    var a = x
    var gathered: FloatBuffer?
    if kernel > 1 {
      let buffer = FloatBuffer(count: batch * gatheredSize)
      workers.run(batch * kernel * kernel) { piece, _ in
        let image = piece / (kernel * kernel), tap = piece % (kernel * kernel), inputBlocks = blockCount(inputs)
        for row in tap * inputBlocks..<(tap + 1) * inputBlocks {
          gather(table, x + image * imageSize, row, 0, pixels, buffer.base + image * gatheredSize + row * pixels * 16)
        }
      }
      a = UnsafePointer(buffer.base)
      gathered = buffer
    }
    let panels = panels, w = UnsafePointer(weights.base)
    let multiply = sumsInDouble ? table.matrix.doublePanel : table.matrix.panel
    let runs = WorkPartition(pixels, most: pixels, least: panels.panels < 4 ? 8 : pixels)
    workers.run(panels.panels * runs.count) { piece, worker in
      let panel = piece / runs.count, run = runs[piece % runs.count]
      let blocks = panels.blocks(in: panel), first = panel * panels.panelBlocks
      var q = 0
      while q < rows {
        let n = min(chunkBlocks, rows - q)
        // Then this panel's next rows, or the panel that this thread takes next, most likely.
        let following = q + n < rows ? panel : workers.piece(after: panel, of: worker), row = q + n < rows ? q + n : 0
        let isAhead = runs.count == 1 && 0..<panels.panels ~= following
        let ahead = isAhead ? w + panels.offset(of: following, row: row * 16) : nil
        for image in 0..<batch {
          PanelCall(
            rows: run.count, depth: n * 16, a: a + image * gatheredSize + (q * pixels + run.lowerBound) * 16,
            aStride: pixels * 16, b: w + panels.offset(of: panel, row: q * 16), blocks: blocks,
            c: y + ((image * outputBlocks + first) * pixels + run.lowerBound) * 16, cStride: pixels * 16,
            adds: adds || q > 0, ahead: ahead
          ).run(multiply)
        }
        q += n
      }
      if bias != nil || activation != 0 {
        for image in 0..<batch {
          for block in first..<first + blocks {
            table.convolution.finish(
              y + ((image * outputBlocks + block) * pixels + run.lowerBound) * 16, run.count,
              bias.map { $0 + block * 16 }, activation, nil)
          }
        }
      }
    }
    withExtendedLifetime((gathered, weights)) {}
  }

  /// Many pixels: each piece owns a run of them. Signs are for 1×1 kernels only.
  private func runLarge(
    _ x: Source, mask: Source?, _ maskActivation: Int, bias: Source?, activation: Int, into y: Target, adds: Bool,
    signs: Target?, batch: Int
  ) {
    let table = Processor.table, workers = Workers.current
    let pixels = height * width, rows = kernel * kernel * blockCount(inputs), outputBlocks = blockCount(outputs)
    let imageSize = blockCount(inputs) * pixels * 16
    // Whole words of signs.
    let runs = WorkPartition(pixels, length: min(Self.pixelsAtOnce, ((pixels + 3) / 4 + 31) / 32 * 32))
    let signSize = SignBitmap(rows: 1, width: pixels).planeSize
    let scratchSize = Self.pixelsAtOnce * chunkBlocks * 16
    let scratch = FloatBuffer(count: kernel > 1 || mask != nil ? workers.threads * scratchSize : 0)
    let panels = panels, w = UnsafePointer(weights.base)
    let multiply = sumsInDouble ? table.matrix.doublePanel : table.matrix.panel
    workers.run(batch * runs.count) { piece, worker in
      let image = piece / runs.count, run = runs[piece % runs.count], first = run.lowerBound, count = run.count
      let out = y + (image * outputBlocks * pixels + first) * 16
      var q = 0
      while q < rows {
        let n = min(chunkBlocks, rows - q)
        var a = x + image * imageSize + (q * pixels + first) * 16, aStride = pixels * 16
        if kernel > 1 || mask != nil {
          let buffer = scratch.base + worker * scratchSize
          for row in q..<q + n {
            let line = buffer + (row - q) * count * 16
            if let mask {
              let plane = image * blockCount(inputs) + row
              table.convolution.mask(
                x + (plane * pixels + first) * 16, mask + plane * signSize + first / 2, line, count, maskActivation)
            } else {
              gather(table, x + image * imageSize, row, first, count, line)
            }
          }
          a = UnsafePointer(buffer)
          aStride = count * 16
        }
        for panel in 0..<panels.panels {
          PanelCall(
            rows: count, depth: n * 16, a: a, aStride: aStride, b: w + panels.offset(of: panel, row: q * 16),
            blocks: panels.blocks(in: panel), c: out + panel * panels.panelBlocks * pixels * 16, cStride: pixels * 16,
            adds: adds || q > 0, ahead: panel + 1 < panels.panels ? w + panels.offset(of: panel + 1, row: q * 16) : nil
          ).run(multiply)
        }
        q += n
      }
      if bias != nil || activation != 0 {
        for block in 0..<outputBlocks {
          table.convolution.finish(
            out + block * pixels * 16, count, bias.map { $0 + block * 16 }, activation,
            signs.map { $0 + (image * outputBlocks + block) * signSize + first / 2 })
        }
      }
    }
    withExtendedLifetime((scratch, weights)) {}
  }
}
