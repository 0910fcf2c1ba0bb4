import KernelInterface

/// One register tile: `R` pixels × `N` registers of output, see `MatrixKernels.Panel`.
///
/// Asks for one cache line after another from `ahead` on, at every `every`th depth (a power of two), and returns the line
/// that comes next. With many channels it asks, too, for its pixels' next 16, or the next pixels' first: they lie a block
/// apart, too far for the processor to guess.
@inline(__always)
private func tile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, V>>.Type, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ c: Target,
  _ cStride: Int, _ add: Bool, _ ahead: Source?, _ every: Int
) -> Source {
  var sum = InlineArray<R, InlineArray<N, V>>(repeating: InlineArray<N, V>(repeating: .zero))
  if add {
    for r in 0..<R { for j in 0..<N { sum[r][j] = load(c, place(j, cStride) &+ r &* 16) } }
  }
  var a = a, b = b, left = depth
  let first = a, isDeep = R <= 8 && depth > 48, asks = ahead != nil, others = every &- 1
  var line = ahead ?? b
  while left > 0 {
    let end = min(left, 16), then = left > 16 ? a + aStride : first + R &* 16
    if isDeep { for r in 0..<R { prefetch(then, r &* 16) } }
    var k = 0
    while k < end {
      if asks && k & others == 0 {
        prefetchEarly(line, 0)
        line += 16
      }
      var w = InlineArray<N, V>(repeating: .zero)
      for j in 0..<N { w[j] = load(b, j &* lanes) }
      for r in 0..<R {
        let x = V(repeating: a[r &* 16 &+ k])
        for j in 0..<N { sum[r][j] = fma(sum[r][j], w[j], x) }
      }
      b += N &* lanes
      k &+= 1
    }
    a += aStride
    left &-= 16
  }
  for r in 0..<R { for j in 0..<N { store(c, place(j, cStride) &+ r &* 16, sum[r][j]) } }
  return line
}

/// Where register j of an output pixel lies: registers fill a block, then the next one.
@inline(__always) private func place(_ j: Int, _ cStride: Int) -> Int {
  j / groupRegisters &* cStride &+ j % groupRegisters &* lanes
}

/// All pixels of one panel with tiles of `R` pixels, then 4, 2, 1.
///
/// What lies `ahead` is asked for evenly: a core waits for about twelve lines at once, and these should leave some to the
/// weights of now, above all in the first tile, which finds them in no near cache.
@inline(__always)
private func sweep<let R: Int, let N: Int>(
  _ type: InlineArray<R, InlineArray<N, V>>.Type, _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source,
  _ c: Target, _ cStride: Int, _ add: Bool, _ ahead: Source?
) {
  let lines = max(1, N &* lanes / 16), tiles = (rows &+ R &- 1) / R, waits = tiles > lines
  var every = 1
  while every < 16 && 2 &* every &* lines <= (waits ? tiles &- 1 : tiles) { every &*= 2 }
  var r = 0, ahead = ahead
  let end = ahead.map { $0 + depth &* N &* lanes }
  @inline(__always) func asked() -> Source? { waits && r == 0 ? nil : ahead }
  @inline(__always) func advance(_ line: Source, by rows: Int) {
    if let end, asked() != nil { ahead = line < end ? line : nil }
    r &+= rows
  }
  while r &+ R <= rows {
    let line = tile(type, depth, a + r &* 16, aStride, b, c + r &* 16, cStride, add, asked(), every)
    advance(line, by: R)
  }
  while r &+ 4 <= rows {
    let type = InlineArray<4, InlineArray<N, V>>.self
    let line = tile(type, depth, a + r &* 16, aStride, b, c + r &* 16, cStride, add, asked(), every)
    advance(line, by: 4)
  }
  if r &+ 2 <= rows {
    let type = InlineArray<2, InlineArray<N, V>>.self
    let line = tile(type, depth, a + r &* 16, aStride, b, c + r &* 16, cStride, add, asked(), every)
    advance(line, by: 2)
  }
  if r < rows {
    let type = InlineArray<1, InlineArray<N, V>>.self
    _ = tile(type, depth, a + r &* 16, aStride, b, c + r &* 16, cStride, add, asked(), every)
  }
}

#if WIDE
@inline(__always) var panelBlocks: Int { 4 }

@inline(never) private func sweep4(
  _ rows: Int, _ depth: Int, _ a: Source, _ s: Int, _ b: Source, _ c: Target, _ t: Int, _ add: Bool, _ ahead: Source?
) { sweep(InlineArray<6, InlineArray<4, V>>.self, rows, depth, a, s, b, c, t, add, ahead) }
@inline(never) private func sweep3(
  _ rows: Int, _ depth: Int, _ a: Source, _ s: Int, _ b: Source, _ c: Target, _ t: Int, _ add: Bool, _ ahead: Source?
) { sweep(InlineArray<8, InlineArray<3, V>>.self, rows, depth, a, s, b, c, t, add, ahead) }
@inline(never) private func sweep2(
  _ rows: Int, _ depth: Int, _ a: Source, _ s: Int, _ b: Source, _ c: Target, _ t: Int, _ add: Bool, _ ahead: Source?
) { sweep(InlineArray<12, InlineArray<2, V>>.self, rows, depth, a, s, b, c, t, add, ahead) }
@inline(never) private func sweep1(
  _ rows: Int, _ depth: Int, _ a: Source, _ s: Int, _ b: Source, _ c: Target, _ t: Int, _ add: Bool, _ ahead: Source?
) { sweep(InlineArray<16, InlineArray<1, V>>.self, rows, depth, a, s, b, c, t, add, ahead) }

