import KernelInterface

/// Nearest doubling and a 3×3 convolution, or its gradient, by nine products for each pixel of the small map; the formulas
/// are in `UpTransforms.swift`. For the smallest maps: its weights are a third of `UpTileConvolution`'s.
struct UpGridConvolution {
  private let isGradient: Bool
  private let inputChannels: Int
  private let outputChannels: Int
  private let height: Int
  private let width: Int
  private let panels: WeightPanels
  private let weights: FloatBuffer
  private let multiply: MatrixKernels.Panel

  init(_ w: UpKernel, isGradient: Bool, smallHeight: Int, smallWidth: Int) {
    self.isGradient = isGradient
    height = smallHeight
    width = smallWidth
    inputChannels = w.inputs
    outputChannels = w.outputs
    let sumsInDouble =
      !isGradient
      && ConvolutionAlgorithm.sumsInDouble(
        inputs: w.inputs, outputs: w.outputs, height: smallHeight, width: smallWidth)
    multiply = sumsInDouble ? Processor.table.matrix.doublePanel : Processor.table.matrix.panel
    panels = WeightPanels(depth: isGradient ? w.outputs : w.inputs, outputs: isGradient ? w.inputs : w.outputs)
    weights = w.packed(panels, isTransposed: isGradient, isTurned: false) { g0, g1, g2 -> InlineArray<3, Double> in
      [g0, g0 + g1 + g2, -g2]
    }
  }

  /// Which of the planes ee, es, se, ss product (row p, q or r; column p, q or r) reads, and where: r looks one further.
  private static func place(of product: Int) -> (plane: Int, dy: Int, dx: Int) {
    let row = product / 3, column = product % 3
    return ((row == 1 ? 2 : 0) + (column == 1 ? 1 : 0), row == 2 ? 1 : 0, column == 2 ? 1 : 0)
  }

  private var gridPitch: Int { (width + 1) * 16 }
  private var gridSize: Int { (height + 1) * gridPitch }
  private var planeSize: Int { height * width * 16 }
  private var inputBlocks: Int { blockCount(inputChannels) }
  private var outputBlocks: Int { blockCount(outputChannels) }

  /// From the small map to the large one, or of gradients from the large to the small.
  func run(_ x: Source, into y: Target, batch: Int) {
    for image in 0..<batch {
      let small = image * inputBlocks * planeSize, large = image * outputBlocks * planeSize * 4
      if isGradient {
        runGradient(x + large, into: y + small)
      } else {
        runForward(x + small, into: y + large)
      }
    }
    withExtendedLifetime(weights) {}
  }

  private func runForward(_ x: Source, into y: Target) {
    let table = Processor.table, workers = Workers.current
    let (height, width, inputBlocks) = (height, width, inputBlocks)
    let (gridPitch, gridSize, planeSize) = (gridPitch, gridSize, planeSize)
    let vStride = inputBlocks * gridSize + 16, mStride = outputBlocks * planeSize + 16
    let v = FloatBuffer(count: 4 * vStride), m = FloatBuffer(count: 9 * mStride)
    let lines = WorkPartition(height, most: height), grid = WorkPartition(height + 1, most: height + 1)
    workers.run(inputBlocks * grid.count) { piece, _ in
      let block = piece / grid.count, rows = grid[piece % grid.count]
      table.up.input(
        x + block * planeSize, height, width, rows.lowerBound, rows.count,
        v.base + block * gridSize + rows.lowerBound * gridPitch, vStride)
    }
    let panels = panels, w = UnsafePointer(weights.base)
    workers.run(9 * panels.panels) { piece, _ in
      let product = piece / panels.panels, panel = piece % panels.panels
      let (plane, dy, dx) = Self.place(of: product)
      for row in 0..<height {
        PanelCall(
          rows: width, depth: panels.depth, a: v.base + plane * vStride + (row + dy) * gridPitch + dx * 16, aStride: gridSize,
          b: w + product * panels.count + panels.offset(of: panel), blocks: panels.blocks(in: panel),
          c: m.base + product * mStride + panel * panels.panelBlocks * planeSize + row * width * 16, cStride: planeSize,
          adds: false
        ).run(multiply)
      }
    }
    workers.run(outputBlocks * lines.count) { piece, _ in
      let block = piece / lines.count, rows = lines[piece % lines.count]
      table.up.output(
        m.base + block * planeSize + rows.lowerBound * width * 16, mStride, width, rows.lowerBound, rows.count,
        y + block * planeSize * 4)
    }
    withExtendedLifetime((v, m)) {}
  }

  private func runGradient(_ gy: Source, into gx: Target) {
    let table = Processor.table, workers = Workers.current
    let (height, width, inputBlocks) = (height, width, inputBlocks)
    let (gridPitch, gridSize, planeSize) = (gridPitch, gridSize, planeSize)
    let vStride = inputBlocks * gridSize + 16, mStride = outputBlocks * planeSize + 16
    let v = FloatBuffer(count: 4 * vStride), m = FloatBuffer(count: 9 * mStride)
    let lines = WorkPartition(height, most: height)
    workers.run(outputBlocks * lines.count) { piece, _ in
      let block = piece / lines.count, rows = lines[piece % lines.count]
      table.up.gradientInput(
        gy + block * planeSize * 4, width, rows.lowerBound, rows.count,
        m.base + block * planeSize + rows.lowerBound * width * 16, mStride)
    }
    // Each piece owns a plane's panel of input channels, with few panels some of its rows: its products are added one
    // after another.
    let gridLines = WorkPartition(height + 1, most: height + 1, least: panels.panels < 4 ? 1 : height + 1)
    let panels = panels, w = UnsafePointer(weights.base)
    workers.run(4 * panels.panels * gridLines.count) { piece, _ in
      let rows = gridLines[piece % gridLines.count], panel = piece / gridLines.count % panels.panels
      let plane = piece / gridLines.count / panels.panels, blocks = panels.blocks(in: panel)
      let grid = v.base + plane * vStride + panel * panels.panelBlocks * gridSize
      for block in 0..<blocks where plane < 3 {
        (grid + block * gridSize + rows.lowerBound * gridPitch).update(repeating: 0, count: rows.count * gridPitch)
      }
      for product in 0..<9 where Self.place(of: product).plane == plane {
        let (_, dy, dx) = Self.place(of: product)
        for row in max(0, rows.lowerBound - dy)..<min(height, rows.upperBound - dy) {
          PanelCall(
            rows: width, depth: panels.depth, a: m.base + product * mStride + row * width * 16, aStride: planeSize,
            b: w + product * panels.count + panels.offset(of: panel), blocks: blocks,
            c: grid + (row + dy) * gridPitch + dx * 16, cStride: gridSize, adds: plane < 3
          ).run(multiply)
        }
      }
    }
    workers.run(inputBlocks * lines.count) { piece, _ in
      let block = piece / lines.count, rows = lines[piece % lines.count]
      table.up.gradientOutput(
        v.base + block * gridSize, vStride, height, width, rows.lowerBound, rows.count, gx + block * planeSize)
    }
    withExtendedLifetime((v, m)) {}
  }
}
