import KernelInterface

/// How registers of weights are read from a row.
private protocol Storage {
  static var bytes: Int { get }
  static func load(_ row: UnsafeRawPointer, _ width: Int, _ index: Int) -> V
}

private enum Single: Storage {
  @inline(__always) static var bytes: Int { 4 }
  @inline(__always) static func load(_ row: UnsafeRawPointer, _ width: Int, _ index: Int) -> V {
    row.loadUnaligned(fromByteOffset: index &* 4, as: V.self)
  }
}

/// All high parts of a row, then all low ones: whole numbers of 24 bits, which a float holds exactly.
private enum Split: Storage {
  @inline(__always) static var bytes: Int { 3 }
  @inline(__always) static func load(_ row: UnsafeRawPointer, _ width: Int, _ index: Int) -> V {
    // A loop over lanes becomes conversion instructions; the standard library's initializers stay calls.
    let high = (row + index &* 2).assumingMemoryBound(to: Int16.self)
    let low = (row + (width &* 2 &+ index)).assumingMemoryBound(to: UInt8.self)
    var v = V(repeating: 0)
    for j in 0..<lanes { v[j] = Float(Int32(high[j]) &<< 8 | Int32(low[j])) }
    return v
  }
}

@inline(__always)
private func rowSums<S: Storage, let R: Int>(
  _: S.Type, _: InlineArray<R, V>.Type, _ w: UnsafeRawPointer, _ width: Int, _ x: Source, _ bias: Source, _ y: Target
) {
  var sums = InlineArray<R, V>(repeating: V(repeating: 0)), more = sums
  let pitch = width &* S.bytes
  var i = 0
  while i &+ 2 &* lanes <= width {
    let v = load(x, i), u = load(x, i &+ lanes)
    for r in 0..<R {
      sums[r] = fma(sums[r], S.load(w + r &* pitch, width, i), v)
      more[r] = fma(more[r], S.load(w + r &* pitch, width, i &+ lanes), u)
    }
    i &+= 2 &* lanes
  }
  if i < width {
    let v = load(x, i)
    for r in 0..<R { sums[r] = fma(sums[r], S.load(w + r &* pitch, width, i), v) }
  }
  for r in 0..<R { y[r] = bias[r] + laneSum(sums[r] + more[r]) }
}

@inline(__always)
private func forward<S: Storage>(
  _ storage: S.Type, _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target
) {
  var r = 0
  while r &+ 4 <= rows {
    rowSums(storage, InlineArray<4, V>.self, w + r &* width &* S.bytes, width, x, bias + r, y + r)
    r &+= 4
  }
  while r < rows {
    rowSums(storage, InlineArray<1, V>.self, w + r &* width &* S.bytes, width, x, bias + r, y + r)
    r &+= 1
  }
}

@inline(__always)
private func addRows<S: Storage, let R: Int>(
  _: S.Type, _: InlineArray<R, V>.Type, _ w: UnsafeRawPointer, _ width: Int, _ g: Source, _ x: Target
) {
  var factors = InlineArray<R, V>(repeating: V(repeating: 0))
  for r in 0..<R { factors[r] = V(repeating: g[r]) }
  let pitch = width &* S.bytes
  var i = 0
  while i < width {
    var v = load(x, i)
    for r in 0..<R { v = fma(v, S.load(w + r &* pitch, width, i), factors[r]) }
    store(x, i, v)
    i &+= lanes
  }
}

@inline(__always)
private func backward<S: Storage>(
  _ storage: S.Type, _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target
) {
  var r = 0
  while r &+ 4 <= rows {
    addRows(storage, InlineArray<4, V>.self, w + r &* width &* S.bytes, width, g + r, x)
    r &+= 4
  }
  while r < rows {
    addRows(storage, InlineArray<1, V>.self, w + r &* width &* S.bytes, width, g + r, x)
    r &+= 1
  }
}

func denseForward(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target) {
  forward(Single.self, w, rows, width, x, bias, y)
}

func denseBackward(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target) {
  backward(Single.self, w, rows, width, g, x)
}

func denseForwardSplit(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target) {
  forward(Split.self, w, rows, width, x, bias, y)
}

func denseBackwardSplit(_ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target) {
  backward(Split.self, w, rows, width, g, x)
}

func splitRow(_ x: Source, _ count: Int, _ factor: Float, _ row: UnsafeMutableRawPointer) {
  let high = row.assumingMemoryBound(to: Int16.self)
  let low = (row + count &* 2).assumingMemoryBound(to: UInt8.self)
  for i in 0..<count {
    // 1.5 · 2⁵² leaves the rounded number in the low bits.
    let whole = Int32(truncatingIfNeeded: (Double(x[i] * factor) + 6_755_399_441_055_744).bitPattern)
    high[i] = Int16(truncatingIfNeeded: whole &>> 8)
    low[i] = UInt8(truncatingIfNeeded: whole)
  }
}
