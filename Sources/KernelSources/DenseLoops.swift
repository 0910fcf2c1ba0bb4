import KernelInterface

@inline(__always)
private func rowSums<let R: Int>(
  _: InlineArray<R, V>.Type, _ w: Source, _ width: Int, _ x: Source, _ bias: Source, _ y: Target
) {
  var sums = InlineArray<R, V>(repeating: V(repeating: 0)), more = sums
  var i = 0
  while i &+ 2 &* lanes <= width {
    let v = load(x, i), u = load(x, i &+ lanes)
    for r in 0..<R {
      sums[r] = fma(sums[r], load(w, r &* width &+ i), v)
      more[r] = fma(more[r], load(w, r &* width &+ i &+ lanes), u)
    }
    i &+= 2 &* lanes
  }
  if i < width {
    let v = load(x, i)
    for r in 0..<R { sums[r] = fma(sums[r], load(w, r &* width &+ i), v) }
  }
  for r in 0..<R { y[r] = bias[r] + laneSum(sums[r] + more[r]) }
}

func denseForward(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target) {
  let w = w.assumingMemoryBound(to: Float.self)
  var r = 0
  while r &+ 4 <= rows {
    rowSums(InlineArray<4, V>.self, w + r &* width, width, x, bias + r, y + r)
    r &+= 4
  }
  while r < rows {
    rowSums(InlineArray<1, V>.self, w + r &* width, width, x, bias + r, y + r)
    r &+= 1
  }
}

@inline(__always)
private func addRows<let R: Int>(
  _: InlineArray<R, V>.Type, _ w: Source, _ width: Int, _ g: Source, _ x: Target
) {
  var factors = InlineArray<R, V>(repeating: V(repeating: 0))
  for r in 0..<R { factors[r] = V(repeating: g[r]) }
  var i = 0
  while i < width {
    var v = load(x, i)
    for r in 0..<R { v = fma(v, load(w, r &* width &+ i), factors[r]) }
    store(x, i, v)
    i &+= lanes
  }
}

func denseBackward(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target) {
  let w = w.assumingMemoryBound(to: Float.self)
  var r = 0
  while r &+ 4 <= rows {
    addRows(InlineArray<4, V>.self, w + r &* width, width, g + r, x)
    r &+= 4
  }
  while r < rows {
    addRows(InlineArray<1, V>.self, w + r &* width, width, g + r, x)
    r &+= 1
  }
}
