import KernelInterface

// The weights' side of Winograd's transforms, in double precision and rounded once.

private typealias D = SIMD8<Double>

/// G g for F(4×4, 3×3) in one dimension, at the points 0, ±3/4, ±3/2, ∞ of `WinogradTransforms.swift`.
@inline(__always) private func six(_ g0: D, _ g1: D, _ g2: D) -> InlineArray<6, D> {
  let a = 0.75, b = 1.5, a2 = a * a, b2 = b * b
  let fa = 1 / (2 * a2 * (a2 - b2)), fb = 1 / (2 * b2 * (b2 - a2))
  return [
    g0 / (a2 * b2), fa * (g0 + a * g1 + a2 * g2), fa * (g0 - a * g1 + a2 * g2), fb * (g0 + b * g1 + b2 * g2),
    fb * (g0 - b * g1 + b2 * g2), g2,
  ]
}

/// G g for F(2×2, 3×3) in one dimension.
@inline(__always) private func four(_ g0: D, _ g1: D, _ g2: D) -> InlineArray<4, D> {
  [g0, (g0 + g1 + g2) * 0.5, (g0 - g1 + g2) * 0.5, g2]
}

@inline(__always)
private func transformWeights<let N: Int>(
  _ taps: Source, _ out: Target, _ stride: Int, _ line: (D, D, D) -> InlineArray<N, D>
) {
  var part = 0
  while part < 16 {
    @inline(__always) func tap(_ index: Int) -> D {
      var d = D(repeating: 0)
      for lane in 0..<8 { d[lane] = Double(taps[index &* 16 &+ part &+ lane]) }
      return d
    }
    let left = line(tap(0), tap(3), tap(6)), middle = line(tap(1), tap(4), tap(7)), right = line(tap(2), tap(5), tap(8))
    for i in 0..<N {
      let row = line(left[i], middle[i], right[i])
      for j in 0..<N {
        let p = out + ((i &* N &+ j) &* stride &+ part)
        for lane in 0..<8 { p[lane] = Float(row[j][lane]) }
      }
    }
    part &+= 8
  }
}

func winogradWeights(_ taps: Source, _ out: Target, _ stride: Int) { transformWeights(taps, out, stride, six) }

func smallWinogradWeights(_ taps: Source, _ out: Target, _ stride: Int) { transformWeights(taps, out, stride, four) }

/// Gᵀ u in one dimension.
@inline(__always) private func sixAdjoint(_ u: InlineArray<6, D>) -> InlineArray<3, D> {
  let a = 0.75, b = 1.5, a2 = a * a, b2 = b * b
  let fa = 1 / (2 * a2 * (a2 - b2)), fb = 1 / (2 * b2 * (b2 - a2))
  let sa = (u[1] + u[2]) * fa, da = (u[1] - u[2]) * fa, sb = (u[3] + u[4]) * fb, db = (u[3] - u[4]) * fb
  return [u[0] / (a2 * b2) + sa + sb, a * da + b * db, a2 * sa + b2 * sb + u[5]]
}

/// Gᵀ U G: the adjoint of `winogradWeights`, from positions `stride` floats apart to `[9][16]`.
func winogradWeightGradient(_ u: Source, _ stride: Int, _ taps: Target) {
  var part = 0
  while part < 16 {
    @inline(__always) func position(_ index: Int) -> D {
      var d = D(repeating: 0)
      for lane in 0..<8 { d[lane] = Double(u[index &* stride &+ part &+ lane]) }
      return d
    }
    var rows = InlineArray<6, InlineArray<3, D>>(repeating: [D(repeating: 0), D(repeating: 0), D(repeating: 0)])
    for i in 0..<6 {
      let o = i &* 6
      rows[i] = sixAdjoint([
        position(o), position(o &+ 1), position(o &+ 2), position(o &+ 3), position(o &+ 4), position(o &+ 5),
      ])
    }
    for j in 0..<3 {
      let column = sixAdjoint([rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j], rows[5][j]])
      for i in 0..<3 {
        for lane in 0..<8 { taps[(i &* 3 &+ j) &* 16 &+ part &+ lane] = Float(column[i][lane]) }
      }
    }
    part &+= 8
  }
}