@inline(__always) private func sweep(
  _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
  _ add: Bool, _ ahead: Source?
) {
  switch blocks {
  case 4: sweep4(rows, depth, a, aStride, b, c, cStride, add, ahead)
  case 3: sweep3(rows, depth, a, aStride, b, c, cStride, add, ahead)
  case 2: sweep2(rows, depth, a, aStride, b, c, cStride, add, ahead)
  default: sweep1(rows, depth, a, aStride, b, c, cStride, add, ahead)
  }
}
#else
@inline(__always) var panelBlocks: Int { 1 }

// 12 sums + 2 weights + 1 pixel of 16 registers (AVX2); 8 + 4 + 1 and a product (SSE); 24 + 4 + 1 of 32 (NEON).
#if FMA && arch(x86_64)
private typealias MainTile = InlineArray<6, InlineArray<2, V>>
#elseif arch(arm64)
private typealias MainTile = InlineArray<6, InlineArray<4, V>>
#else
private typealias MainTile = InlineArray<2, InlineArray<4, V>>
#endif

@inline(__always) private func sweep(
  _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
  _ add: Bool, _ ahead: Source?
) {
  sweep(MainTile.self, rows, depth, a, aStride, b, c, cStride, add, ahead)
}
#endif

/// Depths of a panel, 16 KiB, that stay in the first level cache while all pixels are multiplied by them.
@inline(__always) private var depthAtOnce: Int { 256 / panelBlocks }

func panel(
  _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
  _ add: Bool, _ ahead: Source?
) {
  // One or two register tiles gain nothing by it.
  let most = rows > 12 ? depthAtOnce : depth
  var k = 0
  while k < depth {
    let size = min(most, depth &- k), weights = b + k &* blocks &* 16, next = k &+ size
    let soon = next < depth && ahead != nil ? b + next &* blocks &* 16 : ahead
    sweep(rows, size, a + k / 16 &* aStride, aStride, weights, blocks, c, cStride, add || k > 0, soon)
    k = next
  }
}

/// Pixels of a plain picture: few channels, many pixels.
@inline(__always)
private func plainTile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, V>>.Type, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source,
  _ c: Target, _ cStride: Int
) {
  var sum = InlineArray<R, InlineArray<N, V>>(repeating: InlineArray<N, V>(repeating: .zero))
  var b = b
  for k in 0..<depth {
    let p = a + offsets[k]
    var w = InlineArray<N, V>(repeating: .zero)
    for j in 0..<N { w[j] = load(b, j &* lanes) }
    for r in 0..<R {
      let x = V(repeating: p[r])
      for j in 0..<N { sum[r][j] = fma(sum[r][j], w[j], x) }
    }
    b += N &* lanes
  }
  for r in 0..<R { for j in 0..<N { store(c, place(j, cStride) &+ r &* 16, sum[r][j]) } }
}

@inline(__always)
private func plainSweep<let N: Int>(
  _: InlineArray<N, V>.Type, _ rows: Int, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source,
  _ c: Target, _ cStride: Int
) {
  var r = 0
  while r &+ 4 <= rows {
    plainTile(InlineArray<4, InlineArray<N, V>>.self, depth, a + r, offsets, b, c + r &* 16, cStride)
    r &+= 4
  }
  while r < rows {
    plainTile(InlineArray<1, InlineArray<N, V>>.self, depth, a + r, offsets, b, c + r &* 16, cStride)
    r &+= 1
  }
}

func offsetPanel(
  _ rows: Int, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source, _ blocks: Int, _ c: Target,
  _ cStride: Int
) {
  #if WIDE
  switch blocks {
  case 4: plainSweep(InlineArray<4, V>.self, rows, depth, a, offsets, b, c, cStride)
  case 3: plainSweep(InlineArray<3, V>.self, rows, depth, a, offsets, b, c, cStride)
  case 2: plainSweep(InlineArray<2, V>.self, rows, depth, a, offsets, b, c, cStride)
  default: plainSweep(InlineArray<1, V>.self, rows, depth, a, offsets, b, c, cStride)
  }
  #elseif FMA && arch(x86_64)
  plainSweep(InlineArray<2, V>.self, rows, depth, a, offsets, b, c, cStride)
  #else
  plainSweep(InlineArray<4, V>.self, rows, depth, a, offsets, b, c, cStride)
  #endif
}
