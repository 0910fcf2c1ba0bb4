import KernelInterface

// Forward loops of small layers (`ConvolutionAlgorithm.sumsInDouble`): computed in double precision and rounded once. A
// product of two floats is exact in double, and sums run in one order, so that a fused product and a separate one, and
// registers of any width, give the same bytes.

#if WIDE
private typealias D = SIMD8<Double>
#elseif FMA && arch(x86_64)
private typealias D = SIMD4<Double>
#else
private typealias D = SIMD2<Double>
#endif
/// Registers of double that hold a block of 16 channels.
private var perBlock: Int { @inline(__always) get { 32 / lanes } }

@inline(__always) private func widened(_ p: Source, _ offset: Int) -> D {
  // A loop over lanes becomes one conversion instruction; the standard library's initializer stays a call.
  var v = D(repeating: 0)
  for j in 0..<lanes / 2 { v[j] = Double(p[offset &+ j]) }
  return v
}

@inline(__always) private func storeRounded(_ p: Target, _ offset: Int, _ v: D) {
  for j in 0..<lanes / 2 { p[offset &+ j] = Float(v[j]) }
}

@inline(__always) private func fma(_ a: D, _ b: D, _ c: D) -> D {
  #if FMA || arch(arm64)
  a.addingProduct(b, c)
  #else
  a + b * c
  #endif
}

/// Where register j of an output pixel lies.
@inline(__always) private func place(_ j: Int, _ cStride: Int) -> Int {
  j / perBlock &* cStride &+ j % perBlock &* (lanes / 2)
}

/// `R` pixels × `N` registers; a row of the weights is `pitch` long.
///
/// - Parameter wide: room for the pixels' next 16 channels in double: converting each number where it is used takes the
///   multipliers more time than the products.
@inline(__always)
private func tile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, D>>.Type, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ pitch: Int,
  _ c: Target, _ cStride: Int, _ add: Bool, _ wide: UnsafeMutablePointer<Double>
) {
  var sum = InlineArray<R, InlineArray<N, D>>(repeating: InlineArray<N, D>(repeating: D(repeating: 0)))
  if add {
    for r in 0..<R { for j in 0..<N { sum[r][j] = widened(c, place(j, cStride) &+ r &* 16) } }
  }
  var a = a, b = b, left = depth
  while left > 0 {
    for r in 0..<R {
      for j in 0..<perBlock {
        let o = r &* 16 &+ j &* (lanes / 2)
        UnsafeMutableRawPointer(wide + o).storeBytes(of: widened(a, o), as: D.self)
      }
    }
    let end = min(left, 16)
    var k = 0
    while k < end {
      var w = InlineArray<N, D>(repeating: D(repeating: 0))
      for j in 0..<N { w[j] = widened(b, j &* (lanes / 2)) }
      for r in 0..<R {
        let x = D(repeating: wide[r &* 16 &+ k])
        for j in 0..<N { sum[r][j] = fma(sum[r][j], w[j], x) }
      }
      b += pitch
      k &+= 1
    }
    a += aStride
    left &-= 16
  }
  for r in 0..<R { for j in 0..<N { storeRounded(c, place(j, cStride) &+ r &* 16, sum[r][j]) } }
}

/// All pixels with tiles of `R`, then smaller ones of 4, 2, 1.
@inline(__always)
private func sweep<let R: Int, let N: Int>(
  _ type: InlineArray<R, InlineArray<N, D>>.Type, _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source,
  _ pitch: Int, _ c: Target, _ cStride: Int, _ add: Bool, _ wide: UnsafeMutablePointer<Double>
) {
  var r = 0
  @inline(__always) func some<let S: Int>(_ type: InlineArray<S, InlineArray<N, D>>.Type) {
    tile(type, depth, a + r &* 16, aStride, b, pitch, c + r &* 16, cStride, add, wide)
    r &+= S
  }
  while r &+ R <= rows { some(type) }
  if R > 4 { while r &+ 4 <= rows { some(InlineArray<4, InlineArray<N, D>>.self) } }
  if R > 2 && r &+ 2 <= rows { some(InlineArray<2, InlineArray<N, D>>.self) }
  if r < rows { some(InlineArray<1, InlineArray<N, D>>.self) }
}

// Sums, weights and a pixel: 24 + 4 + 1 registers for two blocks, 16 + 2 + 1 for one, of 32; 8 + 4 + 1 (AVX2) and
// 8 + 1 + 1 and a product (SSE) of 16.
#if WIDE
private typealias Pair = InlineArray<6, InlineArray<4, D>>
private typealias Single = InlineArray<8, InlineArray<2, D>>
#elseif FMA && arch(x86_64)
private typealias Single = InlineArray<2, InlineArray<4, D>>
#else
private typealias Single = InlineArray<1, InlineArray<8, D>>
#endif

