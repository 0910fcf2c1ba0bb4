import Inversion
import Tensors
import TestSupport
import Testing

/// The optimizer alone, on functions made to mislead it.
@Suite struct FastHostileLandscapeTests {
  private struct Landscape: Sendable {
    let name: String
    let evaluate: @Sendable ([Float]) -> (loss: Float, gradient: [Float])
  }

  private static let landscapes = [
    Landscape(name: "the gradient points uphill") { code in
      (code.reduce(0) { $0 + $1 * $1 }, code.map { -2 * $0 })
    },
    Landscape(name: "noise as large as the slope") { code in
      let noise = code.map { Float((Int(bitPattern: UInt($0.bitPattern)) &* 2_654_435_761) >> 8 & 1023) / 512 - 1 }
      return (zip(code, noise).reduce(0) { $0 + $1.0 * $1.0 + 0.2 * $1.1 }, zip(code, noise).map { 2 * $0 + $1 })
    },
    Landscape(name: "no slope anywhere") { code in (1, code.map { _ in 0 }) },
    Landscape(name: "falling without end") { code in (code.reduce(0, +) * 1e30, code.map { _ in 1e30 }) },
    Landscape(name: "a wall of infinity") { code in
      code[0] > 0.9 ? (.infinity, code.map { _ in .nan }) : (-code[0], code.indices.map { $0 == 0 ? -1 : 0 })
    },
    Landscape(name: "kinks") { code in
      (code.reduce(0) { $0 + abs($1) }, code.map { $0 < 0 ? -1 : 1 })
    },
    Landscape(name: "curvatures from 1 to 10⁸") { code in
      let factors = code.indices.map { pow10($0 * 8 / max(1, code.count - 1)) }
      return (zip(code, factors).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }, zip(code, factors).map { 2 * $0 * $1 })
    },
  ]

  @Test(arguments: landscapes.indices)
  func movesStayFiniteAndWithinTheirLimit(_ index: Int) throws {
    let landscape = Self.landscapes[index]
    var random = SeededGenerator(seed: 3)
    var code = random.normals(16, scale: 0.5)
    var fast = LBFGS(count: 16, items: 1, learningRate: 0.01)
    for step in 1...200 {
      let (loss, gradient) = landscape.evaluate(code)
      let terms = LossTerms(pixel: loss, perceptual: 0, domain: 0, total: loss)
      let evaluation = Evaluation(losses: [terms], gradient: gradient, pictures: Tensor([0], [1]))
      try fast.update(&code, at: evaluation) { _ in evaluation }
      let isFinite = code.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(landscape.name), step \(step)")
      let anchor = try #require(fast.state.arrays["0.anchor"])
      let move = zip(code, anchor).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect((move / 16).squareRoot() <= 0.1001, "\(landscape.name), step \(step)")
    }
  }

  @Test(arguments: [5, 6])
  func whatHasAMinimumIsDescended(_ index: Int) throws {
    let landscape = Self.landscapes[index]
    var random = SeededGenerator(seed: 3)
    var code = random.normals(16, scale: 0.5)
    var fast = LBFGS(count: 16, items: 1, learningRate: 0.01)
    let start = landscape.evaluate(code).loss
    var best = start
    for _ in 1...200 {
      let (loss, gradient) = landscape.evaluate(code)
      best = min(best, loss)
      let evaluation = Evaluation(
        losses: [LossTerms(pixel: loss, perceptual: 0, domain: 0, total: loss)], gradient: gradient,
        pictures: Tensor([0], [1]))
      try fast.update(&code, at: evaluation) { _ in evaluation }
    }
    #expect(best < start / 10, "\(landscape.name): from \(start) to \(best)")
  }
}

private func pow10(_ exponent: Int) -> Float { (0..<exponent).reduce(1) { power, _ in power * 10 } }
