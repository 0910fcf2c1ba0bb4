import KernelInterface

// The initializer of an inline array of 16 registers would stay a call into the standard library, its literal does not.
// `square` takes the rows in the order of their numbers with all bits reversed.
#if WIDE
private typealias Square = InlineArray<16, V>
@inline(__always) private func square(_ row: (Int) -> V) -> Square {
  [
    row(0), row(8), row(4), row(12), row(2), row(10), row(6), row(14), row(1), row(9), row(5), row(13), row(3), row(11),
    row(7), row(15),
  ]
}
@inline(__always) private func reversed(_ i: Int) -> Int {
  (i & 1) &<< 3 | (i & 2) &<< 1 | (i & 4) &>> 1 | (i & 8) &>> 3
}
#elseif FMA && arch(x86_64)
private typealias Square = InlineArray<8, V>
@inline(__always) private func square(_ row: (Int) -> V) -> Square {
  [row(0), row(4), row(2), row(6), row(1), row(5), row(3), row(7)]
}
@inline(__always) private func reversed(_ i: Int) -> Int { (i & 1) &<< 2 | (i & 2) | (i & 4) &>> 2 }
#else
private typealias Square = InlineArray<4, V>
@inline(__always) private func square(_ row: (Int) -> V) -> Square { [row(0), row(2), row(1), row(3)] }
@inline(__always) private func reversed(_ i: Int) -> Int { (i & 1) &<< 1 | (i & 2) &>> 1 }
#endif

/// Lanes `first`, `first + 2`… of `a`, then of `b`: in this form one instruction.
@inline(__always) func everySecond(_ a: V, _ b: V, _ first: Int) -> V {
  var v = V(repeating: 0)
  for j in 0..<lanes / 2 {
    v[j] = a[2 &* j &+ first]
    v[lanes / 2 &+ j] = b[2 &* j &+ first]
  }
  return v
}

/// Sums of neighboring lanes, those of `a` first.
@inline(__always) func pairs(_ a: V, _ b: V) -> V { everySecond(a, b, 0) + everySecond(a, b, 1) }

/// One of the log2(lanes) exchanges: the highest bit of the register's number becomes the highest of the lane's, and the
/// lowest of the lane's the lowest of the register's.
@inline(__always) private func exchange(_ x: Square) -> Square {
  var out = x
  for i in 0..<lanes / 2 {
    let a = x[i], b = x[i &+ lanes / 2]
    out[2 &* i] = everySecond(a, b, 0)
    out[2 &* i &+ 1] = everySecond(a, b, 1)
  }
  return out
}

/// `lanes` rows to as many columns. All exchanges together reverse the bits of both numbers, hence the order.
@inline(__always)
private func turnSquare(_ p: Source, _ rowPitch: Int, _ rows: Int, _ q: Target, _ columnPitch: Int) {
  var x = rows >= lanes
    ? square { load(p, $0 &* rowPitch) } : square { $0 < rows ? load(p, $0 &* rowPitch) : V(repeating: 0) }
  #if WIDE
  x = exchange(exchange(exchange(exchange(x))))
  #elseif FMA && arch(x86_64)
  x = exchange(exchange(exchange(x)))
  #else
  x = exchange(exchange(x))
  #endif
  for i in 0..<lanes { store(q, reversed(i) &* columnPitch, x[i]) }
}

/// Turns a square of 16: lane c of row r goes to lane r of row c. Rows from `rows` on count as zero.
func turn(_ p: Source, _ rowPitch: Int, _ rows: Int, _ q: Target, _ columnPitch: Int) {
  var r = 0
  while r < 16 {
    forEachPart { part in
      turnSquare(p + r &* rowPitch + part, rowPitch, max(0, rows &- r), q + part &* columnPitch + r, columnPitch)
    }
    r &+= lanes
  }
}
