import KernelInterface

func add(_ a: Source, _ b: Source, _ c: Target, _ count: Int) {
  var i = 0
  while i < count { store(c, i, load(a, i) + load(b, i)); i &+= lanes }
}

// The sums run in four lines of every fourth pixel: short chains, and less rounding.
@inline(__always) private func storeSums(
  _ s: InlineArray<4, V>, _ d: InlineArray<4, V>, _ sums: Target, _ part: Int
) {
  store(sums, part, (s[0] + s[1]) + (s[2] + s[3]))
  store(sums, part &+ 16, (d[0] + d[1]) + (d[2] + d[3]))
}

func activate(
  _ x: Source, _ noise: Source, _ weight: Source, _ bias: Source, _ y: Target, _ pixels: Int, _ sums: Target
) {
  forEachPart { part in
    let w = load(weight, part), b = load(bias, part)
    var s = InlineArray<4, V>(repeating: V(repeating: 0)), d = s
    @inline(__always) func one(_ i: Int, _ line: Int) {
      let o = i &* 16 &+ part
      let v = activated(fma(load(x, o), w, noise[i]) + b, 2)
      store(y, o, v)
      s[line] += v
      d[line] = fma(d[line], v, v)
    }
    var i = 0
    while i &+ 4 <= pixels { one(i, 0); one(i &+ 1, 1); one(i &+ 2, 2); one(i &+ 3, 3); i &+= 4 }
    while i < pixels { one(i, 0); i &+= 1 }
    storeSums(s, d, sums, part)
  }
}

func scaleShift(_ y: Source, _ scale: Source, _ shift: Source, _ out: Target, _ pixels: Int) {
  forEachPart { part in
    let a = load(scale, part), b = load(shift, part)
    var i = part
    while i < pixels &* 16 { store(out, i, fma(b, load(y, i), a)); i &+= 16 }
  }
}

func gradientSums(_ g: Source, _ y: Source, _ pixels: Int, _ sums: Target) {
  forEachPart { part in
    var s = InlineArray<4, V>(repeating: V(repeating: 0)), d = s
    @inline(__always) func one(_ i: Int, _ line: Int) {
      let o = i &* 16 &+ part, v = load(g, o)
      s[line] += v
      d[line] = fma(d[line], v, load(y, o))
    }
    var i = 0
    while i &+ 4 <= pixels { one(i, 0); one(i &+ 1, 1); one(i &+ 2, 2); one(i &+ 3, 3); i &+= 4 }
    while i < pixels { one(i, 0); i &+= 1 }
    storeSums(s, d, sums, part)
  }
}

func gradientApply(_ g: Source, _ y: Source, _ a: Source, _ p: Source, _ q: Source, _ dx: Target, _ pixels: Int) {
  forEachPart { part in
    let av = load(a, part), pv = load(p, part), qv = load(q, part)
    var i = part
    while i < pixels &* 16 {
      let yv = load(y, i)
      store(dx, i, masked(fma(fma(qv, pv, yv), av, load(g, i)), yv, 2))
      i &+= 16
    }
  }
}

func average(_ x: Source, _ width: Int, _ first: Int, _ count: Int, _ y: Target) {
  let half = width / 2, pitch = width &* 16
  for i in first..<first &+ count {
    for j in 0..<half {
      let o = i &* 2 &* pitch &+ j &* 32, q = (i &* half &+ j) &* 16
      forEachPart { part in
        let top = load(x, o &+ part) + load(x, o &+ 16 &+ part)
        let bottom = load(x, o &+ pitch &+ part) + load(x, o &+ pitch &+ 16 &+ part)
        store(y, q &+ part, (top + bottom) * 0.25)
      }
    }
  }
}

func averageGradient(_ g: Source, _ width: Int, _ first: Int, _ count: Int, _ gx: Target) {
  let half = width / 2, pitch = width &* 16
  for i in first..<first &+ count {
    for j in 0..<half {
      let o = i &* 2 &* pitch &+ j &* 32, q = (i &* half &+ j) &* 16
      forEachPart { part in
        let v = load(g, q &+ part) * 0.25
        store(gx, o &+ part, v)
        store(gx, o &+ 16 &+ part, v)
        store(gx, o &+ pitch &+ part, v)
        store(gx, o &+ pitch &+ 16 &+ part, v)
      }
    }
  }
}

func maximum(_ x: Source, _ width: Int, _ first: Int, _ count: Int, _ y: Target, _ argument: Target) {
  let half = width / 2, pitch = width &* 16
  for i in first..<first &+ count {
    for j in 0..<half {
      let o = i &* 2 &* pitch &+ j &* 32, q = (i &* half &+ j) &* 16
      forEachPart { part in
        var best = load(x, o &+ part), which = V(repeating: 0)
        @inline(__always) func consider(_ v: V, _ index: Float) {
          // A NaN wins and stays, as in PyTorch.
          let wins = v .> best .| v .!= v
          best = best.replacing(with: v, where: wins)
          which = which.replacing(with: index, where: wins)
        }
        consider(load(x, o &+ 16 &+ part), 1)
        consider(load(x, o &+ pitch &+ part), 2)
        consider(load(x, o &+ pitch &+ 16 &+ part), 3)
        store(y, q &+ part, best)
        store(argument, q &+ part, which)
      }
    }
  }
}

func maximumGradient(_ g: Source, _ argument: Source, _ width: Int, _ first: Int, _ count: Int, _ gx: Target) {
  let half = width / 2, pitch = width &* 16
  for i in first..<first &+ count {
    for j in 0..<half {
      let o = i &* 2 &* pitch &+ j &* 32, q = (i &* half &+ j) &* 16
      forEachPart { part in
        let v = load(g, q &+ part), which = load(argument, q &+ part), none = V(repeating: 0)
        store(gx, o &+ part, none.replacing(with: v, where: which .== 0))
        store(gx, o &+ 16 &+ part, none.replacing(with: v, where: which .== 1))
        store(gx, o &+ pitch &+ part, none.replacing(with: v, where: which .== 2))
        store(gx, o &+ pitch &+ 16 &+ part, none.replacing(with: v, where: which .== 3))
      }
    }
  }
}
