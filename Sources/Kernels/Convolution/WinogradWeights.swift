import KernelInterface

/// Winograd's transformed weights: a matrix for each position of a tile.
enum WinogradWeights {
  /// - Parameter positions: of a tile, with `transform`'s matrices one after another.
  /// - Returns: panels of `[inputs][outputs]`.
  static func pack(
    _ w: ConvolutionWeights, _ panels: WeightPanels, positions: Int, _ transform: WinogradKernels.Weights
  ) -> FloatBuffer {
    let isPadded = w.outputs % 16 != 0
    let packed = isPadded
      ? FloatBuffer(repeating: 0, count: positions * panels.count) : FloatBuffer(count: positions * panels.count)
    let workers = Workers.current, scratch = FloatBuffer(repeating: 0, count: workers.threads * 9 * 16)
    w.values.withUnsafeBufferPointer { values in
      let source = values.baseAddress!
      workers.run(panels.blocks) { block, worker in
        // `[tap][output]` of one input.
        let taps = scratch.base + worker * 9 * 16, outputs = min(16, w.outputs - block * 16)
        if outputs < 16 { taps.update(repeating: 0, count: 9 * 16) }
        for input in 0..<w.inputs {
          for lane in 0..<outputs {
            let kernel = source + w.offset(block * 16 + lane, input)
            for tap in 0..<9 { taps[tap * 16 + lane] = kernel[w.isTransposed ? 8 - tap : tap] }
          }
          transform(taps, packed.base + panels.index(input, block * 16), panels.count)
        }
      }
    }
    withExtendedLifetime(scratch) {}
    return packed
  }
}
