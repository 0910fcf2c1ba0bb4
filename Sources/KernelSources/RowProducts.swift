import KernelInterface

// The transposed product on the panels of the forward product: sums run along the registers that hold 16 outputs, and
// are folded to one number each at the end. Weights are kept, and read from memory, once for both directions.

#if FMA && arch(x86_64)
/// What is folded: eight lanes, two pixels at once.
private typealias Part = SIMD8<Float>

@inline(__always) private func pairs(_ a: Part, _ b: Part) -> Part {
  let both = SIMD16<Float>(lowHalf: a, highHalf: b)
  return both.evenHalf + both.oddHalf
}
#else
private typealias Part = SIMD4<Float>

/// The sums of neighbors, of `a` in the lower half and of `b` in the upper.
@inline(__always) private func pairs(_ a: Part, _ b: Part) -> Part {
  let both = SIMD8<Float>(lowHalf: a, highHalf: b)
  return both.evenHalf + both.oddHalf
}
#endif

/// `R` pixels × four channels. `b` is the whole matrix, `channel` its first row.
@inline(__always)
private func rowTile<let R: Int>(
  _: InlineArray<R, V>.Type, asksAhead: Bool, _ a: Source, _ aStride: Int, _ b: Source, _ channel: Int, _ depth: Int,
  _ blocks: Int, _ c: Target, _ scratch: Target
) {
  var sums = InlineArray<R, InlineArray<4, V>>(repeating: InlineArray<4, V>(repeating: V(repeating: 0)))
  var a = a, start = 0
  while start < blocks {
    let pitch = min(blocks &- start, panelBlocks) &* 16
    let panel = b + start &* 16 &* depth + channel &* pitch
    var j = 0
    while j < pitch {
      var part = 0
      while part < 16 {
        var w = InlineArray<4, V>(repeating: V(repeating: 0))
        for q in 0..<4 { w[q] = load(panel, q &* pitch &+ j &+ part) }
        if asksAhead { for q in 4..<8 { prefetch(panel, q &* pitch &+ j &+ part) } }
        for r in 0..<R {
          let x = load(a, r &* 16 &+ part)
          for q in 0..<4 { sums[r][q] = fma(sums[r][q], w[q], x) }
        }
        part &+= lanes
      }
      a += aStride
      j &+= 16
    }
    start &+= panelBlocks
  }
  // By way of memory: with the folding in sight the compiler would keep the sums there all along.
  for r in 0..<R { for q in 0..<4 { store(scratch, (r &* 4 &+ q) &* lanes, sums[r][q]) } }
  foldTile(scratch, R, c)
}

/// Folds four registers to four numbers for each of `rows` pixels.
@inline(never) private func foldTile(_ scratch: Target, _ rows: Int, _ c: Target) {
  @inline(__always) func part(_ p: Target) -> Part {
    #if WIDE
    let halves = UnsafeRawPointer(p)
    return halves.loadUnaligned(as: Part.self) + halves.loadUnaligned(fromByteOffset: 32, as: Part.self)
    #else
    return load(p, 0)
    #endif
  }
  @inline(__always) func quad(_ row: Int) -> Part {
    let p = scratch + row &* 4 &* lanes
    return pairs(pairs(part(p), part(p + lanes)), pairs(part(p + 2 &* lanes), part(p + 3 &* lanes)))
  }
  @inline(__always) func put(_ four: SIMD4<Float>, _ row: Int) {
    UnsafeMutableRawPointer(c + row &* 16).storeBytes(of: four, as: SIMD4<Float>.self)
  }
  var r = 0
  #if FMA && arch(x86_64)
  while r &+ 2 <= rows {
    let both = pairs(quad(r), quad(r &+ 1))
    put(both.lowHalf, r)
    put(both.highHalf, r &+ 1)
    r &+= 2
  }
  if r < rows { put(pairs(quad(r), quad(r)).lowHalf, r) }
  #else
  while r < rows { put(quad(r), r); r &+= 1 }
  #endif
}

#if WIDE
private typealias RowTile = InlineArray<6, V>
#elseif arch(arm64)
private typealias RowTile = InlineArray<4, V>
#else
private typealias RowTile = InlineArray<2, V>
#endif

