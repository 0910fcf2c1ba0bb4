import KernelInterface

// Registers hold channels, and those of one pixel are added up at the end, which is little work for a few sums a pixel.
#if WIDE
private typealias Pixels = InlineArray<8, V>
private typealias Half = SIMD8<Float>
#elseif FMA && arch(x86_64)
private typealias Pixels = InlineArray<4, V>
private typealias Half = SIMD4<Float>
#else
private typealias Pixels = InlineArray<2, V>
private typealias Half = SIMD2<Float>
#endif
/// So many that pairs of lanes, added up again and again, leave one register with two lanes for each.
@inline(__always) private var pixels: Int { lanes / 2 }

/// `pixels` pixels × `N` sums, each a register of `sums`. Beside each line, pixels of one of the `streams` are asked for.
@inline(__always)
private func tile<let N: Int>(
  _: InlineArray<N, Pixels>.Type, _ rows: Source, _ offsets: UnsafePointer<Int>, _ lines: Int, _ taps: Int,
  _ w: Source, _ ahead: UnsafePointer<Source>, _ streams: Int, _ x: Int, _ sums: Target
) {
  // A sum for each of 16 lanes, whatever a register holds.
  for part in 0..<groupRegisters {
    var sum = InlineArray<N, Pixels>(repeating: Pixels(repeating: V(repeating: 0)))
    var w = w + part &* lanes
    for line in 0..<lines {
      var p = rows + (offsets[line] &+ x &* 16 &+ part &* lanes)
      if part == 0 && line < streams { for i in 0..<pixels { prefetchEarly(ahead[line], (x &+ i) &* 16) } }
      for _ in 0..<taps {
        var weights = InlineArray<N, V>(repeating: V(repeating: 0))
        for c in 0..<N { weights[c] = load(w, c &* 16) }
        for i in 0..<pixels {
          let x = load(p, i &* 16)
          for c in 0..<N { sum[c][i] = fma(sum[c][i], weights[c], x) }
        }
        w += N &* 16
        p += 16
      }
    }
    for c in 0..<N { for i in 0..<pixels { store(sums, (c &* pixels &+ i) &* 16 &+ part &* lanes, sum[c][i]) } }
  }
}

/// Each register to a single number, side by side in their order. (A function of its own, step by step through memory:
/// registers added up all at once end as moves of single lanes.)
@inline(never) private func fold(_ sums: Target, _ registers: Int) {
  var left = registers, apart = 16
  while apart > 1 {
    left = (left &+ 1) / 2
    for i in 0..<left { store(sums, i &* lanes, pairs(load(sums, 2 &* i &* lanes), load(sums, (2 &* i &+ 1) &* lanes))) }
    apart /= 2
  }
}

@inline(__always)
private func sweep<let N: Int>(
  _ type: InlineArray<N, Pixels>.Type, _ rows: Source, _ offsets: UnsafePointer<Int>, _ lines: Int, _ taps: Int,
  _ w: Source, _ width: Int, _ out: Target, _ outStride: Int, _ ahead: UnsafePointer<Source>, _ streams: Int
) {
  // At most 4 channels × 8 groups.
  withScratch { sums in
    var x = 0
    while x < width {
      tile(type, rows, offsets, lines, taps, w, ahead, streams, x, sums)
      fold(sums, N &* pixels &* groupRegisters)
      for c in 0..<N {
        let p = UnsafeRawPointer(sums + c &* pixels), q = UnsafeMutableRawPointer(out + c &* outStride + x)
        if x &+ pixels <= width {
          q.storeBytes(of: p.loadUnaligned(as: Half.self), as: Half.self)
        } else {
          q.copyMemory(from: p, byteCount: (width &- x) &* 4)
        }
      }
      x &+= pixels
    }
  }
}

func correlate(
  _ rows: Source, _ offsets: UnsafePointer<Int>, _ lines: Int, _ taps: Int, _ w: Source, _ channels: Int, _ width: Int,
  _ out: Target, _ outStride: Int, _ ahead: UnsafePointer<Source>, _ streams: Int
) {
  switch channels {
  case 1: sweep(InlineArray<1, Pixels>.self, rows, offsets, lines, taps, w, width, out, outStride, ahead, streams)
  case 2: sweep(InlineArray<2, Pixels>.self, rows, offsets, lines, taps, w, width, out, outStride, ahead, streams)
  case 3: sweep(InlineArray<3, Pixels>.self, rows, offsets, lines, taps, w, width, out, outStride, ahead, streams)
  default: sweep(InlineArray<4, Pixels>.self, rows, offsets, lines, taps, w, width, out, outStride, ahead, streams)
  }
}
