import KernelInterface

// The transposed product on the panels of the forward product, so that weights are kept, and read from memory, once for
// both directions: registers hold tiles instead of outputs, and the weights are the numbers that are spread over them.
// The maps, which are small where this is used, are turned before and after.

func turnTiles(_ x: Source, _ count: Int, _ y: Target, _ parts: Int, _ part: Int) {
  #if WIDE
  if parts == 1 { return turnQuads(x, count, y) }
  #endif
  turn(x, 16, count, y + part &* 16, parts &* 16)
}

/// Sums `[channels][16 · parts]` to blocks of `[tile][16]`.
private func turnBack(_ sums: Source, _ channels: Int, _ parts: Int, _ c: Target, _ cStride: Int) {
  var first = 0
  while first < channels {
    for part in 0..<parts {
      turn(
        sums + first &* 16 &* parts + part &* 16, 16 &* parts, channels &- first, c + first / 16 &* cStride + part &* 256,
        16)
    }
    first &+= 16
  }
}

/// `R` channels × `N` registers of tiles, for the outputs of one weight panel. The same channels' weights in the next
/// panel, at `w + next`, are asked for ahead: they are too far away for the processor to foresee.
@inline(__always)
private func turnedTile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, V>>.Type, _ w: Source, _ next: Int, _ g: Source, _ c: Target, _ add: Bool
) {
  let pitch = panelBlocks &* 16, cPitch = N &* lanes
  var sum = InlineArray<R, InlineArray<N, V>>(repeating: InlineArray<N, V>(repeating: .zero))
  if add {
    for r in 0..<R { for j in 0..<N { sum[r][j] = load(c, r &* cPitch &+ j &* lanes) } }
  }
  var g = g, k = 0
  while k < pitch {
    if k % 16 == 0 { for r in 0..<R { prefetch(w, next &+ r &* pitch &+ k) } }
    var x = InlineArray<N, V>(repeating: .zero)
    for j in 0..<N { x[j] = load(g, j &* lanes) }
    for r in 0..<R {
      let weight = V(repeating: w[r &* pitch &+ k])
      for j in 0..<N { sum[r][j] = fma(sum[r][j], x[j], weight) }
    }
    g += N &* lanes
    k &+= 1
  }
  for r in 0..<R { for j in 0..<N { store(c, r &* cPitch &+ j &* lanes, sum[r][j]) } }
}

/// Weight panel after weight panel, so that they are read in long runs; in each, register tiles of `R` channels, then 4, 1.
@inline(__always)
private func turnedSweep<let R: Int, let N: Int>(
  _ type: InlineArray<R, InlineArray<N, V>>.Type, _ channels: Int, _ b: Source, _ first: Int, _ depth: Int,
  _ blocks: Int, _ g: Source, _ c: Target
) {
  let pitch = panelBlocks &* 16, cPitch = N &* lanes, next = pitch &* depth
  for panel in 0..<blocks / panelBlocks {
    let w = b + panel &* next + first &* pitch, g = g + panel &* pitch &* cPitch, add = panel > 0
    var r = 0
    while r &+ R <= channels {
      turnedTile(type, w + r &* pitch, next, g, c + r &* cPitch, add)
      r &+= R
    }
    while r &+ 4 <= channels {
      turnedTile(InlineArray<4, InlineArray<N, V>>.self, w + r &* pitch, next, g, c + r &* cPitch, add)
      r &+= 4
    }
    while r < channels {
      turnedTile(InlineArray<1, InlineArray<N, V>>.self, w + r &* pitch, next, g, c + r &* cPitch, add)
      r &+= 1
    }
  }
}

// Functions of their own, so that each has all registers for itself.
#if WIDE
@inline(never) private func turned4(_ n: Int, _ b: Source, _ f: Int, _ d: Int, _ l: Int, _ g: Source, _ c: Target) {
  turnedSweep(InlineArray<6, InlineArray<4, V>>.self, n, b, f, d, l, g, c)
}
@inline(never) private func turned3(_ n: Int, _ b: Source, _ f: Int, _ d: Int, _ l: Int, _ g: Source, _ c: Target) {
  turnedSweep(InlineArray<8, InlineArray<3, V>>.self, n, b, f, d, l, g, c)
}
@inline(never) private func turned2(_ n: Int, _ b: Source, _ f: Int, _ d: Int, _ l: Int, _ g: Source, _ c: Target) {
  turnedSweep(InlineArray<8, InlineArray<2, V>>.self, n, b, f, d, l, g, c)
}

// Spreading one number over a register costs two loads' time, so with a single register of tiles it would bind. There four
// outputs are spread at once, over registers of four tiles, and their sums are added up at the end.

/// `[tile][16]` to `[16 / 4][tile][4]`.
private func turnQuads(_ x: Source, _ count: Int, _ y: Target) {
  for tile in 0..<16 {
    for quad in 0..<4 {
      let p = UnsafeMutableRawPointer(y + (quad &* 16 &+ tile) &* 4)
      let v = tile < count
        ? UnsafeRawPointer(x + (tile &* 16 &+ quad &* 4)).loadUnaligned(as: SIMD4<Float>.self) : SIMD4<Float>(repeating: 0)
      p.storeBytes(of: v, as: SIMD4<Float>.self)
    }
  }
}

