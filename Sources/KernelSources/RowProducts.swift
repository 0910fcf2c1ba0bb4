import KernelInterface

// The transposed product on the panels of the forward product: sums run along the registers that hold 16 outputs, and
// are folded to one number each at the end. Weights are kept, and read from memory, once for both directions.

/// The sums of neighbors, of `a` in the lower half and of `b` in the upper.
@inline(__always) private func pairs(_ a: V, _ b: V) -> V {
  #if WIDE
  let both = SIMD32<Float>(lowHalf: a, highHalf: b)
  #elseif FMA && arch(x86_64)
  let both = SIMD16<Float>(lowHalf: a, highHalf: b)
  #else
  let both = SIMD8<Float>(lowHalf: a, highHalf: b)
  #endif
  return both.evenHalf + both.oddHalf
}

/// `R` pixels × four channels.
@inline(__always)
private func rowTile<let R: Int>(
  _: InlineArray<R, V>.Type, _ a: Source, _ aStride: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int,
  _ c: Target, _ scratch: Target
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
        for q in 0..<4 {
          w[q] = load(panel, q &* pitch &+ j &+ part)
          // The next four rows: many short runs at large distances, which the processor does not foresee.
          prefetch(panel, (q &+ 4) &* pitch &+ j &+ part)
        }
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

/// Folds four registers to four numbers for each of `rows` pixels; one register of results is lanes / 4 pixels.
@inline(never) private func foldTile(_ scratch: Target, _ rows: Int, _ c: Target) {
  @inline(__always) func quad(_ row: Int) -> V {
    let p = scratch + min(row, rows &- 1) &* 4 &* lanes
    return pairs(pairs(load(p, 0), load(p, lanes)), pairs(load(p, 2 &* lanes), load(p, 3 &* lanes)))
  }
  @inline(__always) func put(_ four: SIMD4<Float>, _ row: Int) {
    if row < rows { UnsafeMutableRawPointer(c + row &* 16).storeBytes(of: four, as: SIMD4<Float>.self) }
  }
  var r = 0
  while r < rows {
    #if WIDE
    let all = pairs(pairs(quad(r), quad(r &+ 1)), pairs(quad(r &+ 2), quad(r &+ 3)))
    put(all.lowHalf.lowHalf, r)
    put(all.lowHalf.highHalf, r &+ 1)
    put(all.highHalf.lowHalf, r &+ 2)
    put(all.highHalf.highHalf, r &+ 3)
    #elseif FMA && arch(x86_64)
    let all = pairs(quad(r), quad(r &+ 1))
    put(all.lowHalf, r)
    put(all.highHalf, r &+ 1)
    #else
    put(quad(r), r)
    #endif
    r &+= lanes / 4
  }
}

@inline(__always)
private func quadProducts(
  _ rows: Int, _ a: Source, _ aStride: Int, _ b: Source, _ channel: Int, _ depth: Int, _ blocks: Int, _ c: Target,
  _ scratch: Target
) {
  var r = 0
  #if WIDE
  while r &+ 6 <= rows {
    rowTile(InlineArray<6, V>.self, a + r &* 16, aStride, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= 6
  }
  #endif
  #if WIDE || arch(arm64)
  while r &+ 4 <= rows {
    rowTile(InlineArray<4, V>.self, a + r &* 16, aStride, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= 4
  }
  #endif
  while r &+ 2 <= rows {
    rowTile(InlineArray<2, V>.self, a + r &* 16, aStride, b, channel, depth, blocks, c + r &* 16, scratch)
    r &+= 2
  }
  if r < rows {
    rowTile(InlineArray<1, V>.self, a + r &* 16, aStride, b, channel, depth, blocks, c + r &* 16, scratch)
  }
}

func rowProducts(
  _ rows: Int, _ channels: Int, _ a: Source, _ aStride: Int, _ b: Source, _ firstChannel: Int, _ depth: Int,
  _ blocks: Int, _ c: Target
) {
  withScratch { rowProducts(rows, channels, a, aStride, b, firstChannel, depth, blocks, c, $0) }
}

@inline(__always)
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
