import KernelInterface

// Winograd F(4×4, 3×3) (Lavin and Gray 2016) at the points 0, ±3/4, ±3/2, ∞: a quarter of the rounding error of the
// usual 0, ±1, ±2, ∞ at the same number of operations, as exact as the direct sum. The weights' side is in
// `Kernels/Convolution/WinogradWeights.swift` and must use the same points.

/// Six registers.
private typealias Six = InlineArray<6, V>

/// Bᵀ d in one dimension.
@inline(__always)
private func inputTransform(_ d0: V, _ d1: V, _ d2: V, _ d3: V, _ d4: V, _ d5: V) -> Six {
  let a2 = 0.5625 as Float, b2 = 2.25 as Float
  let p = fma(d4, d2, -b2), q = fma(d3, d1, -b2), r = fma(d4, d2, -a2), s = fma(d3, d1, -a2)
  return [
    fma(fma(d4, d2, -(a2 + b2)), d0, a2 * b2), fma(p, q, 0.75), fma(p, q, -0.75), fma(r, s, 1.5), fma(r, s, -1.5),
    fma(fma(d5, d3, -(a2 + b2)), d1, a2 * b2),
  ]
}

/// Aᵀ m in one dimension.
@inline(__always)
private func outputTransform(_ m0: V, _ m1: V, _ m2: V, _ m3: V, _ m4: V, _ m5: V) -> InlineArray<4, V> {
  let s = m1 + m2, d = m1 - m2, t = m3 + m4, e = m3 - m4
  return [
    m0 + s + t, fma(d * 0.75, e, 1.5), fma(s * 0.5625, t, 2.25), fma(fma(m5, d, 0.421875), e, 3.375),
  ]
}

func winogradInput(
  _ x: Source, _ y: Source?, _ activation: Int, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
  _ count: Int, _ v: Target, _ stride: Int
) {
  if let y {
    if activation == 1 {
      inputTiles(x, y, 1, height, width, tilesPerRow, first, count, v, stride)
    } else {
      inputTiles(x, y, 2, height, width, tilesPerRow, first, count, v, stride)
    }
  } else {
    inputTiles(x, x, 0, height, width, tilesPerRow, first, count, v, stride)
  }
}

@inline(__always)
private func inputTiles(
  _ x: Source, _ y: Source, _ activation: Int, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
  _ count: Int, _ v: Target, _ stride: Int
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let top = row &* 4 &- 1, left = column &* 4 &- 1, at = (top &* width &+ left) &* 16
    let isInside = top >= 0 && left >= 0 && top &+ 6 <= height && left &+ 6 <= width
    forEachPart { part in
      // half[j][i]: horizontally transformed position j of row i.
      var half = InlineArray<6, Six>(repeating: Six(repeating: V(repeating: 0)))
      if isInside {
        for i in 0..<6 {
          let o = at &+ i &* width &* 16 &+ part
          let line = inputTransform(
            masked(load(x, o), load(y, o), activation), masked(load(x, o &+ 16), load(y, o &+ 16), activation),
            masked(load(x, o &+ 32), load(y, o &+ 32), activation),
            masked(load(x, o &+ 48), load(y, o &+ 48), activation),
            masked(load(x, o &+ 64), load(y, o &+ 64), activation),
            masked(load(x, o &+ 80), load(y, o &+ 80), activation))
          for j in 0..<6 { half[j][i] = line[j] }
        }
      } else {
        for i in 0..<6 {
          if top &+ i < 0 || top &+ i >= height { continue }
          let o = at &+ i &* width &* 16 &+ part
          var d = Six(repeating: V(repeating: 0))
          for j in 0..<6 where left &+ j >= 0 && left &+ j < width {
            d[j] = masked(load(x, o &+ j &* 16), load(y, o &+ j &* 16), activation)
          }
          let line = inputTransform(d[0], d[1], d[2], d[3], d[4], d[5])
          for j in 0..<6 { half[j][i] = line[j] }
        }
      }
      let o = t &* 16 &+ part
      for j in 0..<6 {
        let line = inputTransform(half[j][0], half[j][1], half[j][2], half[j][3], half[j][4], half[j][5])
        for i in 0..<6 { store(v, (i &* 6 &+ j) &* stride &+ o, line[i]) }
      }
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}

func winogradOutput(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ bias: Source?, _ activation: Int
) {
  switch activation {
  case 0: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 0)
  case 1: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 1)
  default: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 2)
  }
}

@inline(__always)
private func outputTiles(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ bias: Source?, _ activation: Int
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let rows = min(4, height &- row &* 4), columns = min(4, width &- column &* 4)
    let at = (row &* 4 &* width &+ column &* 4) &* 16
    forEachPart { part in
      var b = V(repeating: 0)
      if let bias { b = load(bias, part) }
      var half = InlineArray<4, Six>(repeating: Six(repeating: V(repeating: 0)))
      for i in 0..<6 {
        let o = i &* 6 &* stride &+ t &* 16 &+ part
        let line = outputTransform(
          load(m, o), load(m, o &+ stride), load(m, o &+ 2 &* stride), load(m, o &+ 3 &* stride),
          load(m, o &+ 4 &* stride), load(m, o &+ 5 &* stride))
        for j in 0..<4 { half[j][i] = line[j] }
      }
      for j in 0..<4 {
        let line = outputTransform(half[j][0], half[j][1], half[j][2], half[j][3], half[j][4], half[j][5])
        if rows == 4 && columns == 4 {
          for i in 0..<4 {
            store(y, at &+ (i &* width &+ j) &* 16 &+ part, activated(line[i] + b, activation))
          }
        } else if j < columns {
          for i in 0..<4 where i < rows {
            store(y, at &+ (i &* width &+ j) &* 16 &+ part, activated(line[i] + b, activation))
          }
        }
      }
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}
