import KernelInterface

/// The generator's up layer: twice the height and width, then the blur [1 2 1] ⊗ [1 2 1] / 16 with zeros around.
///
/// Both kinds are the same operator, nearest doubling followed by a 3×3 convolution, and take nine products for each
/// input pixel and pair of channels instead of 36 (or 16 for a 4×4 kernel); see `UpTransforms.swift`.
package final class FrozenUpConvolution: Sendable {
  package enum Kind: Sendable {
    /// Nearest doubling, then a 3×3 convolution: `[outputs][inputs][3][3]`, scale folded in.
    case unfused(weights: [Float])
    /// Transposed 4×4 convolution, stride 2, whose kernel is the sum of a 3×3 kernel shifted to the four corners:
    /// `[3][3][inputs][outputs]`, scale folded in.
    case fused(weights: [Float])
  }

  package let outputChannels: Int
  package let inputChannels: Int
  package let inputHeight: Int
  package let inputWidth: Int

  private let directions: FrozenDirections<Kind, UpWeights>

  package init(
    _ kind: Kind, outputChannels: Int, inputChannels: Int, inputHeight: Int, inputWidth: Int, preparesGradient: Bool
  ) {
    precondition(outputChannels > 0 && inputChannels > 0 && inputHeight > 0 && inputWidth > 0, "a dimension is empty")
    switch kind {
    case .unfused(let weights), .fused(let weights):
      precondition(weights.count == 9 * outputChannels * inputChannels, "the weights do not fit the channel counts")
    }
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    directions = FrozenDirections(
      kind, preparesGradient: preparesGradient,
      forward: { UpWeights($0, outputs: outputChannels, inputs: inputChannels, isTransposed: false) },
      backward: { UpWeights($0, outputs: outputChannels, inputs: inputChannels, isTransposed: true) })
  }

  package func inputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: inputChannels, height: inputHeight, width: inputWidth)
  }

  package func outputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputChannels, height: 2 * inputHeight, width: 2 * inputWidth)
  }

  private var gridPitch: Int { (inputWidth + 1) * 16 }
  private var gridSize: Int { (inputHeight + 1) * gridPitch }
  private var planeSize: Int { inputHeight * inputWidth * 16 }

  /// `y = blur(up(x))`.
  package func forward(_ x: FloatBuffer, into y: FloatBuffer, batch: Int) {
    precondition(x.count >= inputShape(batch: batch).count, "the input is too small")
    precondition(y.count >= outputShape(batch: batch).count, "the output is too small")
    let weights = directions.forward
    for image in 0..<batch { forward(x, y, weights, image) }
  }

  private func forward(_ x: FloatBuffer, _ y: FloatBuffer, _ weights: UpWeights, _ image: Int) {
    let table = Processor.table, workers = Workers.current
    let (height, width) = (inputHeight, inputWidth)
    let inputBlocks = blockCount(inputChannels), outputBlocks = blockCount(outputChannels)
    let (gridPitch, gridSize, planeSize) = (gridPitch, gridSize, planeSize)
    let source = UnsafePointer(x.base) + image * inputBlocks * planeSize
    let target = y.base + image * outputBlocks * planeSize * 4
    let vStride = inputBlocks * gridSize + 16, mStride = outputBlocks * planeSize + 16
    let v = FloatBuffer(count: 4 * vStride), m = FloatBuffer(count: 9 * mStride)
    let doubled = FloatBuffer(count: outputBlocks * planeSize * 4)
    workers.run(inputBlocks) { block, _ in
      table.up.input(
        source + block * planeSize, height, width, 0, height + 1, v.base + block * gridSize, vStride)
    }
    let panels = weights.panels, w = UnsafePointer(weights.values.base)
    let strip = stripRows, strips = (height + strip - 1) / strip
    workers.run(9 * panels.panels * strips) { piece, _ in
      let product = piece / strips / panels.panels, panel = piece / strips % panels.panels
      let (plane, dy, dx) = UpWeights.place(of: product)
      for row in piece % strips * strip..<min(height, (piece % strips + 1) * strip) {
        table.matrix.panel(
          width, panels.depth, v.base + plane * vStride + (row + dy) * gridPitch + dx * 16, gridSize,
          w + product * panels.count + panels.offset(of: panel), panels.blocks(in: panel),
          m.base + product * mStride + panel * panels.panelBlocks * planeSize + row * width * 16, planeSize, false)
      }
    }
    workers.run(outputBlocks * strips) { piece, _ in
      let block = piece / strips, first = piece % strips * strip, count = min(strip, height - first)
      table.up.output(
        m.base + block * planeSize + first * width * 16, mStride, width, first, count,
        doubled.base + block * planeSize * 4)
    }
    blur(UnsafePointer(doubled.base), into: target, strips, strip)
    withExtendedLifetime((x, v, m, doubled)) {}
  }

  /// Input rows of a piece of work.
  private var stripRows: Int { max(4, (inputHeight + 15) / 16) }

  private func blur(_ x: Source, into y: Target, _ strips: Int, _ strip: Int) {
    let table = Processor.table, size = planeSize * 4, height = 2 * inputHeight, width = 2 * inputWidth
    Workers.current.run(blockCount(outputChannels) * strips) { piece, _ in
      let block = piece / strips, first = piece % strips * strip * 2, count = min(strip * 2, height - first)
      table.up.blur(x + block * size, height, width, first, count, y + block * size)
    }
  }

  /// `gx = upᵀ(blur(gy))`; the blur is its own transpose.
  package func backward(_ gy: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    precondition(gx.count >= inputShape(batch: batch).count, "the input's gradient is too small")
    precondition(gy.count >= outputShape(batch: batch).count, "the output's gradient is too small")
    let weights = directions.backward
    for image in 0..<batch { backward(gy, gx, weights, image) }
  }

  private func backward(_ gy: FloatBuffer, _ gx: FloatBuffer, _ weights: UpWeights, _ image: Int) {
    let table = Processor.table, workers = Workers.current
    let (height, width) = (inputHeight, inputWidth)
    let inputBlocks = blockCount(inputChannels), outputBlocks = blockCount(outputChannels)
    let (gridPitch, gridSize, planeSize) = (gridPitch, gridSize, planeSize)
    let source = UnsafePointer(gy.base) + image * outputBlocks * planeSize * 4
    let target = gx.base + image * inputBlocks * planeSize
    let vStride = inputBlocks * gridSize + 16, mStride = outputBlocks * planeSize + 16
    let v = FloatBuffer(count: 4 * vStride), m = FloatBuffer(count: 9 * mStride)
    let blurred = FloatBuffer(count: outputBlocks * planeSize * 4)
    let strip = stripRows, strips = (height + strip - 1) / strip
    blur(source, into: blurred.base, strips, strip)
    workers.run(outputBlocks * strips) { piece, _ in
      let block = piece / strips, first = piece % strips * strip, count = min(strip, height - first)
      table.up.gradientInput(
        blurred.base + block * planeSize * 4, width, first, count,
        m.base + block * planeSize + first * width * 16, mStride)
    }
    // Each piece owns a plane's panel of input channels: its products are added one after another.
    let panels = weights.panels, w = UnsafePointer(weights.values.base)
    workers.run(4 * panels.panels) { piece, _ in
      let plane = piece / panels.panels, panel = piece % panels.panels, blocks = panels.blocks(in: panel)
      let grid = v.base + plane * vStride + panel * panels.panelBlocks * gridSize
      for block in 0..<blocks where plane < 3 { (grid + block * gridSize).update(repeating: 0, count: gridSize) }
      for product in 0..<9 where UpWeights.place(of: product).plane == plane {
        let (_, dy, dx) = UpWeights.place(of: product)
        for row in 0..<height {
          table.matrix.panel(
            width, panels.depth, m.base + product * mStride + row * width * 16, planeSize,
            w + product * panels.count + panels.offset(of: panel), blocks,
            grid + (row + dy) * gridPitch + dx * 16, gridSize, plane < 3)
        }
      }
    }
    workers.run(inputBlocks) { block, _ in
      table.up.gradientOutput(
        v.base + block * gridSize, vStride, height, width, 0, height, target + block * planeSize)
    }
    withExtendedLifetime((gy, v, m, blurred)) {}
  }
}

