import KernelInterface

// Nearest doubling followed by three taps g, in one dimension, for two input pixels x0 and x1 and four outputs:
//   y0 = g0 x₋ + (g1+g2) x0    y1 = (g0+g1) x0 + g2 x1    y2 = g0 x0 + (g1+g2) x1    y3 = (g0+g1) x1 + g2 x2
// Five products instead of eight, with factors of one only (Toom-Cook at 0, 1, ±i, ∞; at -1 the doubled signal vanishes):
//   m0 = g0 (x₋ - x1)               y0 = m0 + m1 + ms
//   m1 = (g0+g1+g2)/2 · (x0 + x1)   y1 = m1 + me
//   ms = (g0-g1-g2)/2 · (x1 - x0)   y2 = m1 - ms
//   me = (g2-g0-g1)/2 · (x1 - x0)   y3 = m1 - me + mf
//   mf = g2 (x2 - x0)
// In two dimensions 25 products on 16 planes for 4 pixels. The gradient is the same with the roles turned: 25 planes of
// a 6×6 patch of the large map, 16 sums (ms and me are only needed added up), two outputs
//   gx0 = m0 + m1 + (ms + me)    gx1 = m1 - (ms + me) + mf
// on d0 - d4, d1 + d2 + d3 + d4, d4 - d2, d3 - d1, d5 - d1 with the kernel turned by half a turn.

private typealias Four = InlineArray<4, V>
private typealias Five = InlineArray<5, V>

@inline(__always) private func input(_ x: Four) -> Four { [x[0] - x[2], x[1] + x[2], x[2] - x[1], x[3] - x[1]] }

@inline(__always) private func output(_ m: Five) -> Four {
  [m[0] + (m[1] + m[2]), m[1] + m[3], m[1] - m[2], (m[1] - m[3]) + m[4]]
}

@inline(__always) private func gradientInput(_ d: Six) -> Five {
  [d[0] - d[4], (d[1] + d[2]) + (d[3] + d[4]), d[4] - d[2], d[3] - d[1], d[5] - d[1]]
}

@inline(__always) private func loadFour(_ p: Source, _ offset: Int, _ stride: Int) -> Four {
  [load(p, offset), load(p, offset &+ stride), load(p, offset &+ 2 &* stride), load(p, offset &+ 3 &* stride)]
}

@inline(__always) private func loadFive(_ p: Source, _ offset: Int, _ stride: Int) -> Five {
  [
    load(p, offset), load(p, offset &+ stride), load(p, offset &+ 2 &* stride), load(p, offset &+ 3 &* stride),
    load(p, offset &+ 4 &* stride),
  ]
}

func upTileInput(
  _ x: Source, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ v: Target, _ stride: Int
) {
  withScratch { half in
    if let factors {
      inputTiles(x, 3, factors, height, width, tilesPerRow, first, count, v, stride, half)
    } else {
      inputTiles(x, 0, x, height, width, tilesPerRow, first, count, v, stride, half)
    }
  }
}

