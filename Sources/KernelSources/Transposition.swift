import KernelInterface

// Registers in four rows: the standard library's initializer of a longer inline array would stay a call.
#if WIDE
private typealias Square = InlineArray<4, InlineArray<4, V>>
@inline(__always) private func reversed(_ i: Int) -> Int {
  (i & 1) &<< 3 | (i & 2) &<< 1 | (i & 4) &>> 1 | (i & 8) &>> 3
}
#elseif FMA && arch(x86_64)
private typealias Square = InlineArray<4, InlineArray<2, V>>
@inline(__always) private func reversed(_ i: Int) -> Int { (i & 1) &<< 2 | (i & 2) | (i & 4) &>> 2 }
#else
private typealias Square = InlineArray<4, InlineArray<1, V>>
@inline(__always) private func reversed(_ i: Int) -> Int { (i & 1) &<< 1 | (i & 2) &>> 1 }
#endif

extension Square {
  @inline(__always) fileprivate subscript(register i: Int) -> V {
    get { self[i / (lanes / 4)][i % (lanes / 4)] }
    set { self[i / (lanes / 4)][i % (lanes / 4)] = newValue }
  }
}

/// One of the log2(lanes) exchanges: the highest bit of the register's number becomes the highest of the lane's, and the
/// lowest of the lane's the lowest of the register's.
@inline(__always) private func exchange(_ x: Square) -> Square {
  var out = x
  for i in 0..<lanes / 2 {
    let a = x[register: i], b = x[register: i &+ lanes / 2]
    out[register: 2 &* i] = V(lowHalf: a.evenHalf, highHalf: b.evenHalf)
    out[register: 2 &* i &+ 1] = V(lowHalf: a.oddHalf, highHalf: b.oddHalf)
  }
  return out
}

/// `lanes` rows to as many columns. All exchanges together reverse the bits of both numbers, hence the order.
@inline(__always)
private func turnSquare(_ p: Source, _ rowPitch: Int, _ rows: Int, _ q: Target, _ columnPitch: Int) {
  var x = Square(repeating: .init(repeating: V(repeating: 0)))
  if rows >= lanes {
    for i in 0..<lanes { x[register: i] = load(p, reversed(i) &* rowPitch) }
  } else {
    for i in 0..<lanes where reversed(i) < rows { x[register: i] = load(p, reversed(i) &* rowPitch) }
  }
  #if WIDE
  x = exchange(exchange(exchange(exchange(x))))
  #elseif FMA && arch(x86_64)
  x = exchange(exchange(exchange(x)))
  #else
  x = exchange(exchange(x))
  #endif
  for i in 0..<lanes { store(q, reversed(i) &* columnPitch, x[register: i]) }
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
