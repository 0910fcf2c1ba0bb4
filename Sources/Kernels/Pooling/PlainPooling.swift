/// Pooling with stride 2 of plain maps, 2×2 unless said otherwise; `planes` is batch times channels, `height` and `width`
/// are the input's, rounded down to even.
package enum PlainPooling {
  /// `y = x00 + x01 + x10 + x11`.
  package static func sum(_ x: FloatBuffer, planes: Int, height: Int, width: Int, into y: FloatBuffer) {
    let (h, w) = (height / 2, width / 2)
    precondition(x.count == planes * height * width && y.count == planes * h * w, "sizes differ")
    let (source, target) = (x.base, y.base)
    Workers.current.run(planes) { plane, _ in
      for r in 0..<h {
        let a = source + (plane * height + 2 * r) * width, b = a + width, t = target + (plane * h + r) * w
        for c in 0..<w { t[c] = (a[2 * c] + a[2 * c + 1]) + (b[2 * c] + b[2 * c + 1]) }
      }
    }
  }

  /// For each output the index, within its plane, of the first largest input in row-major order.
  package static func maximumIndices(_ x: FloatBuffer, planes: Int, height: Int, width: Int) -> [Int32] {
    let (h, w) = (height / 2, width / 2)
    precondition(x.count == planes * height * width, "sizes differ")
    let source = x.base
    var indices = [Int32](repeating: 0, count: planes * h * w)
    indices.withUnsafeMutableBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      Workers.current.run(planes) { plane, _ in
        let p = source + plane * height * width
        for r in 0..<h {
          for c in 0..<w {
            var best = 2 * r * width + 2 * c
            for candidate in [best + 1, best + width, best + width + 1] where p[candidate] > p[best] || p[candidate].isNaN {
              best = candidate
            }
            indices[(plane * h + r) * w + c] = Int32(best)
          }
        }
      }
    }
    return indices
  }

  /// The same for windows of `window` rows and columns, two apart. The last ones may reach past the map and take what there
  /// is: a side of n gives ⌈(n - window) / 2⌉ + 1.
  package static func maximumIndices(
    _ x: FloatBuffer, planes: Int, height: Int, width: Int, window: Int
  ) -> [Int32] {
    precondition(x.count == planes * height * width && window > 1 && min(height, width) >= window, "sizes differ")
    let (h, w) = ((height - window + 1) / 2 + 1, (width - window + 1) / 2 + 1)
    let source = x.base
    var indices = [Int32](repeating: 0, count: planes * h * w)
    indices.withUnsafeMutableBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      Workers.current.run(planes) { plane, _ in
        let p = source + plane * height * width
        for r in 0..<h {
          for c in 0..<w {
            var best = 2 * r * width + 2 * c
            for row in 2 * r..<min(height, 2 * r + window) {
              for candidate in row * width + 2 * c..<row * width + min(width, 2 * c + window)
              where p[candidate] > p[best] || p[candidate].isNaN {
                best = candidate
              }
            }
            indices[(plane * h + r) * w + c] = Int32(best)
          }
        }
      }
    }
    return indices
  }

  /// `y[plane, i] = x[plane, indices[plane, i]]`.
  package static func gather(_ x: FloatBuffer, _ indices: [Int32], planes: Int, into y: FloatBuffer) {
    precondition(y.count == indices.count && planes > 0, "sizes differ")
    let (n, m) = (x.count / planes, y.count / planes)
    let (source, target) = (x.base, y.base)
    indices.withUnsafeBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      Workers.current.run(planes) { plane, _ in
        for i in 0..<m { target[plane * m + i] = source[plane * n + Int(indices[plane * m + i])] }
      }
    }
  }

  /// `y[plane, indices[plane, i]] += x[plane, i]`, the rest 0.
  package static func scatter(_ x: FloatBuffer, _ indices: [Int32], planes: Int, into y: FloatBuffer) {
    precondition(x.count == indices.count && planes > 0, "sizes differ")
    let (n, m) = (y.count / planes, x.count / planes)
    let (source, target) = (x.base, y.base)
    indices.withUnsafeBufferPointer { indices in
      nonisolated(unsafe) let indices = indices
      Workers.current.run(planes) { plane, _ in
        (target + plane * n).update(repeating: 0, count: n)
        for i in 0..<m { target[plane * n + Int(indices[plane * m + i])] += source[plane * m + i] }
      }
    }
  }
}