func doublePanel(
  _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
  _ add: Bool, _: Source?
) {
  let pitch = blocks &* 16
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 128) { room in
    let wide = room.baseAddress!
    var block = 0
    #if WIDE
    while block &+ 2 <= blocks {
      sweep(Pair.self, rows, depth, a, aStride, b + block &* 16, pitch, c + block &* cStride, cStride, add, wide)
      block &+= 2
    }
    #endif
    while block < blocks {
      sweep(Single.self, rows, depth, a, aStride, b + block &* 16, pitch, c + block &* cStride, cStride, add, wide)
      block &+= 1
    }
  }
}

/// Pixels of a plain picture, one block.
@inline(__always)
private func plainTile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, D>>.Type, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source,
  _ pitch: Int, _ c: Target
) {
  var sum = InlineArray<R, InlineArray<N, D>>(repeating: InlineArray<N, D>(repeating: D(repeating: 0)))
  var b = b
  for k in 0..<depth {
    let p = a + offsets[k]
    var w = InlineArray<N, D>(repeating: D(repeating: 0))
    for j in 0..<N { w[j] = widened(b, j &* (lanes / 2)) }
    for r in 0..<R {
      let x = D(repeating: Double(p[r]))
      for j in 0..<N { sum[r][j] = fma(sum[r][j], w[j], x) }
    }
    b += pitch
  }
  for r in 0..<R { for j in 0..<N { storeRounded(c, place(j, 0) &+ r &* 16, sum[r][j]) } }
}

@inline(__always)
private func plainSweep<let R: Int, let N: Int>(
  _ type: InlineArray<R, InlineArray<N, D>>.Type, _ rows: Int, _ depth: Int, _ a: Source,
  _ offsets: UnsafePointer<Int>, _ b: Source, _ pitch: Int, _ c: Target
) {
  var r = 0
  while r &+ R <= rows { plainTile(type, depth, a + r, offsets, b, pitch, c + r &* 16); r &+= R }
  while r < rows {
    plainTile(InlineArray<1, InlineArray<N, D>>.self, depth, a + r, offsets, b, pitch, c + r &* 16)
    r &+= 1
  }
}

func doubleOffsetPanel(
  _ rows: Int, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source, _ blocks: Int, _ c: Target,
  _ cStride: Int
) {
  for block in 0..<blocks {
    plainSweep(Single.self, rows, depth, a, offsets, b + block &* 16, blocks &* 16, c + block &* cStride)
  }
}

#if WIDE
private typealias Block = InlineArray<2, D>
#elseif FMA && arch(x86_64)
private typealias Block = InlineArray<4, D>
#else
private typealias Block = InlineArray<8, D>
#endif

func denseForwardDouble(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target) {
  let step = lanes / 2
  for r in 0..<rows {
    let row = (w + r &* width &* 4).assumingMemoryBound(to: Float.self)
    var sums = Block(repeating: D(repeating: 0))
    var i = 0
    while i < width {
      for j in 0..<perBlock {
        sums[j] = fma(sums[j], widened(row, i &+ j &* step), widened(x, i &+ j &* step))
      }
      i &+= 16
    }
    // One lane after another: the same order on every instruction set.
    var sum = Double(bias[r])
    for j in 0..<perBlock { for lane in 0..<step { sum += sums[j][lane] } }
    y[r] = Float(sum)
  }
}

func activateDouble(
  _ x: Source, _ noise: Source, _ weight: Source, _ bias: Source, _ y: Target, _ pixels: Int, _ sums: Target
) {
  let step = lanes / 2
  var part = 0
  while part < 16 {
    let w = widened(weight, part), b = widened(bias, part)
    var s = InlineArray<4, D>(repeating: D(repeating: 0)), d = s
    @inline(__always) func one(_ i: Int, _ line: Int) {
      let o = i &* 16 &+ part
      let z = fma(widened(x, o) + b, w, D(repeating: Double(noise[i])))
      storeRounded(y, o, z.replacing(with: z * 0.2, where: z .< 0))
      let v = widened(y, o)
      s[line] += v
      d[line] = fma(d[line], v, v)
    }
    var i = 0
    while i &+ 4 <= pixels { one(i, 0); one(i &+ 1, 1); one(i &+ 2, 2); one(i &+ 3, 3); i &+= 4 }
    while i < pixels { one(i, 0); i &+= 1 }
    storeRounded(sums, part, (s[0] + s[1]) + (s[2] + s[3]))
    storeRounded(sums, part &+ 16, (d[0] + d[1]) + (d[2] + d[3]))
    part &+= step
  }
}

func scaleShiftDouble(_ y: Source, _ scale: Source, _ shift: Source, _ out: Target, _ pixels: Int) {
  let step = lanes / 2
  var part = 0
  while part < 16 {
    let a = widened(scale, part), b = widened(shift, part)
    var i = part
    while i < pixels &* 16 { storeRounded(out, i, fma(b, widened(y, i), a)); i &+= 16 }
    part &+= step
  }
}
