import KernelInterface

/// 2×2 pooling with stride 2 of blocked maps with even sides. `shape` is the larger map's.
package enum BlockedPooling {
  /// - Parameter other: added to `x` first, two rows at a time, so that the sum is never in memory.
  package static func averageForward(
    _ x: FloatBuffer, plus other: FloatBuffer? = nil, into y: FloatBuffer, _ shape: BlockedShape
  ) {
    check(large: x, small: y, shape)
    precondition(other == nil || other!.count >= shape.count, "the other map is too small")
    let table = Processor.table, pair = 2 * shape.width * 16
    let sums = FloatBuffer(count: other == nil ? 0 : Workers.current.threads * pair)
    forEachStrip(shape) { plane, first, count, worker in
      let x = x.base + plane * shape.pixels * 16, y = y.base + plane * shape.pixels * 4
      guard let other else { return table.map.average(x, shape.width, first, count, y) }
      let sum = sums.base + worker * pair, second = other.base + plane * shape.pixels * 16
      for row in first..<first + count {
        table.map.add(x + row * pair, second + row * pair, sum, pair)
        table.map.average(sum, shape.width, 0, 1, y + row * shape.width * 8)
      }
    }
    withExtendedLifetime((x, other, y, sums)) {}
  }

  package static func averageBackward(_ gy: FloatBuffer, into gx: FloatBuffer, _ shape: BlockedShape) {
    check(large: gx, small: gy, shape)
    let table = Processor.table
    forEachStrip(shape) { plane, first, count, _ in
      table.map.averageGradient(
        gy.base + plane * shape.pixels * 4, shape.width, first, count, gx.base + plane * shape.pixels * 16)
    }
  }

  /// - Parameter argument: as large as `y`; which of the four pixels won (0...3 in row-major order, the first of equals).
  package static func maximumForward(
    _ x: FloatBuffer, into y: FloatBuffer, argument: FloatBuffer, _ shape: BlockedShape
  ) {
    check(large: x, small: y, shape)
    precondition(argument.count >= shape.count / 4, "the argument map is too small")
    let table = Processor.table
    forEachStrip(shape) { plane, first, count, _ in
      let o = plane * shape.pixels * 4
      table.map.maximum(
        x.base + plane * shape.pixels * 16, shape.width, first, count, y.base + o, argument.base + o)
    }
  }

  package static func maximumBackward(
    _ gy: FloatBuffer, argument: FloatBuffer, into gx: FloatBuffer, _ shape: BlockedShape
  ) {
    check(large: gx, small: gy, shape)
    precondition(argument.count >= shape.count / 4, "the argument map is too small")
    let table = Processor.table
    forEachStrip(shape) { plane, first, count, _ in
      let o = plane * shape.pixels * 4
      table.map.maximumGradient(
        gy.base + o, argument.base + o, shape.width, first, count, gx.base + plane * shape.pixels * 16)
    }
  }

  /// Blurs by [1 2 1] ⊗ [1 2 1] / 16 with zeros around; `shape` is that of both maps.
  package static func blur(_ x: FloatBuffer, into y: FloatBuffer, _ shape: BlockedShape) {
    precondition(x.count >= shape.count && y.count >= shape.count && x !== y, "a buffer is too small, or the same")
    let table = Processor.table, size = shape.pixels * 16
    Workers.current.run(shape.planes) { plane, _ in
      table.up.blur(x.base + plane * size, shape.height, shape.width, 0, shape.height, y.base + plane * size)
    }
  }

  private static func check(large: FloatBuffer, small: FloatBuffer, _ shape: BlockedShape) {
    precondition(shape.height % 2 == 0 && shape.width % 2 == 0, "pooling needs even sides")
    precondition(large.count >= shape.count && small.count >= shape.count / 4, "a buffer is too small")
  }

  /// Calls `body` with a plane and a strip of its output rows.
  private static func forEachStrip(
    _ shape: BlockedShape, _ body: (_ plane: Int, _ first: Int, _ count: Int, _ worker: Int) -> Void
  ) {
    let strips = WorkPartition(shape.height / 2, length: 4096 / shape.width)
    Workers.current.run(shape.batch * shape.blocks * strips.count) { piece, worker in
      let rows = strips[piece % strips.count]
      body(piece / strips.count, rows.lowerBound, rows.count, worker)
    }
  }
}
