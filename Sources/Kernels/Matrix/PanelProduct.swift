import KernelInterface

/// A product of row-major matrices by the micro-kernel of the convolutions: both are packed, and the result is unpacked, so
/// that it pays for depths of a dozen and more.
enum PanelProduct {
  static let leastDepth = 16
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
      let target = left.base + block * m * 16
      if aIsTransposed {
        turnColumns(a, rows: k, pitch: m, first: block * 16, count: m, target)
      } else {
        copyColumns(a, columns: k, rows: m, first: block * 16, target, pitch: 16)
      }
    }
    let panels = WeightPanels(depth: k, outputs: n), right = FloatBuffer(count: panels.count)
    workers.run(panels.blocks) { block, _ in
      let first = block * 16, target = right.base + panels.index(0, first)
      let pitch = k > 1 ? panels.index(1, first) - panels.index(0, first) : 16
      if bIsTransposed {
        turnColumns(b, rows: n, pitch: k, first: first, count: k, target, pitch)
      } else {
        copyColumns(b, columns: n, rows: k, first: first, target, pitch: pitch)
      }
    }
    let product = FloatBuffer(count: panels.blocks * m * 16), runs = WorkPartition(m, length: rowsAtOnce)
    workers.run(panels.panels * runs.count) { piece, _ in
      let index = piece / runs.count, run = runs[piece % runs.count]
      for start in stride(from: 0, to: k, by: depthAtOnce) {
        PanelCall(
          rows: run.count, depth: min(depthAtOnce, k - start), a: left.base + (start / 16 * m + run.lowerBound) * 16,
          aStride: m * 16, b: right.base + panels.offset(of: index, row: start), blocks: panels.blocks(in: index),
          c: product.base + (index * panels.panelBlocks * m + run.lowerBound) * 16, cStride: m * 16, adds: start > 0
        ).run(panel)
      }
    }
    workers.run(m) { row, _ in
      for block in 0..<panels.blocks {
        let source = product.base + (block * m + row) * 16, target = c + row * n + block * 16, count = min(16, n - block * 16)
        if adds {
          for lane in 0..<count { target[lane] += source[lane] }
        } else {
          target.update(from: source, count: count)
        }
      }
    }
    withExtendedLifetime((left, right, product)) {}
  }

  /// Sixteen columns from `first` on of a matrix of that many columns, filled up with zeros, to rows `pitch` apart.
  private static func copyColumns(_ x: Source, columns: Int, rows: Int, first: Int, _ y: Target, pitch: Int) {
    let count = min(16, columns - first)
    for row in 0..<rows {
      let target = y + row * pitch
      target.update(from: x + row * columns + first, count: count)
      if count < 16 { (target + count).update(repeating: 0, count: 16 - count) }
    }
  }

  /// Sixteen rows from `first` on of a matrix of that many rows, as columns: `count` of them, `columnPitch` apart. Missing
  /// rows become zero.
  private static func turnColumns(
    _ x: Source, rows: Int, pitch: Int, first: Int, count: Int, _ y: Target, _ columnPitch: Int = 16
  ) {
    let turn = Processor.table.matrix.turn, lines = min(16, rows - first), whole = count / 16 * 16
    for start in stride(from: 0, to: whole, by: 16) {
      turn(x + first * pitch + start, pitch, lines, y + start * columnPitch, columnPitch)
    }
    for column in whole..<count {
      for lane in 0..<16 { y[column * columnPitch + lane] = lane < lines ? x[(first + lane) * pitch + column] : 0 }
    }
  }
}
