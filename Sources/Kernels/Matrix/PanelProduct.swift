import KernelInterface

/// A product of row-major matrices by the micro-kernel of the convolutions: both are packed, and the result is unpacked, so
/// that it pays for depths of some dozens.
enum PanelProduct {
  static let leastDepth = 64
  private static let rowsAtOnce = 96
  private static let depthAtOnce = 512

  /// `c = a · b`, or `c += a · b` with `adds`, where a is `[m, k]`, b is `[k, n]` and c is `[m, n]`; transposed ones lie as
  /// `[k, m]` and `[n, k]`.
  static func multiply(
    _ a: Source, isTransposed aIsTransposed: Bool, _ b: Source, isTransposed bIsTransposed: Bool, into c: Target, m: Int,
    n: Int, k: Int, adds: Bool
  ) {
    let workers = Workers.current, panel = Processor.table.matrix.panel
    let left = FloatBuffer(count: blockCount(k) * m * 16)
    workers.run(blockCount(k)) { block, _ in
      let target = left.base + block * m * 16, first = block * 16, count = min(16, k - first)
      for row in 0..<m {
        for lane in 0..<16 {
          let at = first + lane
          target[row * 16 + lane] = lane >= count ? 0 : aIsTransposed ? a[at * m + row] : a[row * k + at]
        }
      }
    }
    let panels = WeightPanels(depth: k, outputs: n), right = FloatBuffer(count: panels.count)
    workers.run(panels.blocks) { block, _ in
      let first = block * 16, count = min(16, n - first), pitch = panels.index(1, first) - panels.index(0, first)
      let target = right.base + panels.index(0, first)
      for i in 0..<k {
        for lane in 0..<16 {
          let at = first + lane
          target[i * pitch + lane] = lane >= count ? 0 : bIsTransposed ? b[at * k + i] : b[i * n + at]
        }
      }
    }
    let product = FloatBuffer(count: panels.blocks * m * 16), runs = Runs(m, length: rowsAtOnce)
    workers.run(panels.panels * runs.count) { piece, _ in
      let index = piece / runs.count, run = runs[piece % runs.count]
      for start in stride(from: 0, to: k, by: depthAtOnce) {
        panel(
          run.count, min(depthAtOnce, k - start), left.base + (start / 16 * m + run.lowerBound) * 16, m * 16,
          right.base + panels.offset(of: index, row: start), panels.blocks(in: index),
          product.base + (index * panels.panelBlocks * m + run.lowerBound) * 16, m * 16, start > 0, nil)
      }
    }
    workers.run(m) { row, _ in
      for block in 0..<panels.blocks {
        let source = product.base + (block * m + row) * 16, target = c + row * n + block * 16
        for lane in 0..<min(16, n - block * 16) { target[lane] = adds ? target[lane] + source[lane] : source[lane] }
      }
    }
    withExtendedLifetime((left, right, product)) {}
  }
}
