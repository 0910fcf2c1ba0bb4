import KernelInterface

// Nearest doubling followed by three taps g, in one dimension, for input pixel i (x is 0 outside):
//   even output = g0 · x[i-1] + (g1 + g2) · x[i],   odd output = (g0 + g1) · x[i] + g2 · x[i+1]
// With e[i] = x[i-1] - x[i] this takes three products instead of four (or six):
//   p = g0 · e[i],  q = (g0 + g1 + g2) · x[i],  r = -g2 · e[i+1];   even = p + q,  odd = q + r
// In two dimensions nine products on four planes (ee, es, se, ss; the first letter is the row's), whose grid has one
// row and one column more than the picture. The transforms are sums only, so nothing is lost in accuracy.

func upInput(_ x: Source, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int) {
  let pitch = (width &+ 1) &* 16
  forEachPart { part in
    for i in first..<first &+ count {
      let hasAbove = i > 0, isIn = i < height
      let above = (i &- 1) &* width &* 16 &+ part, here = i &* width &* 16 &+ part
      var o = (i &- first) &* pitch &+ part
      var oldAbove = V(repeating: 0), old = V(repeating: 0)
      for j in 0...width {
        var up = V(repeating: 0), s = V(repeating: 0)
        if j < width {
          if hasAbove { up = load(x, above &+ j &* 16) }
          if isIn { s = load(x, here &+ j &* 16) }
        }
        let e = up - s
        store(v, o, (oldAbove - old) - e)
        store(v, o &+ stride, e)
        store(v, o &+ 2 &* stride, old - s)
        store(v, o &+ 3 &* stride, s)
        oldAbove = up
        old = s
        o &+= 16
      }
    }
  }
}

func upOutput(_ m: Source, _ stride: Int, _ width: Int, _ first: Int, _ count: Int, _ y: Target) {
  let pitch = width &* 32
  forEachPart { part in
    for i in 0..<count {
      for j in 0..<width {
        let o = (i &* width &+ j) &* 16 &+ part
        let m4 = load(m, o &+ 4 &* stride)
        let m1 = load(m, o &+ stride) + m4, m7 = load(m, o &+ 7 &* stride) + m4
        let m3 = load(m, o &+ 3 &* stride), m5 = load(m, o &+ 5 &* stride)
        let q = ((first &+ i) &* 2 &* width &* 2 &+ j &* 2) &* 16 &+ part
        store(y, q, load(m, o) + m3 + m1)
        store(y, q &+ 16, load(m, o &+ 2 &* stride) + m5 + m1)
        store(y, q &+ pitch, load(m, o &+ 6 &* stride) + m3 + m7)
        store(y, q &+ pitch &+ 16, load(m, o &+ 8 &* stride) + m5 + m7)
      }
    }
  }
}

func upGradientInput(_ g: Source, _ width: Int, _ first: Int, _ count: Int, _ m: Target, _ stride: Int) {
  let pitch = width &* 32
  forEachPart { part in
    for i in 0..<count {
      for j in 0..<width {
        let o = (i &* width &+ j) &* 16 &+ part
        let q = ((first &+ i) &* 2 &* width &* 2 &+ j &* 2) &* 16 &+ part
        let g0 = load(g, q), g1 = load(g, q &+ 16), g2 = load(g, q &+ pitch), g3 = load(g, q &+ pitch &+ 16)
        store(m, o, g0)
        store(m, o &+ stride, g0 + g1)
        store(m, o &+ 2 &* stride, g1)
        store(m, o &+ 3 &* stride, g0 + g2)
        store(m, o &+ 4 &* stride, (g0 + g1) + (g2 + g3))
        store(m, o &+ 5 &* stride, g1 + g3)
        store(m, o &+ 6 &* stride, g2)
        store(m, o &+ 7 &* stride, g2 + g3)
        store(m, o &+ 8 &* stride, g3)
      }
    }
  }
}

func upGradientOutput(
  _ v: Source, _ stride: Int, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ gx: Target
) {
  let pitch = (width &+ 1) &* 16
  forEachPart { part in
    for i in first..<first &+ count {
      for j in 0..<width {
        let o = i &* pitch &+ j &* 16 &+ part
        let ee = (load(v, o &+ pitch &+ 16) - load(v, o &+ pitch)) - (load(v, o &+ 16) - load(v, o))
        let es = load(v, o &+ pitch &+ stride) - load(v, o &+ stride)
        let se = load(v, o &+ 16 &+ 2 &* stride) - load(v, o &+ 2 &* stride)
        store(gx, (i &* width &+ j) &* 16 &+ part, ee + es + se + load(v, o &+ 3 &* stride))
      }
    }
  }
}

func blur(_ x: Source, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ out: Target) {
  let pitch = width &* 16, end = first &+ count
  forEachPart { part in
    var i = first
    while i < end {
      let p = x + (i &* pitch &+ part), q = out + (i &* pitch &+ part)
      if i > 0 && i &+ 4 <= end && i &+ 4 < height {
        blurRows(InlineArray<4, V>.self, p, pitch, q, true, true)
        i &+= 4
        continue
      }
      if i > 0 && i &+ 1 < height {
        blurRows(InlineArray<1, V>.self, p, pitch, q, true, true)
      } else {
        blurRows(InlineArray<1, V>.self, p, pitch, q, i > 0, i &+ 1 < height)
      }
      i &+= 1
    }
  }
}

// Twice a number is exact: the fused products here round as sums.
@inline(__always) private func blurRows<let R: Int>(
  _: InlineArray<R, V>.Type, _ x: Source, _ pitch: Int, _ out: Target, _ hasAbove: Bool, _ hasBelow: Bool
) {
  @inline(__always) func columns(_ o: Int) -> InlineArray<R, V> {
    var sums = InlineArray<R, V>(repeating: V(repeating: 0)), above = sums[0], here = load(x, o)
    if hasAbove { above = load(x, o &- pitch) }
    for r in 0..<R {
      var below = V(repeating: 0)
      if r &+ 1 < R || hasBelow { below = load(x, o &+ (r &+ 1) &* pitch) }
      sums[r] = fma(above, here, 2) + below
      above = here
      here = below
    }
    return sums
  }
  var old = InlineArray<R, V>(repeating: V(repeating: 0)), now = columns(0), o = 0
  while o &+ 16 < pitch {
    let next = columns(o &+ 16)
    for r in 0..<R { store(out, o &+ r &* pitch, fma(old[r] + next[r], now[r], 2) * 0.0625) }
    old = now
    now = next
    o &+= 16
  }
  for r in 0..<R { store(out, o &+ r &* pitch, fma(old[r], now[r], 2) * 0.0625) }
}
