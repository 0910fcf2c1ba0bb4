import KernelInterface

func gather(
  _ plane: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ first: Int, _ count: Int, _ into: Target
) {
  var i = 0
  while i < count {
    // One row of the picture, or the part of it that was asked for.
    let y = (first &+ i) / width, x = first &+ i &- y &* width
    let length = min(width &- x, count &- i), sourceRow = y &+ dy
    if sourceRow < 0 || sourceRow >= height {
      zero(into + i &* 16, length)
    } else {
      let low = max(0, min(length, 0 &- (x &+ dx))), high = max(low, min(length, width &- x &- dx))
      zero(into + i &* 16, low)
      copy(plane + (sourceRow &* width &+ x &+ dx &+ low) &* 16, into + (i &+ low) &* 16, high &- low)
      zero(into + (i &+ high) &* 16, length &- high)
    }
    i &+= length
  }
}

func scatter(_ from: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ into: Target) {
  let low = max(0, 0 &- dx), high = min(width, width &- dx)
  for y in max(0, 0 &- dy)..<max(max(0, 0 &- dy), min(height, height &- dy)) {
    var p = (y &* width &+ low) &* 16
    let shift = (dy &* width &+ dx) &* 16, end = (y &* width &+ high) &* 16
    while p < end { store(into, p &+ shift, load(into, p &+ shift) + load(from, p)); p &+= lanes }
  }
}

@inline(__always) func zero(_ p: Target, _ pixels: Int) {
  var i = 0
  while i < pixels &* 16 { store(p, i, V(repeating: 0)); i &+= lanes }
}

@inline(__always) func copy(_ p: Source, _ q: Target, _ pixels: Int) {
  var i = 0
  while i < pixels &* 16 { store(q, i, load(p, i)); i &+= lanes }
}

func finish(_ c: Target, _ pixels: Int, _ bias: Source?, _ activation: Int, _ signs: Target?) {
  switch activation {
  case 0: finish(c, pixels, bias, constant: 0, signs)
  case 1: finish(c, pixels, bias, constant: 1, signs)
  default: finish(c, pixels, bias, constant: 2, signs)
  }
}

@inline(__always)
private func finish(_ c: Target, _ pixels: Int, _ bias: Source?, constant activation: Int, _ signs: Target?) {
  forEachPart { part in
    var b = V(repeating: 0)
    if let bias { b = load(bias, part) }
    var first = 0
    while first < pixels {
      let end = min(pixels, first &+ 32)
      var words = Words(repeating: 0), bit = Words(repeating: 1)
      for i in first..<end {
        let y = activated(load(c, i &* 16 &+ part) + b, activation)
        store(c, i &* 16 &+ part, y)
        if activation != 0 {
          words = signed(words, y, bit)
          bit = bit &+ bit
        }
      }
      if activation != 0, let signs { storeWords(signs, first / 2 &+ part, words) }
      first = end
    }
  }
}

func mask(_ g: Source, _ signs: Source, _ out: Target, _ pixels: Int, _ activation: Int) {
  if activation == 1 { mask(g, signs, out, pixels, constant: 1) } else { mask(g, signs, out, pixels, constant: 2) }
}

@inline(__always)
private func mask(_ g: Source, _ signs: Source, _ out: Target, _ pixels: Int, constant activation: Int) {
  forEachPart { part in
    var first = 0
    while first < pixels {
      let end = min(pixels, first &+ 32)
      var words = loadWords(signs, first / 2 &+ part)
      for i in first..<end {
        store(out, i &* 16 &+ part, masked(load(g, i &* 16 &+ part), words, 1, activation))
        words = words &>> Words(repeating: 1)
      }
      first = end
    }
  }
}

func signs(
  _ y: Source, _ height: Int, _ width: Int, _ tileHeight: Int, _ tileWidth: Int, _ signs: Target
) {
  var o = 0, row = 0
  while row < height {
    var column = 0
    while column < width {
      let rows = min(tileHeight, height &- row), columns = min(tileWidth, width &- column)
      forEachPart { part in
        var words = Words(repeating: 0)
        for i in 0..<rows {
          for j in 0..<columns {
            let bit = Words(repeating: UInt32(truncatingIfNeeded: 1 &<< (i &* tileWidth &+ j)))
            words = signed(words, load(y, ((row &+ i) &* width &+ column &+ j) &* 16 &+ part), bit)
          }
        }
        storeWords(signs, o &+ part, words)
      }
      o &+= 16
      column &+= tileWidth
    }
    row &+= tileHeight
  }
}
