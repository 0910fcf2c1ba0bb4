/// The released arithmetic on codes: computed in double, rounded to float once at the end.
/// Source: `utils/editor.py` of the paper's code; numbers in `Fixtures/edit`.
package enum EditArithmetic {
  /// `count` numbers from `start` to `end`, both included; one number is only `start`. The same bits as numpy's.
  package static func linspace(_ start: Double, _ end: Double, _ count: Int) -> [Double] {
    guard count > 1 else { return count == 1 ? [start] : [] }
    let step = (end - start) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step + start }
  }

  /// The straight line between two codes: `a + l (b - a)` with l from 0 to 1; the difference is one of floats, as released.
  ///
  /// - Returns: `count` codes, both ends included; one is only the first.
  package static func interpolation(from a: [Float], to b: [Float], count: Int) -> [[Double]] {
    precondition(a.count == b.count, "codes of \(a.count) and \(b.count) numbers")
    return linspace(0, 1, count).map { l in
      a.indices.map { Double(a[$0]) + l * Double(b[$0] - a[$0]) }
    }
  }

  /// A code moved along a boundary: `code + l · strength · boundary` for l from `start` to `end`, in some layers.
  ///
  /// - Parameters:
  ///   - code, boundary: layer after layer, each `width` long.
  ///   - layers: the layers that move; none given, or an empty list, means all (as released).
  ///   - strength: one number per layer; all 1 when nil.
  package static func manipulation(
    of code: [Float], along boundary: [Float], from start: Double, to end: Double, count: Int, width: Int,
    layers: [Int]? = nil, strength: [Double]? = nil
  ) -> [[Double]] {
    manipulation(
      of: code, along: boundary.map(Double.init), from: start, to: end, count: count, width: width, layers: layers,
      strength: strength)
  }

  /// The same along a direction in double.
  package static func manipulation(
    of code: [Float], along boundary: [Double], from start: Double, to end: Double, count: Int, width: Int,
    layers: [Int]? = nil, strength: [Double]? = nil
  ) -> [[Double]] {
    precondition(code.count == boundary.count && width > 0, "a code of \(code.count), a boundary of \(boundary.count)")
    let moves = moving(layers, of: code.count / width)
    return linspace(start, end, count).map { l in
      code.indices.map { index in
        let layer = index / width
        guard moves[layer] else { return Double(code[index]) }
        return Double(code[index]) + l * ((strength?[layer] ?? 1) * boundary[index])
      }
    }
  }

  /// A code moved along several directions: `code + Σ t · direction`.
  package static func moved(_ code: [Float], along steps: [(direction: [Double], t: Double)]) -> [Double] {
    code.indices.map { index in steps.reduce(Double(code[index])) { $0 + $1.t * $1.direction[index] } }
  }

  /// Several directions as one: the sum of amount · direction, each in its own layers.
  ///
  /// - Parameter parts: directions of the same length, layer after layer, each `width` long.
  package static func combination(
    of parts: [(direction: [Double], amount: Double, layers: [Int]?)], width: Int
  ) -> [Double] {
    var sum = [Double](repeating: 0, count: parts.first?.direction.count ?? 0)
    for part in parts {
      let moves = moving(part.layers, of: part.direction.count / width)
      for index in sum.indices where moves[index / width] { sum[index] += part.amount * part.direction[index] }
    }
    return sum
  }

  /// A direction without what it shares with others, layer by layer and as long as before: moving along it leaves the
  /// others' attributes alone (Shen et al. 2020, "Interpreting the latent space of GANs", section 3.2).
  ///
  /// - Returns: zeros in a layer where all of the direction lies in the others' span.
  package static func conditional(_ direction: [Double], on others: [[Double]], width: Int) -> [Double] {
    var result = direction
    for start in stride(from: 0, to: direction.count, by: width) {
      let row = direction[start..<start + width]
      var rest = Array(row)
      var basis: [[Double]] = []
      for other in others {
        var vector = Array(other[start..<start + width])
        let length = norm(vector)
        for axis in basis { subtract(axis, from: &vector) }
        let left = norm(vector)
        // Less is rounding: the vector lies in the span of those before it.
        if left > 1e-9 * length { basis.append(vector.map { $0 / left }) }
      }
      for axis in basis { subtract(axis, from: &rest) }
      let (before, after) = (norm(Array(row)), norm(rest))
      let scale = after > 1e-6 * before ? before / after : 0
      for index in 0..<width { result[start + index] = rest[index] * scale }
    }
    return result
  }

  private static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Takes away the part along a vector of length one.
  private static func subtract(_ axis: [Double], from vector: inout [Double]) {
    let share = zip(axis, vector).reduce(0) { $0 + $1.0 * $1.1 }
    for index in vector.indices { vector[index] -= share * axis[index] }
  }

  /// The style's vectors in some layers, the content's in the others.
  ///
  /// - Parameter layers: the layers that take the style; none given, or an empty list, means all (as released).
  package static func mix(style: [Float], content: [Float], width: Int, layers: [Int]? = nil) -> [Float] {
    precondition(style.count == content.count && width > 0, "codes of \(style.count) and \(content.count) numbers")
    let moves = moving(layers, of: content.count / width)
    return content.indices.map { moves[$0 / width] ? style[$0] : content[$0] }
  }

  /// Rounds to float32, as before synthesis.
  package static func rounded(_ code: [Double]) -> [Float] { code.map(Float.init) }

  private static func moving(_ layers: [Int]?, of count: Int) -> [Bool] {
    guard let layers, !layers.isEmpty else { return [Bool](repeating: true, count: count) }
    let chosen = Set(layers)
    return (0..<count).map(chosen.contains)
  }
}