/// The nine weight matrices of an up layer, of one direction.
private struct UpWeights: @unchecked Sendable {
  let panels: WeightPanels
  let values: FloatBuffer

  /// Which of the planes ee, es, se, ss product (row p, q or r; column p, q or r) reads, and where: r looks one further.
  static func place(of product: Int) -> (plane: Int, dy: Int, dx: Int) {
    let row = product / 3, column = product % 3
    return ((row == 1 ? 2 : 0) + (column == 1 ? 1 : 0), row == 2 ? 1 : 0, column == 2 ? 1 : 0)
  }

  init(_ kind: FrozenUpConvolution.Kind, outputs: Int, inputs: Int, isTransposed: Bool) {
    panels = WeightPanels(depth: isTransposed ? outputs : inputs, outputs: isTransposed ? inputs : outputs)
    values = FloatBuffer(repeating: 0, count: 9 * panels.count)
    let (panels, values) = (panels, values)
    // p, q and r in one dimension: g0, g0 + g1 + g2 and -g2.
    func products(_ g0: Double, _ g1: Double, _ g2: Double) -> InlineArray<3, Double> { [g0, g0 + g1 + g2, -g2] }
    func fill(_ tap: (_ output: Int, _ input: Int, _ index: Int) -> Float) {
      Workers.current.run(panels.blocks) { block, _ in
        for b in block * 16..<min(isTransposed ? inputs : outputs, block * 16 + 16) {
          for a in 0..<panels.depth {
            let (output, input) = isTransposed ? (a, b) : (b, a)
            var columns = InlineArray<3, InlineArray<3, Double>>(repeating: .init(repeating: 0))
            for x in 0..<3 {
              columns[x] = products(
                Double(tap(output, input, x)), Double(tap(output, input, 3 + x)), Double(tap(output, input, 6 + x)))
            }
            let to = panels.index(a, b)
            for y in 0..<3 {
              let line = products(columns[0][y], columns[1][y], columns[2][y])
              for x in 0..<3 { values.base[(y * 3 + x) * panels.count + to] = Float(line[x]) }
            }
          }
        }
      }
    }
    switch kind {
    case .unfused(let weights):
      weights.withUnsafeBufferPointer { weights in
        let w = weights.baseAddress!
        fill { output, input, index in w[(output * inputs + input) * 9 + index] }
      }
    case .fused(let weights):
      // A transposed convolution scatters; seen from the output its kernel is turned by half a turn.
      weights.withUnsafeBufferPointer { weights in
        let w = weights.baseAddress!
        fill { output, input, index in w[((8 - index) * inputs + input) * outputs + output] }
      }
    }
  }
}
