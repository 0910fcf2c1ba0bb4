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

func finish(_ c: Target, _ pixels: Int, _ bias: Source?, _ activation: Int) {
  switch activation {
  case 0: finish(c, pixels, bias, constant: 0)
  case 1: finish(c, pixels, bias, constant: 1)
  default: finish(c, pixels, bias, constant: 2)
  }
}

@inline(__always) private func finish(_ c: Target, _ pixels: Int, _ bias: Source?, constant activation: Int) {
  forEachPart { part in
    var b = V(repeating: 0)
    if let bias { b = load(bias, part) }
    var i = part
    while i < pixels &* 16 { store(c, i, activated(load(c, i) + b, activation)); i &+= 16 }
  }
}

func mask(_ g: Source, _ y: Source, _ out: Target, _ pixels: Int, _ activation: Int) {
  var i = 0
  if activation == 1 {
    while i < pixels &* 16 { store(out, i, masked(load(g, i), load(y, i), 1)); i &+= lanes }
  } else {
    while i < pixels &* 16 { store(out, i, masked(load(g, i), load(y, i), 2)); i &+= lanes }
  }
}
