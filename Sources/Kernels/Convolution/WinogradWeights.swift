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
    let workers = Workers.current, turn = Processor.table.matrix.turn
    // `[input][tap][output]` of sixteen inputs.
    let square = 16 * 9 * 16, scratchSize = square + w.scratchSize
    let scratch = FloatBuffer(count: workers.threads * scratchSize)
    workers.run(panels.blocks) { block, worker in
      let taps = scratch.base + worker * scratchSize, outputs = min(16, w.outputs - block * 16)
      if outputs < 16 { taps.update(repeating: 0, count: square) }
      let source = w.block(block, scratch: taps + square)
      for first in stride(from: 0, to: w.inputs, by: 16) {
        let inputs = min(16, w.inputs - first), part = source + first * w.inputPitch
        if inputs == 16 && !w.isTransposed {
          // An output's taps of all inputs lie side by side.
          for i in 0..<9 { turn(part + i * 16, w.outputPitch, outputs, taps + i * 256, 16) }
        } else {
          for input in 0..<inputs {
            for lane in 0..<outputs {
              let kernel = part + input * w.inputPitch + lane * w.outputPitch
              for tap in 0..<9 { taps[(input * 9 + tap) * 16 + lane] = kernel[w.isTransposed ? 8 - tap : tap] }
            }
          }
        }
        for input in 0..<inputs {
          transform(taps + input * 144, packed.base + panels.index(first + input, block * 16), panels.count)
        }
      }
    }
    withExtendedLifetime((w, scratch)) {}
    return packed
  }
}
