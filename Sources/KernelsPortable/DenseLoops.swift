import KernelInterface

// Sums of rows, 16 columns into one group of lanes and the next 16 into another.
#if WIDE
private typealias Rows = InlineArray<4, Group>
#elseif FMA && arch(x86_64)
private typealias Rows = InlineArray<2, Group>
#else
private typealias Rows = InlineArray<1, Group>
#endif

@inline(__always)
private func rowSums<let R: Int>(
  _: InlineArray<R, Group>.Type, _ w: Source, _ width: Int, _ x: Source, _ bias: Source, _ y: Target
) {
  var even = InlineArray<R, Group>(repeating: group(V(repeating: 0))), odd = even
  var i = 0
  while i < width {
    for part in 0..<groupRegisters {
      let p = i &+ part &* lanes, v = load(x, p)
      for r in 0..<R { even[r][part] = fma(even[r][part], load(w, r &* width &+ p), v) }
    }
    if i &+ 16 < width {
      for part in 0..<groupRegisters {
        let p = i &+ 16 &+ part &* lanes, v = load(x, p)
        for r in 0..<R { odd[r][part] = fma(odd[r][part], load(w, r &* width &+ p), v) }
      }
    }
    i &+= 32
  }
  for r in 0..<R { y[r] = bias[r] + laneSum(even[r], odd[r]) }
}

/// `R` rows at once from `first` on, as long as there are so many.
/// - Returns: the first row that is left.
@inline(__always)
private func sweepRows<let R: Int>(
  _ type: InlineArray<R, Group>.Type, from first: Int, _ w: Source, _ rows: Int, _ width: Int, _ x: Source,
  _ bias: Source, _ y: Target
) -> Int {
  var r = first
  while r &+ R <= rows {
    rowSums(type, w + r &* width, width, x, bias + r, y + r)
    r &+= R
  }
  return r
}

func denseForward(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target) {
  let w = w.assumingMemoryBound(to: Float.self)
  let left = sweepRows(Rows.self, from: 0, w, rows, width, x, bias, y)
  _ = sweepRows(InlineArray<1, Group>.self, from: left, w, rows, width, x, bias, y)
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
