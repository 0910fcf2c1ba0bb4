/// Products of row-major matrices of any shape, for operations whose weights change.
package enum MatrixProduct {
  private static let rows = 4
  private static let columns = 16
  private static let depth = 512

  /// A matrix inside a buffer.
  package struct Operand {
    var buffer: FloatBuffer
    var start: Int
    var isTransposed: Bool

    package init(_ buffer: FloatBuffer, from start: Int = 0, transposed: Bool = false) {
      self.buffer = buffer
      self.start = start
      isTransposed = transposed
    }

    fileprivate func holds(_ elements: Int) -> Bool { start >= 0 && start + elements <= buffer.count }
    fileprivate var base: UnsafeMutablePointer<Float> { buffer.base + start }
  }

  /// `c = a · b`, or `c += a · b` with `adds`, where `a` is `[m, k]` (or `[k, m]` if transposed), `b` is `[k, n]`
  /// (or `[n, k]`) and `c` is `[m, n]`.
  package static func multiply(
    _ a: Operand, _ b: Operand, into c: FloatBuffer, from start: Int = 0, m: Int, n: Int, k: Int, adds: Bool = false
  ) {
    precondition(
      a.holds(m * k) && b.holds(k * n) && Operand(c, from: start).holds(m * n), "a matrix reaches past its buffer")
    if m == 0 || n == 0 { return }
    if k >= PanelProduct.leastDepth && m * n >= 256 {
      PanelProduct.multiply(
        a.base, isTransposed: a.isTransposed, b.base, isTransposed: b.isTransposed, into: c.base + start, m: m, n: n, k: k,
        adds: adds)
      withExtendedLifetime((a.buffer, b.buffer, c)) {}
      return
    }
    let packedA = a.isTransposed ? transpose(a.base, rows: k, columns: m) : nil
    let left = UnsafePointer(packedA?.base ?? a.base)
    let packedB = packColumns(b.base, n: n, k: k, isTransposed: b.isTransposed)
    let (right, target) = (UnsafePointer(packedB.base), c.base + start)
    let panels = (n + columns - 1) / columns
    let bands = (m + 63) / 64
    Workers.current.run(panels * bands) { index, _ in
      let panel = index % panels, band = index / panels
      var start = 0
      repeat {
        let length = min(depth, k - start)
        var row = band * 64
        let end = min(m, row + 64)
        while row < end {
          let height = min(rows, end - row)
          tile(
            left + row * k + start, k, height, right + (panel * k + start) * columns, length,
            target + row * n + panel * columns, n, min(columns, n - panel * columns), adds || start > 0)
          row += height
        }
        start += length
      } while start < k
    }
    withExtendedLifetime((packedA, packedB, a.buffer)) {}
  }

  @inline(__always)
  private static func tile(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ height: Int, _ b: UnsafePointer<Float>, _ k: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ width: Int, _ adds: Bool
  ) {
    var s0 = SIMD16<Float>.zero, s1 = s0, s2 = s0, s3 = s0
    let a1 = a + min(1, height - 1) * aStride, a2 = a + min(2, height - 1) * aStride, a3 = a + min(3, height - 1) * aStride
    for i in 0..<k {
      let v = UnsafeRawPointer(b + i * columns).loadUnaligned(as: SIMD16<Float>.self)
      s0 += a[i] * v
      s1 += a1[i] * v
      s2 += a2[i] * v
      s3 += a3[i] * v
    }
    store(s0, c, width, adds)
    if height > 1 { store(s1, c + cStride, width, adds) }
    if height > 2 { store(s2, c + 2 * cStride, width, adds) }
    if height > 3 { store(s3, c + 3 * cStride, width, adds) }
  }

  @inline(__always)
  private static func store(_ v: SIMD16<Float>, _ c: UnsafeMutablePointer<Float>, _ width: Int, _ adds: Bool) {
    for lane in 0..<width { c[lane] = adds ? c[lane] + v[lane] : v[lane] }
  }

  private static func packColumns(
    _ b: UnsafeMutablePointer<Float>, n: Int, k: Int, isTransposed: Bool
  ) -> FloatBuffer {
    let panels = (n + columns - 1) / columns
    let packed = FloatBuffer(count: panels * k * columns)
    let target = packed.base
    Workers.current.run(panels) { panel, _ in
      let first = panel * columns, width = min(columns, n - first)
      for i in 0..<k {
        let row = target + (panel * k + i) * columns
        for j in 0..<columns {
          row[j] = j >= width ? 0 : isTransposed ? b[(first + j) * k + i] : b[i * n + first + j]
        }
      }
    }
    return packed
  }

  private static func transpose(_ source: UnsafeMutablePointer<Float>, rows: Int, columns: Int) -> FloatBuffer {
    let y = FloatBuffer(count: rows * columns)
    let target = y.base
    Workers.current.run((columns + 15) / 16) { band, _ in
      for column in band * 16..<min(columns, band * 16 + 16) {
        for row in 0..<rows { target[column * rows + row] = source[row * columns + column] }
      }
    }
    return y
  }
}
