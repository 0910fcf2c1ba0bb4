import KernelInterface

// Winograd F(4×4, 3×3) (Lavin and Gray 2016) at the points 0, ±3/4, ±3/2, ∞: a quarter of the rounding error of the
// usual 0, ±1, ±2, ∞ at the same number of operations, as exact as the direct sum. The weights' side is in
// `WinogradWeights.swift` and must use the same points.

/// Pixels to the right that are asked for ahead: the rows of a map are too far apart for the processor to foresee.
@inline(__always) private var ahead: Int { 10 }

/// Six registers.
typealias Six = InlineArray<6, V>

/// Bᵀ d in one dimension.
@inline(__always) private func inputTransform(_ d: Six) -> Six {
  let a2 = 0.5625 as Float, b2 = 2.25 as Float
  let p = fma(d[4], d[2], -b2), q = fma(d[3], d[1], -b2), r = fma(d[4], d[2], -a2), s = fma(d[3], d[1], -a2)
  return [
    fma(fma(d[4], d[2], -(a2 + b2)), d[0], a2 * b2), fma(p, q, 0.75), fma(p, q, -0.75), fma(r, s, 1.5),
    fma(r, s, -1.5), fma(fma(d[5], d[3], -(a2 + b2)), d[1], a2 * b2),
  ]
}

/// Aᵀ m in one dimension.
@inline(__always) private func outputTransform(_ m: Six) -> InlineArray<4, V> {
  let s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4]
  return [
    m[0] + s + t, fma(d * 0.75, e, 1.5), fma(s * 0.5625, t, 2.25), fma(fma(m[5], d, 0.421875), e, 3.375),
  ]
}

func winogradInput(
  _ x: Source, _ y: Source?, _ activation: Int, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int,
  _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  let change = changeOf(y, activation, factors), y = y ?? x, f = factors ?? x
  withStrip { strip in
    @inline(__always) func tiles<let change: Int>(_ type: InlineArray<change, V>.Type) {
      inputTiles(type, x, y, f, height, width, tilesPerRow, first, count, v, stride, strip)
    }
    switch change {
    case 0: tiles(InlineArray<0, V>.self)
    case 1: tiles(InlineArray<1, V>.self)
    case 2: tiles(InlineArray<2, V>.self)
    case 3: tiles(InlineArray<3, V>.self)
    default: tiles(InlineArray<4, V>.self)
    }
  }
}

/// A column at the upper or lower edge, zero outside, to six registers; `y` is like `x`, or the signs of the tile's column
/// `shift`, with those of its neighbors above and below `pitch` floats apart.
@inline(never)
private func edgeColumn<let change: Int>(
  _: InlineArray<change, V>.Type, _ x: Source, _ pitch: Int, _ y: Source, _ yPitch: Int, _ shift: Int, _ f: Source,
  _ part: Int, _ rows: Range<Int>, _ column: Target
) {
  let hasSigns = takesSigns(change)
  for i in 0..<6 {
    var d = V(repeating: 0)
    if rows.lowerBound <= i && i < rows.upperBound {
      let tile = (i &+ 3) / 4 &- 1, bit = UInt32(truncatingIfNeeded: 1 &<< ((i &+ 3) % 4 &* 4 &+ shift))
      d = changed(
        load(x, i &* pitch), y + (hasSigns ? tile : i) &* yPitch, change, bit, factor(0, change, f, part),
        factor(1, change, f, part), factor(2, change, f, part))
    }
    store(column, i &* lanes, d)
  }
}

@inline(__always) func loadSix(_ p: Source, _ offset: Int, _ stride: Int) -> Six {
  [
    load(p, offset), load(p, offset &+ stride), load(p, offset &+ 2 &* stride), load(p, offset &+ 3 &* stride),
    load(p, offset &+ 4 &* stride), load(p, offset &+ 5 &* stride),
  ]
}

/// Tiles side by side that are transformed together, and the columns that they cover: neighbors share two.
@inline(__always) private var stripTiles: Int { 8 }
@inline(__always) private var stripColumns: Int { 4 * 8 + 2 }

/// Room for the columns of a strip, and one more: 6 · (34 + 1) registers.
@inline(__always) private func withStrip(_ body: (Target) -> Void) { withRoom(InlineArray<210, Group>.self, body) }

