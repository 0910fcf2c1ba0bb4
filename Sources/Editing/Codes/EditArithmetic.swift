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
    precondition(code.count == boundary.count && width > 0, "a code of \(code.count), a boundary of \(boundary.count)")
    let moves = moving(layers, of: code.count / width)
    return linspace(start, end, count).map { l in
      code.indices.map { index in
        let layer = index / width
        guard moves[layer] else { return Double(code[index]) }
        return Double(code[index]) + l * ((strength?[layer] ?? 1) * Double(boundary[index]))
      }
    }
  }

  /// The style's vectors in some layers, the content's in the others.
  ///
  /// - Parameter layers: the layers taken from the style; none given, or an empty list, means all (as released).
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
