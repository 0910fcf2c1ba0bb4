import KernelInterface

// Eight whole numbers of 20 bits in five words of 32. Five are the upper 20 bits of a word each; the lower 12 bits of all
// words hold the other three. To read a number is to bring it to the upper end of a word. What then stands below it
// belongs to others and counts as a fraction of it: packing knows that fraction and rounds to the nearest in its view.

/// Eight times 16 weights, as they lie side by side in a row, are packed together in five times 16 words.
@inline(__always) private var packWeights: Int { 128 }
@inline(__always) private var packBytes: Int { 320 }

/// The whole number that stands for 1, at the upper end of a word.
@inline(__always) private var one: Double { 0x7FFF_F000 }
@inline(__always) private var unit: Float { 1 / 0x7FFF_F000 }

@inline(__always) private func upper12(_ a: Words, else b: Words) -> Words {
  (a & Words(repeating: 0xFFF0_0000)) | (b & Words(repeating: 0x000F_FFFF))
}

@inline(__always) private func shifted(_ a: Words, left n: UInt32) -> Words { a &<< Words(repeating: n) }

@inline(__always) private func converted(_ a: Words) -> V {
  // A loop over lanes becomes a conversion instruction; the standard library's initializers stay calls.
  var v = V(repeating: 0)
  for j in 0..<lanes { v[j] = Float(Int32(bitPattern: a[j])) }
  return v
}

/// Eight registers of weights, 16 apart, in units of `unit`.
@inline(__always) private func unpacked(_ p: UnsafeRawPointer, _ part: Int) -> InlineArray<8, V> {
  @inline(__always) func word(_ i: Int) -> Words {
    p.loadUnaligned(fromByteOffset: i &* 64 &+ part &* 4 &* lanes, as: Words.self)
  }
  let a = word(0), b = word(1), c = word(2), d = word(3), e = word(4)
  let f = upper12(shifted(a, left: 20), else: shifted(b, left: 8))
  let g = upper12(shifted(c, left: 20), else: shifted(d, left: 8))
  let h = upper12(
    shifted(e, left: 20),
    else: (shifted(b, left: 16) & Words(repeating: 0xF_0000)) | (shifted(d, left: 12) & Words(repeating: 0xF000)))
  return [converted(a), converted(b), converted(c), converted(d), converted(e), converted(f), converted(g), converted(h)]
}

/// The upper 20 bits that are nearest to `x` together with the lower 12 of `below`.
@inline(__always) private func rounded(_ x: Float, _ factor: Float, _ below: UInt32) -> UInt32 {
  let value = (Double(x * factor) * one - Double(below)) * 0x1p-12
  // 1.5 · 2⁵² leaves the rounded number in the low bits.
  return UInt32(truncatingIfNeeded: (value + 6_755_399_441_055_744).bitPattern) &<< 12 | below
}

func packRow(_ x: Source, _ count: Int, _ factor: Float, _ row: UnsafeMutableRawPointer) {
  var x = x, words = row.assumingMemoryBound(to: UInt32.self)
  for _ in 0..<count / packWeights {
    for j in 0..<16 {
      let h = rounded(x[112 &+ j], factor, 0)
      let b = h &>> 16 & 0xF, d = h &>> 12 & 0xF
      let f = rounded(x[80 &+ j], factor, b &<< 8), g = rounded(x[96 &+ j], factor, d &<< 8)
      words[j] = rounded(x[j], factor, f &>> 20)
      words[16 &+ j] = rounded(x[16 &+ j], factor, f &>> 8 & 0xFFF)
      words[32 &+ j] = rounded(x[32 &+ j], factor, g &>> 20)
      words[48 &+ j] = rounded(x[48 &+ j], factor, g &>> 8 & 0xFFF)
      words[64 &+ j] = rounded(x[64 &+ j], factor, h &>> 20)
    }
    x += packWeights
    words += 80
  }
}

@inline(__always) private func prefetchHalfPack(_ p: inout UnsafeRawPointer) {
  var offset = 0
  while offset < packBytes / 2 {
    prefetchEarly(p.assumingMemoryBound(to: Float.self), offset / 4)
    offset &+= 64
  }
  p += packBytes / 2
}

// Row after row, so that memory is read in one run. The caller sees to it that `width` columns of `x` fit into the first
// level cache beside it: with more, the core waits for both.

func denseForwardPacked(
  _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target, _ ahead: UnsafeRawPointer?
) {
  var w = w, next = ahead ?? w
  let asks = ahead != nil
  for r in 0..<rows {
    var even = group(V(repeating: 0)), odd = even, i = 0
    while i < width {
      if asks { prefetchHalfPack(&next) }
      for part in 0..<groupRegisters {
        let weights = unpacked(w, part), x = x + (i &+ part &* lanes)
        for k in 0..<4 {
          even[part] = fma(even[part], weights[2 &* k], load(x, 32 &* k))
          odd[part] = fma(odd[part], weights[2 &* k &+ 1], load(x, 32 &* k &+ 16))
        }
      }
      w += packBytes
      i &+= packWeights
    }
    y[r] = bias[r] + laneSum(even, odd) * unit
  }
}

func denseBackwardPacked(
  _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target, _ ahead: UnsafeRawPointer?
) {
  var w = w, next = ahead ?? w
  let asks = ahead != nil
  for r in 0..<rows {
    let factor = V(repeating: g[r] * unit)
    var i = 0
    while i < width {
      if asks { prefetchHalfPack(&next) }
      for part in 0..<groupRegisters {
        let weights = unpacked(w, part), x = x + (i &+ part &* lanes)
        for k in 0..<8 { store(x, k &* 16, fma(load(x, k &* 16), weights[k], factor)) }
      }
      w += packBytes
      i &+= packWeights
    }
  }
}
