/// Doubling, thinning and blurring of plain maps; `planes` is batch times channels, sizes are the input's.
package enum PlainResampling {
  /// Each pixel becomes a square of four.
  package static func double(_ x: FloatBuffer, planes: Int, height: Int, width: Int, into y: FloatBuffer) {
    precondition(x.count == planes * height * width && y.count == 4 * x.count, "sizes differ")
    let (source, target) = (x.base, y.base)
    Workers.current.run(planes) { plane, _ in
      for r in 0..<height {
        let s = source + (plane * height + r) * width, t = target + (plane * height + r) * width * 4
        for c in 0..<width { t[2 * c] = s[c]; t[2 * c + 1] = s[c] }
        (t + 2 * width).update(from: t, count: 2 * width)
      }
    }
  }

  /// Each pixel becomes the upper left of a square whose other three are 0.
  package static func zeroInsertUpsample(_ x: FloatBuffer, planes: Int, height: Int, width: Int, into y: FloatBuffer) {
    precondition(x.count == planes * height * width && y.count == 4 * x.count, "sizes differ")
    let (source, target) = (x.base, y.base)
    Workers.current.run(planes) { plane, _ in
      for r in 0..<height {
        let s = source + (plane * height + r) * width, t = target + (plane * height + r) * width * 4
        for c in 0..<width { t[2 * c] = s[c]; t[2 * c + 1] = 0 }
        (t + 2 * width).update(repeating: 0, count: 2 * width)
      }
    }
  }

  /// Keeps the upper left of each square of four: the transpose of `zeroInsertUpsample`.
  package static func stride2Downsample(_ x: FloatBuffer, planes: Int, height: Int, width: Int, into y: FloatBuffer) {
    let (h, w) = (height / 2, width / 2)
    precondition(x.count == planes * height * width && y.count == planes * h * w, "sizes differ")
    let (source, target) = (x.base, y.base)
    Workers.current.run(planes) { plane, _ in
      for r in 0..<h {
        let s = source + (plane * height + 2 * r) * width, t = target + (plane * h + r) * w
        for c in 0..<w { t[c] = s[2 * c] }
      }
    }
  }

  /// The kernel [1 2 1] × [1 2 1] / 16 with zero padding. It is its own transpose.
  package static func blur(_ x: FloatBuffer, planes: Int, height: Int, width: Int, into y: FloatBuffer) {
    precondition(x.count == planes * height * width && y.count == x.count && x !== y, "sizes differ")
    let (source, target) = (x.base, y.base)
    Workers.current.run(planes) { plane, _ in
      let p = source + plane * height * width, q = target + plane * height * width
      for r in 0..<height {
        for c in 0..<width {
          func column(_ c: Int) -> Float {
            if c < 0 || c >= width { return 0 }
            let above = r > 0 ? p[(r - 1) * width + c] : 0
            let below = r + 1 < height ? p[(r + 1) * width + c] : 0
            return above + 2 * p[r * width + c] + below
          }
          q[r * width + c] = (column(c - 1) + 2 * column(c) + column(c + 1)) * 0.0625
        }
      }
    }
  }
}