@inline(__always)
private func inputTiles(
  _ x: Source, _ change: Int, _ factors: Source, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
  _ count: Int, _ v: Target, _ stride: Int, _ half: Target
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let top = row &* 2 &- 1, left = column &* 2 &- 1, at = (top &* width &+ left) &* 16
    let isInside = top >= 0 && left >= 0 && top &+ 4 <= height && left &+ 4 <= width
    forEachPart { part in
      let f0 = factor(0, change, factors, part), f1 = factor(1, change, factors, part)
      for i in 0..<4 {
        let o = at &+ i &* width &* 16 &+ part
        var line = Four(repeating: V(repeating: 0))
        if isInside {
          line = loadFour(x, o, 16)
          for j in 0..<4 { line[j] = change == 3 ? fma(f1, line[j], f0) : line[j] }
        } else if top &+ i >= 0 && top &+ i < height {
          for j in 0..<4 where left &+ j >= 0 && left &+ j < width {
            let value = load(x, o &+ j &* 16)
            line[j] = change == 3 ? fma(f1, value, f0) : value
          }
        }
        let four = input(line)
        for j in 0..<4 { store(half, (j &* 4 &+ i) &* lanes, four[j]) }
      }
      let o = t &* 16 &+ part
      for j in 0..<4 {
        let four = input(loadFour(half, j &* 4 &* lanes, lanes))
        for i in 0..<4 { store(v, (i &* 4 &+ j) &* stride &+ o, four[i]) }
      }
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}

func upTileOutput(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int
) {
  withScratch { half in
    var row = first / tilesPerRow, column = first &- row &* tilesPerRow
    for t in 0..<count {
      let rows = min(4, height &- row &* 4), columns = min(4, width &- column &* 4)
      let at = (row &* 4 &* width &+ column &* 4) &* 16
      forEachPart { part in
        for i in 0..<5 {
          let four = output(loadFive(m, i &* 5 &* stride &+ t &* 16 &+ part, stride))
          for j in 0..<4 { store(half, (j &* 5 &+ i) &* lanes, four[j]) }
        }
        for j in 0..<columns {
          let four = output(loadFive(half, j &* 5 &* lanes, lanes))
          let o = at &+ j &* 16 &+ part
          if rows == 4 {
            for i in 0..<4 { store(y, o &+ i &* width &* 16, four[i]) }
          } else {
            for i in 0..<4 where i < rows { store(y, o &+ i &* width &* 16, four[i]) }
          }
        }
      }
      column &+= 1
      if column == tilesPerRow { column = 0; row &+= 1 }
    }
  }
}

func upTileGradientInput(
  _ g: Source, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  withScratch { half in
    var row = first / tilesPerRow, column = first &- row &* tilesPerRow
    for t in 0..<count {
      let top = row &* 4 &- 1, left = column &* 4 &- 1, at = (top &* width &+ left) &* 16
      let isInside = top >= 0 && left >= 0 && top &+ 6 <= height && left &+ 6 <= width
      forEachPart { part in
        for i in 0..<6 {
          let o = at &+ i &* width &* 16 &+ part
          var line = Six(repeating: V(repeating: 0))
          if isInside {
            line = loadSix(g, o, 16)
          } else if top &+ i >= 0 && top &+ i < height {
            for j in 0..<6 where left &+ j >= 0 && left &+ j < width { line[j] = load(g, o &+ j &* 16) }
          }
          let five = gradientInput(line)
          for j in 0..<5 { store(half, (j &* 6 &+ i) &* lanes, five[j]) }
        }
        let o = t &* 16 &+ part
        for j in 0..<5 {
          let five = gradientInput(loadSix(half, j &* 6 &* lanes, lanes))
          for i in 0..<5 { store(v, (i &* 5 &+ j) &* stride &+ o, five[i]) }
        }
      }
      column &+= 1
      if column == tilesPerRow { column = 0; row &+= 1 }
    }
  }
}

func upTileGradientOutput(
  _ m: Source, _ stride: Int, _ gx: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let rows = min(2, height &- row &* 2), columns = min(2, width &- column &* 2)
    let at = (row &* 2 &* width &+ column &* 2) &* 16
    forEachPart { part in
      var left = Four(repeating: V(repeating: 0)), right = left
      for i in 0..<4 {
        let s = loadFour(m, i &* 4 &* stride &+ t &* 16 &+ part, stride)
        left[i] = s[0] + (s[1] + s[2])
        right[i] = (s[1] - s[2]) + s[3]
      }
      let o = at &+ part
      store(gx, o, left[0] + (left[1] + left[2]))
      if columns == 2 { store(gx, o &+ 16, right[0] + (right[1] + right[2])) }
      if rows == 2 {
        let below = o &+ width &* 16
        store(gx, below, (left[1] - left[2]) + left[3])
        if columns == 2 { store(gx, below &+ 16, (right[1] - right[2]) + right[3]) }
      }
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}

/// What the small map gives to the gradient of the weights: 1 → x0, x0 + x1, x0 - x1, x1 in each dimension, the adjoint of
/// `upTileGradientOutput`.
func upTileWeightInput(
  _ x: Source, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let isTall = row &* 2 &+ 1 < height, isWide = column &* 2 &+ 1 < width
    let at = (row &* 2 &* width &+ column &* 2) &* 16
    forEachPart { part in
      let zero = V(repeating: 0), o = at &+ part, below = o &+ width &* 16
      let a = load(x, o), b = isWide ? load(x, o &+ 16) : zero
      let c = isTall ? load(x, below) : zero, d = isTall && isWide ? load(x, below &+ 16) : zero
      let q = t &* 16 &+ part
      @inline(__always) func line(_ i: Int, _ left: V, _ right: V) {
        let p = q &+ i &* 4 &* stride
        store(v, p, left)
        store(v, p &+ stride, left + right)
        store(v, p &+ 2 &* stride, left - right)
        store(v, p &+ 3 &* stride, right)
      }
      line(0, a, b)
      line(1, a + c, b + d)
      line(2, a - c, b - d)
      line(3, c, d)
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}
