import KernelInterface

// Sums of outer products: the gradient of weights, one row of inputs beside whole registers of outputs.

/// One register tile: `R` inputs × `N` registers of outputs, see `MatrixKernels.Outer`.
@inline(__always)
private func outerTile<let R: Int, let N: Int>(
  _: InlineArray<R, InlineArray<N, V>>.Type, _ depth: Int, _ a: Source, _ b: Source, _ bStride: Int, _ c: Target,
  _ cPitch: Int, _ add: Bool
) {
  var sum = InlineArray<R, InlineArray<N, V>>(repeating: InlineArray<N, V>(repeating: V(repeating: 0)))
  if add {
    for r in 0..<R { for j in 0..<N { sum[r][j] = load(c, r &* cPitch &+ j &* lanes) } }
  }
  var a = a, b = b
  for _ in 0..<depth {
    var w = InlineArray<N, V>(repeating: V(repeating: 0))
    for j in 0..<N { w[j] = load(b, j / groupRegisters &* bStride &+ j % groupRegisters &* lanes) }
    for r in 0..<R {
      let x = V(repeating: a[r])
      for j in 0..<N { sum[r][j] = fma(sum[r][j], w[j], x) }
    }
    a += 16
    b += 16
  }
  for r in 0..<R { for j in 0..<N { store(c, r &* cPitch &+ j &* lanes, sum[r][j]) } }
}

#if WIDE
private typealias PairTile = InlineArray<8, InlineArray<2, V>>
private typealias SingleTile = InlineArray<16, InlineArray<1, V>>
#elseif FMA && arch(x86_64)
private typealias SingleTile = InlineArray<4, InlineArray<2, V>>
#else
private typealias SingleTile = InlineArray<2, InlineArray<4, V>>
#endif

/// All 16 inputs, tile after tile.
@inline(__always)
private func outerInputs<let R: Int, let N: Int>(
  _ type: InlineArray<R, InlineArray<N, V>>.Type, _ depth: Int, _ a: Source, _ b: Source, _ bStride: Int, _ c: Target,
  _ cPitch: Int, _ add: Bool
) {
  var input = 0
  while input < 16 {
    outerTile(type, depth, a + input, b, bStride, c + input &* cPitch, cPitch, add)
    input &+= R
  }
}

func outer(
  _ depth: Int, _ a: Source, _ b: Source, _ bStride: Int, _ blocks: Int, _ c: Target, _ cPitch: Int, _ add: Bool
) {
  var block = 0
  #if WIDE
  while block &+ 2 <= blocks {
    let right = b + block &* bStride, target = c + block &* 16
    outerInputs(PairTile.self, depth, a, right, bStride, target, cPitch, add)
    block &+= 2
  }
  #endif
  while block < blocks {
    let right = b + block &* bStride, target = c + block &* 16
    outerInputs(SingleTile.self, depth, a, right, bStride, target, cPitch, add)
    block &+= 1
  }
}
