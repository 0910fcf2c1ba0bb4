import KernelInterface

// Winograd F(2×2, 3×3) (Lavin and Gray 2016) for small maps: 16 products for four outputs of nine taps, and less than
// twice the weights. Its maps are too small for its transforms to matter. The weights' side is in `WinogradWeights.swift`.

private typealias Four = InlineArray<4, V>

/// Bᵀ d in one dimension.
@inline(__always) private func inputTransform(_ d: Four) -> Four { [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]] }

/// B v in one dimension.
@inline(__always) private func inputAdjoint(_ v: Four) -> Four {
  [v[0], v[1] - v[2] + v[3], v[1] + v[2] - v[0], V(repeating: 0) - v[3]]
}

/// Aᵀ m in one dimension; the last two are nothing.
@inline(__always) private func outputTransform(_ m: Four) -> Four {
  [m[0] + m[1] + m[2], m[1] - m[2] - m[3], V(repeating: 0), V(repeating: 0)]
}

/// A g in one dimension.
@inline(__always) private func outputAdjoint(_ g: Four) -> Four {
  [g[0], g[0] + g[1], g[0] - g[1], V(repeating: 0) - g[1]]
}

/// A transform in both dimensions, between what `read` gives and `write` takes at (i, j).
@inline(__always)
private func transform(_ line: (Four) -> Four, read: (_ i: Int, _ j: Int) -> V, write: (_ i: Int, _ j: Int, V) -> Void) {
  var columns = InlineArray<4, Four>(repeating: Four(repeating: V(repeating: 0)))
  for j in 0..<4 { columns[j] = line([read(0, j), read(1, j), read(2, j), read(3, j)]) }
  for i in 0..<4 {
    let row = line([columns[0][i], columns[1][i], columns[2][i], columns[3][i]])
    for j in 0..<4 { write(i, j, row[j]) }
  }
}

/// Calls `body` with the number, row and column of tiles `first ..< first + count`, register by register.
@inline(__always)
private func forEachTile(
  _ tilesPerRow: Int, _ first: Int, _ count: Int, _ body: (_ tile: Int, _ row: Int, _ column: Int, _ part: Int) -> Void
) {
  for t in 0..<count {
    let row = (first &+ t) / tilesPerRow, column = (first &+ t) % tilesPerRow
    forEachPart { part in body(t, row, column, part) }
  }
}

/// What lies at (row, column) of a plane, zero outside, changed as `WinogradKernels.Input` says.
@inline(__always)
private func value(
  _ x: Source, _ y: Source?, _ change: Int, _ factors: Source?, _ row: Int, _ column: Int, _ height: Int, _ width: Int,
  _ part: Int
) -> V {
  guard row >= 0 && row < height && column >= 0 && column < width else { return V(repeating: 0) }
  let o = (row &* width &+ column) &* 16 &+ part, hasSigns = takesSigns(change)
  let tile = (row / 2 &* ((width &+ 1) / 2) &+ column / 2) &* 16 &+ part
  return changed(
    load(x, o), (y ?? x) + (hasSigns ? tile : o), change, bit(row & 1, column & 1), factor(0, change, factors ?? x, part),
    factor(1, change, factors ?? x, part), factor(2, change, factors ?? x, part))
}

/// A pixel's bit in its tile's signs.
@inline(__always) private func bit(_ i: Int, _ j: Int) -> UInt32 { UInt32(truncatingIfNeeded: 1 &<< (2 &* i &+ j)) }

func smallWinogradInput(
  _ x: Source, _ y: Source?, _ activation: Int, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int,
  _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  let change = changeOf(y, activation, factors)
  forEachTile(tilesPerRow, first, count) { t, row, column, part in
    transform(
      inputTransform,
      read: { i, j in value(x, y, change, factors, 2 &* row &- 1 &+ i, 2 &* column &- 1 &+ j, height, width, part) },
      write: { i, j, a in store(v, (i &* 4 &+ j) &* stride &+ t &* 16 &+ part, a) })
  }
}

func smallWinogradOutput(
  _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
  _ bias: Source?, _ activation: Int, _ signs: Target?
) {
  forEachTile(tilesPerRow, first, count) { t, row, column, part in
    let b = bias.map { load($0, part) } ?? V(repeating: 0)
    var words = Words(repeating: 0)
    transform(
      outputTransform,
      read: { i, j in load(m, (i &* 4 &+ j) &* stride &+ t &* 16 &+ part) },
      write: { i, j, a in
        let r = 2 &* row &+ i, c = 2 &* column &+ j
        guard i < 2 && j < 2 && r < height && c < width else { return }
        let v = activated(a + b, activation)
        store(y, (r &* width &+ c) &* 16 &+ part, v)
        words = signed(words, v, Words(repeating: bit(i, j)))
      })
    if let signs { storeWords(signs, (first &+ t) &* 16 &+ part, words) }
  }
}

func smallWinogradGradientInput(
  _ g: Source, _ y: Source?, _ activation: Int, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int,
  _ first: Int, _ count: Int, _ v: Target, _ stride: Int
) {
  let change = changeOf(y, activation, factors)
  forEachTile(tilesPerRow, first, count) { t, row, column, part in
    transform(
      outputAdjoint,
      read: { i, j in
        i < 2 && j < 2
          ? value(g, y, change, factors, 2 &* row &+ i, 2 &* column &+ j, height, width, part) : V(repeating: 0)
      },
      write: { i, j, a in store(v, (i &* 4 &+ j) &* stride &+ t &* 16 &+ part, a) })
  }
}

func smallWinogradGradientOutput(
  _ v: Source, _ stride: Int, _ gx: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ count: Int
) {
  zero(gx, height &* width)
  forEachTile(tilesPerRow, 0, count) { t, row, column, part in
    transform(
      inputAdjoint,
      read: { i, j in load(v, (i &* 4 &+ j) &* stride &+ t &* 16 &+ part) },
      write: { i, j, a in
        let r = 2 &* row &- 1 &+ i, c = 2 &* column &- 1 &+ j
        guard r >= 0 && r < height && c >= 0 && c < width else { return }
        let o = (r &* width &+ c) &* 16 &+ part
        store(gx, o, load(gx, o) + a)
      })
  }
}
