import KernelInterface

/// The 3×3 kernel of an up layer of either kind, as it acts after nearest doubling.
struct UpKernel: Sendable {
  let kind: PackedUpConvolution.Kind
  let outputs: Int
  let inputs: Int

  /// Transforms the kernel in both dimensions by `transform` (three taps to `N` numbers, in double precision) and packs
  /// the `N · N` matrices one after another.
  ///
  /// - Parameters:
  ///   - isTransposed: inputs and outputs change places.
  ///   - isTurned: the kernel is turned by half a turn.
  func packed<let N: Int>(
    _ panels: WeightPanels, isTransposed: Bool, isTurned: Bool,
    _ transform: (_ g0: Double, _ g1: Double, _ g2: Double) -> InlineArray<N, Double>
  ) -> FloatBuffer {
    let packed = FloatBuffer(count: N * N * panels.count), workers = Workers.current
    let scratch = FloatBuffer(count: workers.threads * N * N * 16)
    let values: [Float], strides: (output: Int, input: Int, tap: Int), isFlipped: Bool
    switch kind {
    case .unfused(let weights):
      (values, strides, isFlipped) = (weights, (inputs * 9, 9, 1), isTurned)
    case .fused(let weights):
      // A transposed convolution scatters; seen from the output its kernel is turned by half a turn.
      (values, strides, isFlipped) = (weights, (1, outputs, inputs * outputs), !isTurned)
    }
    let columns = isTransposed ? inputs : outputs
    values.withUnsafeBufferPointer { values in
      let source = values.baseAddress!
      workers.run(panels.blocks) { block, worker in
        // Sixteen columns' lines together: each is written once, not number by number.
        let lines = scratch.base + worker * N * N * 16, first = block * 16, count = min(16, columns - first)
        if count < 16 { lines.update(repeating: 0, count: N * N * 16) }
        for a in 0..<panels.depth {
          for lane in 0..<count {
            let b = first + lane
            let from = source + (isTransposed ? a : b) * strides.output + (isTransposed ? b : a) * strides.input
            func tap(_ index: Int) -> Double { Double(from[(isFlipped ? 8 - index : index) * strides.tap]) }
            let left = transform(tap(0), tap(3), tap(6)), middle = transform(tap(1), tap(4), tap(7))
            let right = transform(tap(2), tap(5), tap(8))
            for y in 0..<N {
              let line = transform(left[y], middle[y], right[y])
              for x in 0..<N { lines[(y * N + x) * 16 + lane] = Float(line[x]) }
            }
          }
          let to = packed.base + panels.index(a, first)
          for i in 0..<N * N { (to + i * panels.count).update(from: lines + i * 16, count: 16) }
        }
      }
    }
    withExtendedLifetime(scratch) {}
    return packed
  }
}
