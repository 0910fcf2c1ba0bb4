/// The weights' side of Winograd F(4×4, 3×3) at the points 0, ±3/4, ±3/2, ∞, in Double.
///
/// The data's side is in the variant targets (`WinogradTransforms.swift`).
enum WinogradWeights {
  /// G g in one dimension.
  static func transform(_ g0: Double, _ g1: Double, _ g2: Double) -> InlineArray<6, Double> {
    let a = 0.75, b = 1.5, a2 = a * a, b2 = b * b
    let fa = 1 / (2 * a2 * (a2 - b2)), fb = 1 / (2 * b2 * (b2 - a2))
    return [
      g0 / (a2 * b2), fa * (g0 + a * g1 + a2 * g2), fa * (g0 - a * g1 + a2 * g2), fb * (g0 + b * g1 + b2 * g2),
      fb * (g0 - b * g1 + b2 * g2), g2,
    ]
  }

  /// `[36]` panels of `[inputs][outputs]`.
  static func pack(_ w: ConvolutionWeights, _ panels: WeightPanels) -> FloatBuffer {
    let packed = FloatBuffer(repeating: 0, count: 36 * panels.count)
    w.values.withUnsafeBufferPointer { values in
      let source = values.baseAddress!
      Workers.current.run(panels.blocks) { block, _ in
        for input in 0..<w.inputs {
          for output in block * 16..<min(w.outputs, block * 16 + 16) {
            let from = w.offset(output, input)
            var rows = InlineArray<3, InlineArray<6, Double>>(repeating: .init(repeating: 0))
            for x in 0..<3 {
              // Column x of the kernel, transformed along y.
              func tap(_ y: Int) -> Double {
                Double(source[from + (w.isTransposed ? 8 - (y * 3 + x) : y * 3 + x)])
              }
              rows[x] = transform(tap(0), tap(1), tap(2))
            }
            let to = panels.index(input, output)
            for i in 0..<6 {
              let line = transform(rows[0][i], rows[1][i], rows[2][i])
              for j in 0..<6 { packed.base[(i * 6 + j) * panels.count + to] = Float(line[j]) }
            }
          }
        }
      }
    }
    return packed
  }
}
