import KernelInterface

func block(_ plain: Source, _ planeStride: Int, _ channels: Int, _ pixels: Int, _ blocked: Target) {
  if channels < 16 { zero(blocked, pixels) }
  for c in 0..<channels {
    let plane = plain + c &* planeStride
    for i in 0..<pixels { blocked[i &* 16 &+ c] = plane[i] }
  }
}

func unblock(_ blocked: Source, _ pixels: Int, _ channels: Int, _ plain: Target, _ planeStride: Int) {
  for c in 0..<channels {
    let plane = plain + c &* planeStride
    for i in 0..<pixels { plane[i] = blocked[i &* 16 &+ c] }
  }
}

func spread(
  _ g: Source, _ gStride: Int, _ channels: Int, _ w: Source, _ wStride: Int, _ pixels: Int, _ gx: Target
) {
  forEachPart { part in
    if channels == 3 {
      let w0 = load(w, part), w1 = load(w, wStride &+ part), w2 = load(w, 2 &* wStride &+ part)
      let g1 = g + gStride, g2 = g + 2 &* gStride
      for i in 0..<pixels { store(gx, i &* 16 &+ part, fma(fma(w0 * g[i], w1, g1[i]), w2, g2[i])) }
    } else {
      for i in 0..<pixels {
        var sum = V(repeating: 0)
        for c in 0..<channels { sum = fma(sum, load(w, c &* wStride &+ part), g[c &* gStride &+ i]) }
        store(gx, i &* 16 &+ part, sum)
      }
    }
  }
}

/// `tanh(x) = (1 - e) / (1 + e)` with `e = exp(-2 |x|)`, in place; within 2e-7.
///
/// `e` is `2^n · exp(r)` with `|r| ≤ ln 2 / 2`: `n` is rounded by adding 1.5 · 2²³, which leaves it in the low bits, and
/// exp(r) is its series to the seventh power.
func hyperbolicTangent(_ x: Target, _ count: Int) {
  typealias Bits = SIMD4<UInt32>
  var i = 0
  while i &+ 4 <= count {
    let p = UnsafeMutableRawPointer(x + i)
    let v = p.loadUnaligned(as: SIMD4<Float>.self)
    let sign = unsafeBitCast(v, to: Bits.self) & Bits(repeating: 0x8000_0000)
    let magnitude = unsafeBitCast(unsafeBitCast(v, to: Bits.self) ^ sign, to: SIMD4<Float>.self)
    // Beyond 10 the result is 1 in single precision.
    let t = magnitude.replacing(with: 10, where: magnitude .> 10) * -2
    let shifted = t * 1.442_695_04 + 12_582_912, n = shifted - 12_582_912
    let r = (t - n * 0.693_145_75) - n * 1.428_606_8e-6
    var e = r * (1 / 5040) + 1 / 720
    e = e * r + 1 / 120
    e = e * r + 1 / 24
    e = e * r + 1 / 6
    e = e * r + 0.5
    e = e * r + 1
    e = e * r + 1
    let scaled = unsafeBitCast(e, to: Bits.self) &+ (unsafeBitCast(shifted, to: Bits.self) &<< 23)
    e = unsafeBitCast(scaled, to: SIMD4<Float>.self)
    let result = (1 - e) / (1 + e)
    let signed = unsafeBitCast(result, to: Bits.self) | sign
    p.storeBytes(of: unsafeBitCast(signed, to: SIMD4<Float>.self), as: SIMD4<Float>.self)
    i &+= 4
  }
}