/// First the columns of a strip of tiles, each once, then the rows of each tile.
///
/// A function of its own for each change: all in one, the compiler gives up inlining, and the loops contain calls.
@inline(never)
private func inputTiles<let change: Int>(
  _ type: InlineArray<change, V>.Type, _ x: Source, _ y: Source, _ factors: Source, _ height: Int, _ width: Int,
  _ tilesPerRow: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int, _ strip: Target
) {
  let pitch = width &* 16
  var t = 0
  while t < count {
    let row = (first &+ t) / tilesPerRow, column = (first &+ t) % tilesPerRow
    let tiles = min(count &- t, tilesPerRow &- column, stripTiles)
    let top = row &* 4 &- 1, left = column &* 4 &- 1, isInside = top >= 0 && top &+ 6 <= height
    let rows = max(0, 0 &- top)..<min(6, height &- top), edge = strip + 6 &* stripColumns &* lanes
    forEachPart { part in
      let f0 = factor(0, change, factors, part), f1 = factor(1, change, factors, part), f2 = factor(2, change, factors, part)
      for c in 0..<4 &* tiles &+ 2 {
        let o = top &* pitch &+ (left &+ c) &* 16 &+ part
        var d = Six(repeating: V(repeating: 0))
        if left &+ c >= 0 && left &+ c < width {
          let hasSigns = takesSigns(change), shift = (left &+ c) & 3
          let at = hasSigns ? (row &* tilesPerRow &+ (left &+ c) &>> 2) &* 16 &+ part : o
          if !isInside {
            edgeColumn(
              type, x + o, pitch, y + at, hasSigns ? tilesPerRow &* 16 : pitch, shift, factors, part, rows, edge)
            d = loadSix(edge, 0, lanes)
          } else {
            d = loadSix(x, o, pitch)
            if hasSigns || change == 4 { for i in 0..<6 { prefetch(x, o &+ i &* pitch &+ ahead &* 16) } }
            if hasSigns {
              let right = Words(repeating: UInt32(truncatingIfNeeded: shift)), line = tilesPerRow &* 16
              let upper = loadWords(y, at &- line) &>> right, lower = loadWords(y, at &+ line) &>> right
              let own = loadWords(y, at) &>> right
              let words = [upper, own, own, own, own, lower] as InlineArray<6, Words>
              let bits = [1 << 12, 1, 1 << 4, 1 << 8, 1 << 12, 1] as InlineArray<6, UInt32>
              for i in 0..<6 { d[i] = masked(d[i], words[i], bits[i], change == 1 ? 1 : 2) }
            }
            if change == 4 {
              for i in 0..<6 { prefetch(y, o &+ i &* pitch &+ ahead &* 16) }
              let e = loadSix(y, o, pitch)
              for i in 0..<6 { d[i] = masked(fma(fma(f2, f1, e[i]), f0, d[i]), e[i], 2) }
            }
            if change == 3 { for i in 0..<6 { d[i] = fma(f1, d[i], f0) } }
          }
        }
        let line = inputTransform(d)
        for i in 0..<6 { store(strip, (i &* stripColumns &+ c) &* lanes, line[i]) }
      }
      for i in 0..<6 {
        for k in 0..<tiles {
          let line = inputTransform(loadSix(strip, (i &* stripColumns &+ 4 &* k) &* lanes, lanes))
          let o = (t &+ k) &* 16 &+ part
          for j in 0..<6 { store(v, (i &* 6 &+ j) &* stride &+ o, line[j]) }
        }
      }
    }
    t &+= tiles
  }
}

func winogradOutput(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ bias: Source?, _ activation: Int, _ signs: Target?
) {
  withScratch { half in
    switch activation {
    case 0: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 0, signs, half)
    case 1: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 1, signs, half)
    default: outputTiles(m, stride, y, height, width, tilesPerRow, first, count, bias, 2, signs, half)
    }
  }
}

@inline(__always)
private func outputTiles(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ bias: Source?, _ activation: Int, _ signs: Target?, _ half: Target
) {
  var row = first / tilesPerRow, column = first &- row &* tilesPerRow
  for t in 0..<count {
    let rows = min(4, height &- row &* 4), columns = min(4, width &- column &* 4)
    let at = (row &* 4 &* width &+ column &* 4) &* 16
    forEachPart { part in
      var b = V(repeating: 0)
      if let bias { b = load(bias, part) }
      for i in 0..<6 {
        let line = outputTransform(loadSix(m, i &* 6 &* stride &+ t &* 16 &+ part, stride))
        for j in 0..<4 { store(half, (j &* 6 &+ i) &* lanes, line[j]) }
      }
      // A column's bits come in at the left of each four.
      var words = Words(repeating: 0)
      let bits = [1 << 3, 1 << 7, 1 << 11, 1 << 15] as InlineArray<4, UInt32>
      @inline(__always) func finish(_ v: V, _ i: Int, _ j: Int) {
        let v = activated(v + b, activation)
        store(y, at &+ (i &* width &+ j) &* 16 &+ part, v)
        if activation != 0 { words = signed(words, v, Words(repeating: bits[i])) }
      }
      for j in 0..<columns {
        let line = outputTransform(loadSix(half, j &* 6 &* lanes, lanes))
        words = words &>> Words(repeating: 1)
        if rows == 4 {
          for i in 0..<4 { finish(line[i], i, j) }
        } else {
          for i in 0..<rows { finish(line[i], i, j) }
        }
      }
      if columns < 4 { words = words &>> Words(repeating: UInt32(truncatingIfNeeded: 4 &- columns)) }
      if activation != 0, let signs { storeWords(signs, (first &+ t) &* 16 &+ part, words) }
    }
    column &+= 1
    if column == tilesPerRow { column = 0; row &+= 1 }
  }
}
