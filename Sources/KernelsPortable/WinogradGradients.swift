import KernelInterface

// The adjoints of the transforms in `WinogradTransforms.swift`, for the gradient that reads the forward weights.

/// A g in one dimension: the adjoint of Aᵀ m.
@inline(__always) private func outputAdjoint(_ g: InlineArray<4, V>) -> Six {
  let e = fma(g[0], g[2], 0.5625), o = fma(g[1] * 0.75, g[3], 0.421875)
  let f = fma(g[0], g[2], 2.25), p = fma(g[1] * 1.5, g[3], 3.375)
  return [g[0], e + o, e - o, f + p, f - p, g[3]]
}

/// B v in one dimension: the adjoint of Bᵀ d.
@inline(__always) private func inputAdjoint(_ v: Six) -> Six {
  let a2 = 0.5625 as Float, b2 = 2.25 as Float
  let s = v[1] + v[2], d = (v[1] - v[2]) * 0.75, t = v[3] + v[4], e = (v[3] - v[4]) * 1.5
  return [
    v[0] * (a2 * b2), fma(fma(v[5] * (a2 * b2), d, -b2), e, -a2), fma(fma(v[0] * -(a2 + b2), s, -b2), t, -a2),
    fma(d + e, v[5], -(a2 + b2)), v[0] + s + t, v[5],
  ]
}

func winogradGradientInput(
  _ g: Source, _ y: Source?, _ activation: Int, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int,
  _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  let change = changeOf(y, activation, factors), output = y ?? g, f = factors ?? g
  withScratch { half in
    var row = first / tilesPerRow, column = first &- row &* tilesPerRow
    for t in 0..<count {
      let rows = min(4, height &- row &* 4), columns = min(4, width &- column &* 4)
      let at = (row &* 4 &* width &+ column &* 4) &* 16
      forEachPart { part in
        let f0 = factor(0, change, f, part), f1 = factor(1, change, f, part), f2 = factor(2, change, f, part)
        let hasSigns = takesSigns(change), signs = output + ((first &+ t) &* 16 &+ part)
        for i in 0..<4 {
          var line = InlineArray<4, V>(repeating: V(repeating: 0))
          if i < rows {
            for j in 0..<4 where j < columns {
              let o = at &+ (i &* width &+ j) &* 16 &+ part, bit = UInt32(truncatingIfNeeded: 1 &<< (4 &* i &+ j))
              line[j] = changed(load(g, o), hasSigns ? signs : output + o, change, bit, f0, f1, f2)
            }
          }
          let six = outputAdjoint(line)
          for j in 0..<6 { store(half, (j &* 4 &+ i) &* lanes, six[j]) }
        }
        let o = t &* 16 &+ part
        for j in 0..<6 {
          let p = j &* 4 &* lanes
          let six = outputAdjoint([
            load(half, p), load(half, p &+ lanes), load(half, p &+ 2 &* lanes), load(half, p &+ 3 &* lanes),
          ])
          for i in 0..<6 { store(v, (i &* 6 &+ j) &* stride &+ o, six[i]) }
        }
      }
      column &+= 1
      if column == tilesPerRow { column = 0; row &+= 1 }
    }
  }
}

func winogradGradientOutput(
  _ v: Source, _ stride: Int, _ gx: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ count: Int
) {
  zero(gx, height &* width)
  withScratch { half in
    var row = 0, column = 0
    for t in 0..<count {
      let top = row &* 4 &- 1, left = column &* 4 &- 1
      let rows = max(0, 0 &- top)..<min(6, height &- top), columns = max(0, 0 &- left)..<min(6, width &- left)
      forEachPart { part in
        for i in 0..<6 {
          let line = inputAdjoint(loadSix(v, i &* 6 &* stride &+ t &* 16 &+ part, stride))
          for j in 0..<6 { store(half, (j &* 6 &+ i) &* lanes, line[j]) }
        }
        for j in columns {
          let line = inputAdjoint(loadSix(half, j &* 6 &* lanes, lanes))
          for i in 0..<6 where rows.lowerBound <= i && i < rows.upperBound {
            let o = ((top &+ i) &* width &+ left &+ j) &* 16 &+ part
            store(gx, o, load(gx, o) + line[i])
          }
        }
      }
      column &+= 1
      if column == tilesPerRow { column = 0; row &+= 1 }
    }
  }
}