@inline(__always)
private func quadTile<let R: Int>(
  _: InlineArray<R, V>.Type, _ w: Source, _ next: Int, _ g: Source, _ c: Target, _ add: Bool
) {
  let pitch = panelBlocks &* 16
  var sum = InlineArray<R, InlineArray<4, V>>(repeating: InlineArray<4, V>(repeating: .zero))
  if add {
    for r in 0..<R { for j in 0..<4 { sum[r][j] = load(c, r &* 64 &+ j &* 16) } }
  }
  var g = g, k = 0
  while k < pitch {
    if k % 16 == 0 { for r in 0..<R { prefetchEarly(w, next &+ r &* pitch &+ k) } }
    var x = InlineArray<4, V>(repeating: .zero)
    for j in 0..<4 { x[j] = load(g, j &* 16) }
    for r in 0..<R {
      let four = UnsafeRawPointer(w + (r &* pitch &+ k)).loadUnaligned(as: SIMD4<Float>.self)
      let eight = SIMD8<Float>(lowHalf: four, highHalf: four)
      let weights = V(lowHalf: eight, highHalf: eight)
      for j in 0..<4 { sum[r][j] = fma(sum[r][j], x[j], weights) }
    }
    g += 64
    k &+= 4
  }
  for r in 0..<R { for j in 0..<4 { store(c, r &* 64 &+ j &* 16, sum[r][j]) } }
}

@inline(never)
private func quadSweep(
  _ channels: Int, _ b: Source, _ first: Int, _ depth: Int, _ blocks: Int, _ g: Source, _ c: Target
) {
  let pitch = panelBlocks &* 16, next = pitch &* depth
  for panel in 0..<blocks / panelBlocks {
    let w = b + panel &* next + first &* pitch, g = g + panel &* pitch &* 16, add = panel > 0
    var r = 0
    while r &+ 6 <= channels {
      quadTile(InlineArray<6, V>.self, w + r &* pitch, next, g, c + r &* 64, add)
      r &+= 6
    }
    while r &+ 4 <= channels {
      quadTile(InlineArray<4, V>.self, w + r &* pitch, next, g, c + r &* 64, add)
      r &+= 4
    }
    while r < channels {
      quadTile(InlineArray<1, V>.self, w + r &* pitch, next, g, c + r &* 64, add)
      r &+= 1
    }
  }
}

/// Adds up fours of neighbors and puts four channels' sums side by side. Sums past the last channel are zero.
private func addQuads(_ sums: Target, _ channels: Int, _ c: Target, _ cStride: Int) {
  let rows = (channels &+ 15) / 16 &* 16
  for row in channels..<rows {
    for j in 0..<4 { store(sums, row &* 64 &+ j &* 16, V(repeating: 0)) }
  }
  var row = 0
  while row < rows {
    let out = c + row / 16 &* cStride + row % 16
    for j in 0..<4 {
      let p = sums + row &* 64 + j &* 16
      // Four channels of four tiles, then four tiles of four channels.
      let s = pairs(pairs(load(p, 0), load(p, 64)), pairs(load(p, 128), load(p, 192)))
      let even = s.evenHalf, odd = s.oddHalf
      let tiles = [even.evenHalf, odd.evenHalf, even.oddHalf, odd.oddHalf] as InlineArray<4, SIMD4<Float>>
      for t in 0..<4 {
        UnsafeMutableRawPointer(out + (j &* 4 &+ t) &* 16).storeBytes(of: tiles[t], as: SIMD4<Float>.self)
      }
    }
    row &+= 4
  }
}

func turnedPanel(
  _ channels: Int, _ b: Source, _ firstChannel: Int, _ depth: Int, _ blocks: Int, _ g: Source, _ parts: Int,
  _ sums: Target, _ c: Target, _ cStride: Int
) {
  switch parts {
  case 4: turned4(channels, b, firstChannel, depth, blocks, g, sums)
  case 3: turned3(channels, b, firstChannel, depth, blocks, g, sums)
  case 2: turned2(channels, b, firstChannel, depth, blocks, g, sums)
  default:
    quadSweep(channels, b, firstChannel, depth, blocks, g, sums)
    return addQuads(sums, channels, c, cStride)
  }
  turnBack(sums, channels, parts, c, cStride)
}
#else
#if FMA && arch(x86_64)
private typealias TurnedTile = InlineArray<6, InlineArray<2, V>>
#elseif arch(arm64)
private typealias TurnedTile = InlineArray<6, InlineArray<4, V>>
#else
private typealias TurnedTile = InlineArray<2, InlineArray<4, V>>
#endif

func turnedPanel(
  _ channels: Int, _ b: Source, _ firstChannel: Int, _ depth: Int, _ blocks: Int, _ g: Source, _ parts: Int,
  _ sums: Target, _ c: Target, _ cStride: Int
) {
  turnedSweep(TurnedTile.self, channels, b, firstChannel, depth, blocks, g, sums)
  turnBack(sums, channels, parts, c, cStride)
}
#endif