// Functions of their own, so that each has all registers for itself.
@inline(never) private func tileAhead(
  _ a: Source, _ s: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target, _ scratch: Target
) { rowTile(RowTile.self, asksAhead: true, a, s, b, channel, depth, blocks, c, scratch) }
@inline(never) private func tile(
  _ a: Source, _ s: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target, _ scratch: Target
) { rowTile(RowTile.self, asksAhead: false, a, s, b, channel, depth, blocks, c, scratch) }
@inline(never) private func tile4(
  _ a: Source, _ s: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target, _ scratch: Target
) { rowTile(InlineArray<4, V>.self, asksAhead: false, a, s, b, channel, depth, blocks, c, scratch) }
@inline(never) private func tile1(
  _ a: Source, _ s: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target, _ scratch: Target
) { rowTile(InlineArray<1, V>.self, asksAhead: false, a, s, b, channel, depth, blocks, c, scratch) }

// The weights are many short runs at large distances, which the processor does not foresee, so the next four channels are
// asked for ahead: with many pixels a share before each tile, with few along the way, since there is little time.

/// Asks for the share of step `step` of `steps` in the weights of channels `channel ..< channel + 4`.
@inline(__always)
private func askAhead(_ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ step: Int, _ steps: Int) {
  let share = (blocks &+ steps &- 1) / steps
  var block = step &* share
  let end = min(blocks, block &+ share)
  while block < end {
    let start = block / panelBlocks &* panelBlocks, pitch = min(blocks &- start, panelBlocks) &* 16
    let p = start &* 16 &* depth &+ channel &* pitch &+ (block &- start) &* 16
    for q in 0..<4 { prefetch(b, p &+ q &* pitch) }
    block &+= 1
  }
}

private func quadProducts(
  _ rows: Int, _ a: Source, _ s: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target,
  _ scratch: Target
) {
  var r = 0
  let whole = RowTile(repeating: V(repeating: 0)).count, steps = max(1, rows / whole)
  while r &+ whole <= rows {
    if rows <= 32 {
      tileAhead(a + r &* 16, s, b, channel, depth, blocks, c + r &* 16, scratch)
      r &+= whole
      continue
    }
    askAhead(b, channel &+ 4, depth, blocks, r / whole, steps)
    tile(a + r &* 16, s, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= whole
  }
  while r &+ 4 <= rows {
    tile4(a + r &* 16, s, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= 4
  }
  while r < rows {
    tile1(a + r &* 16, s, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= 1
  }
}

func rowProducts(
  _ rows: Int, _ channels: Int, _ a: Source, _ aStride: Int, _ b: Source, _ firstChannel: Int, _ depth: Int,
  _ blocks: Int, _ c: Target
) {
  withScratch { rowProducts(rows, channels, a, aStride, b, firstChannel, depth, blocks, c, $0) }
}

private func rowProducts(
  _ rows: Int, _ channels: Int, _ a: Source, _ aStride: Int, _ b: Source, _ firstChannel: Int, _ depth: Int,
  _ blocks: Int, _ c: Target, _ scratch: Target
) {
  var quad = 0
  while quad < 16 {
    if quad &+ 4 <= channels {
      quadProducts(rows, a, aStride, b, firstChannel &+ quad, depth, blocks, c + quad, scratch)
    } else {
      // Fewer than four channels left: one at a time, the rest of the lanes zero.
      for lane in quad..<quad &+ 4 {
        for r in 0..<rows {
          c[r &* 16 &+ lane] =
            lane < channels ? rowProduct(a + r &* 16, aStride, b, firstChannel &+ lane, depth, blocks) : 0
        }
      }
    }
    quad &+= 4
  }
}

/// One pixel, one channel.
@inline(never)
private func rowProduct(_ a: Source, _ aStride: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int) -> Float {
  var sum = V(repeating: 0), a = a, block = 0
  while block < blocks {
    let start = block / panelBlocks &* panelBlocks, inPanel = min(panelBlocks, blocks &- start)
    let row = b + start &* 16 &* depth + channel &* inPanel &* 16 + (block &- start) &* 16
    var part = 0
    while part < 16 { sum = fma(sum, load(row, part), load(a, part)); part &+= lanes }
    a += aStride
    block &+= 1
  }
  return laneSum(sum)
}
