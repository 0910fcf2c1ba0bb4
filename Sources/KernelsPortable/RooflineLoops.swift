import KernelInterface

// As many sums as hide the latency of a multiply-add on two ports and still leave registers for the operands.
#if WIDE
private typealias Sums = InlineArray<24, V>
@inline(__always) private var sumCount: Int { 24 }
#else
private typealias Sums = InlineArray<12, V>
@inline(__always) private var sumCount: Int { 12 }
#endif

func rooflineMultiplyAdd(_ rounds: Int, _ factor: Source, _ sink: Target) -> Int {
  var sums = Sums(repeating: V(repeating: 0))
  let factors = load(factor, 0), terms = load(factor, 16)
  var round = 0
  while round < rounds {
    // Each sum depends on itself only: a fixed point, so that it neither overflows nor becomes denormal.
    for i in 0..<sumCount { sums[i] = fma(terms, sums[i], factors) }
    round &+= 1
  }
  var total = V(repeating: 0)
  for i in 0..<sumCount { total += sums[i] }
  forEachPart { store(sink, $0, total) }
  return 2 &* sumCount &* lanes
}

func rooflineRead(_ x: Source, _ count: Int, _ sink: Target) {
  var sums = InlineArray<8, V>(repeating: V(repeating: 0))
  var i = 0
  while i < count {
    for j in 0..<8 { sums[j] += load(x, i &+ j &* lanes) }
    i &+= 8 &* lanes
  }
  var total = V(repeating: 0)
  for j in 0..<8 { total += sums[j] }
  forEachPart { store(sink, $0, total) }
}
