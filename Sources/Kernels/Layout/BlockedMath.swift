import KernelInterface

/// Element by element operations on blocked maps. The two operands may be the same object as the result.
package enum BlockedMath {
  /// `c = a + b`.
  package static func add(_ a: FloatBuffer, _ b: FloatBuffer, into c: FloatBuffer) {
    precondition(a.count == b.count && b.count == c.count && a.count % 16 == 0, "the maps differ in size")
    let table = Processor.table, chunk = 1 << 15
    Workers.current.run((a.count + chunk - 1) / chunk) { piece, _ in
      let o = piece * chunk
      table.map.add(a.base + o, b.base + o, c.base + o, min(chunk, a.count - o))
    }
  }

  /// `out = g · activation'(y)`, where `y` is the activation's output.
  package static func gradient(
    _ g: FloatBuffer, output y: FloatBuffer, of activation: Activation, into out: FloatBuffer
  ) {
    precondition(g.count == y.count && y.count == out.count && g.count % 16 == 0, "the maps differ in size")
    let table = Processor.table, chunk = 1 << 15
    Workers.current.run((g.count + chunk - 1) / chunk) { piece, _ in
      let o = piece * chunk
      table.convolution.mask(g.base + o, y.base + o, out.base + o, min(chunk, g.count - o) / 16, activation.code)
    }
  }
}
