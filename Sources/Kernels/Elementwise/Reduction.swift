/// Sums in a fixed order: float within 4096 elements (in sixteen lanes), double across.
package enum Reduction {
  private static let piece = 4_096

  /// Sums each of `rows` runs of equal length; the result has a double per row.
  @inline(__always)
  private static func rows(
    _ rows: Int, of length: Int, _ element: (Int) -> Float, _ vector: (Int) -> SIMD16<Float>
  ) -> [Double] {
    let pieces = max(1, (length + piece - 1) / piece)
    var partial = [Double](repeating: 0, count: rows * pieces)
    partial.withUnsafeMutableBufferPointer { partial in
      nonisolated(unsafe) let partial = partial
      withoutActuallyEscaping(element) { element in
        withoutActuallyEscaping(vector) { vector in
          Workers.current.run(rows * pieces) { index, _ in
            let start = index / pieces * length + index % pieces * piece
            let end = min(start + piece, (index / pieces + 1) * length)
            var sums = SIMD16<Float>.zero
            var i = start
            while i + 16 <= end { sums += vector(i); i += 16 }
            var sum = 0.0
            for lane in 0..<16 { sum += Double(sums[lane]) }
            while i < end { sum += Double(element(i)); i += 1 }
            partial[index] = sum
          }
        }
      }
    }
    return (0..<rows).map { row in partial[row * pieces..<(row + 1) * pieces].reduce(0, +) }
  }

  @inline(__always)
  private static func load(_ p: UnsafeMutablePointer<Float>, _ i: Int) -> SIMD16<Float> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD16<Float>.self)
  }

  /// The sum of each of `rows` runs of equal length.
  package static func sums(_ x: FloatBuffer, rows count: Int) -> [Double] {
    precondition(count > 0 && x.count % count == 0, "\(x.count) floats in \(count) rows")
    let p = x.base
    return rows(count, of: x.count / count, { p[$0] }, { load(p, $0) })
  }

  /// The sum of `x^2` over each of `rows` runs of equal length.
  package static func squares(_ x: FloatBuffer, rows count: Int) -> [Double] {
    precondition(count > 0 && x.count % count == 0, "\(x.count) floats in \(count) rows")
    let p = x.base
    return rows(count, of: x.count / count, { p[$0] * p[$0] }, { let v = load(p, $0); return v * v })
  }

  /// The sum of `(a - b)^2` over each of `rows` runs of equal length.
  package static func squaredDifferences(_ a: FloatBuffer, _ b: FloatBuffer, rows count: Int) -> [Double] {
    precondition(a.count == b.count && count > 0 && a.count % count == 0, "buffers of \(a.count) and \(b.count) floats")
    let (p, q) = (a.base, b.base)
    return rows(
      count, of: a.count / count,
      { let d = p[$0] - q[$0]; return d * d },
      { let d = load(p, $0) - load(q, $0); return d * d })
  }

  /// Sums over an axis in the middle: `[outer, axis, inner]` to `[outer, inner]`, in double.
  package static func sumAxis(_ x: FloatBuffer, outer: Int, axis: Int, inner: Int, into y: FloatBuffer) {
    precondition(x.count == outer * axis * inner && y.count == outer * inner, "sizes differ")
    let (p, q) = (x.base, y.base)
    if inner == 1 {
      let sums = sums(x, rows: outer)
      for i in 0..<outer { q[i] = Float(sums[i]) }
      return
    }
    Workers.current.run(outer) { o, _ in
      for i in 0..<inner {
        var sum = 0.0
        for a in 0..<axis { sum += Double(p[(o * axis + a) * inner + i]) }
        q[o * inner + i] = Float(sum)
      }
    }
  }

  /// Repeats along an axis in the middle: `[outer, inner]` to `[outer, axis, inner]`.
  package static func repeatAxis(_ x: FloatBuffer, outer: Int, axis: Int, inner: Int, into y: FloatBuffer) {
    precondition(y.count == outer * axis * inner && x.count == outer * inner, "sizes differ")
    let (p, q) = (x.base, y.base)
    Workers.current.run(outer) { o, _ in
      for a in 0..<axis {
        let target = q + (o * axis + a) * inner
        if inner == 1 { target[0] = p[o] } else { target.update(from: p + o * inner, count: inner) }
      }
    }
  }
}
