import KernelInterface

// Passes over maps whose layers are trained.

func affineActivate(_ x: Source, _ scale: Source, _ shift: Source, _ slope: Float, _ y: Target, _ pixels: Int) {
  forEachPart { part in
    let a = load(scale, part), b = load(shift, part)
    var i = part
    if slope == 1 {
      while i < pixels &* 16 { store(y, i, fma(b, load(x, i), a)); i &+= 16 }
    } else {
      while i < pixels &* 16 {
        let v = fma(b, load(x, i), a)
        store(y, i, v.replacing(with: v * slope, where: v .< 0))
        i &+= 16
      }
    }
  }
}

func shiftedSums(_ x: Source, _ shift: Source, _ pixels: Int, _ sums: Target) {
  forEachPart { part in
    let c = load(shift, part)
    var s = InlineArray<4, V>(repeating: V(repeating: 0)), d = s
    @inline(__always) func one(_ i: Int, _ line: Int) {
      let v = load(x, i &* 16 &+ part) - c
      s[line] += v
      d[line] = fma(d[line], v, v)
    }
    var i = 0
    while i &+ 4 <= pixels { one(i, 0); one(i &+ 1, 1); one(i &+ 2, 2); one(i &+ 3, 3); i &+= 4 }
    while i < pixels { one(i, 0); i &+= 1 }
    store(sums, part, (s[0] + s[1]) + (s[2] + s[3]))
    store(sums, part &+ 16, (d[0] + d[1]) + (d[2] + d[3]))
  }
}

func slope(_ g: Source, _ y: Source, _ slope: Float, _ out: Target, _ count: Int) {
  var i = 0
  while i &+ lanes <= count {
    let v = load(g, i)
    store(out, i, (v * slope).replacing(with: v, where: load(y, i) .> 0))
    i &+= lanes
  }
  while i < count {
    out[i] = y[i] > 0 ? g[i] : g[i] * slope
    i &+= 1
  }
}

func noiseSums(_ g: Source, _ noise: Source, _ pixels: Int, _ sums: Target) {
  forEachPart { part in
    var s = InlineArray<4, V>(repeating: V(repeating: 0)), d = s
    @inline(__always) func one(_ i: Int, _ line: Int) {
      let v = load(g, i &* 16 &+ part)
      s[line] += v
      d[line] = fma(d[line], v, noise[i])
    }
    var i = 0
    while i &+ 4 <= pixels { one(i, 0); one(i &+ 1, 1); one(i &+ 2, 2); one(i &+ 3, 3); i &+= 4 }
    while i < pixels { one(i, 0); i &+= 1 }
    store(sums, part, (s[0] + s[1]) + (s[2] + s[3]))
    store(sums, part &+ 16, (d[0] + d[1]) + (d[2] + d[3]))
  }
}

func combine(_ g: Source, _ x: Source, _ a: Source, _ p: Source, _ q: Source, _ out: Target, _ pixels: Int) {
  forEachPart { part in
    let av = load(a, part), pv = load(p, part), qv = load(q, part)
    var i = part
    while i < pixels &* 16 {
      store(out, i, fma(fma(qv, pv, load(x, i)), av, load(g, i)))
      i &+= 16
    }
  }
}
