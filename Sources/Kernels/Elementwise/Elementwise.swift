import KernelInterface

/// Loops over whole buffers, element by element, in pieces of a fixed size.
///
/// Every function writes `count` elements, where `count` is that of its last buffer; the others must have as many.
/// A result may be written over an argument.
package enum Elementwise {
  static let piece = 16_384

  @inline(__always)
  private static func each(_ count: Int, _ body: (_ range: Range<Int>) -> Void) {
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      body(index * piece..<min(count, (index + 1) * piece))
    }
  }

  @inline(__always)
  private static func unary(
    _ x: FloatBuffer, _ y: FloatBuffer, _ function: (Float) -> Float
  ) {
    precondition(x.count == y.count, "buffers of \(x.count) and \(y.count) floats")
    let (source, target) = (x.base, y.base)
    each(y.count) { for i in $0 { target[i] = function(source[i]) } }
  }

  /// Sums and the like are most of the elements of a step: a type, unlike a closure, is seen through at compile time.
  private protocol PairFunction {
    static func value(_ a: Float, _ b: Float) -> Float
  }
  private enum Sum: PairFunction { @inline(__always) static func value(_ a: Float, _ b: Float) -> Float { a + b } }
  private enum Difference: PairFunction { @inline(__always) static func value(_ a: Float, _ b: Float) -> Float { a - b } }
  private enum Product: PairFunction { @inline(__always) static func value(_ a: Float, _ b: Float) -> Float { a * b } }

  @inline(__always)
  private static func pairs<F: PairFunction>(_ a: FloatBuffer, _ b: FloatBuffer, _ y: FloatBuffer, _: F.Type) {
    precondition(a.count == y.count && b.count == y.count, "buffers of \(a.count), \(b.count) and \(y.count) floats")
    let (left, right, target, count) = (a.base, b.base, y.base, y.count)
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      for i in index * piece..<min(count, (index + 1) * piece) { target[i] = F.value(left[i], right[i]) }
    }
  }

  package static func copy(_ x: FloatBuffer, into y: FloatBuffer) { unary(x, y) { $0 } }
  package static func add(_ a: FloatBuffer, _ b: FloatBuffer, into y: FloatBuffer) { pairs(a, b, y, Sum.self) }
  package static func subtract(_ a: FloatBuffer, _ b: FloatBuffer, into y: FloatBuffer) { pairs(a, b, y, Difference.self) }
  package static func multiply(_ a: FloatBuffer, _ b: FloatBuffer, into y: FloatBuffer) { pairs(a, b, y, Product.self) }

  /// `y = x * factor + offset`.
  package static func affine(_ x: FloatBuffer, factor: Float, offset: Float, into y: FloatBuffer) {
    precondition(x.count == y.count, "buffers of \(x.count) and \(y.count) floats")
    let (source, target, count) = (x.base, y.base, y.count)
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      let range = index * piece..<min(count, (index + 1) * piece)
      if offset == 0 {
        for i in range { target[i] = source[i] * factor }
      } else {
        for i in range { target[i] = source[i] * factor + offset }
      }
    }
  }

  /// Multiplies runs of equal length, each by its own factor, and rounds once.
  package static func scaleRuns(_ values: inout [Float], by factors: [Double]) {
    guard !values.isEmpty else { return }
    precondition(!factors.isEmpty && values.count % factors.count == 0, "\(values.count) floats in \(factors.count) runs")
    let length = values.count / factors.count
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      Workers.current.run((values.count + piece - 1) / piece) { index, _ in
        var i = index * piece
        let end = min(values.count, i + piece)
        while i < end {
          let factor = factors[i / length], stop = min(end, (i / length + 1) * length)
          for j in i..<stop { values[j] = Float(Double(values[j]) * factor) }
          i = stop
        }
      }
    }
  }

  /// `y = x^exponent`; -1/2, 1/2, -1 and 2 are exact to an ulp, others go through the C library.
  package static func power(_ x: FloatBuffer, _ exponent: Double, into y: FloatBuffer) {
    switch exponent {
    case 2: unary(x, y) { $0 * $0 }
    case 1: copy(x, into: y)
    case 0.5: unary(x, y) { $0.squareRoot() }
    case -0.5: unary(x, y) { 1 / $0.squareRoot() }
    case -1: unary(x, y) { 1 / $0 }
    case -1.5: unary(x, y) { 1 / ($0 * $0.squareRoot()) }
    default: unary(x, y) { Float(Elementary.power(Double($0), exponent)) }
    }
  }

  package static func tanh(_ x: FloatBuffer, into y: FloatBuffer) {
    precondition(x.count == y.count, "buffers of \(x.count) and \(y.count) floats")
    let kernel = Processor.table.image.hyperbolicTangent, (source, target, count) = (x.base, y.base, y.count)
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      let start = index * piece, end = min(count, start + piece), whole = (end - start) / 4 * 4
      if source != target { (target + start).update(from: source + start, count: end - start) }
      kernel(target + start, whole)
      for i in start + whole..<end { target[i] = Elementary.tanh(source[i]) }
    }
  }

  /// `y = log(1 + eˣ)`, in double.
  package static func softplus(_ x: FloatBuffer, into y: FloatBuffer) {
    unary(x, y) { Float(Elementary.logarithmOfOnePlus(Elementary.exponential(-abs(Double($0)))) + max(Double($0), 0)) }
  }

  /// `y = 1 / (1 + e⁻ˣ)`, in double.
  package static func logistic(_ x: FloatBuffer, into y: FloatBuffer) {
    unary(x, y) { Float(1 / (1 + Elementary.exponential(-Double($0)))) }
  }

  /// `y = x` where `x > 0`, else `slope * x`.
  package static func leakyReLU(_ x: FloatBuffer, slope: Float, into y: FloatBuffer) {
    unary(x, y) { $0 > 0 ? $0 : $0 * slope }
  }

  /// The derivative of `leakyReLU` at `x`, times `g`. At exactly 0 it is `slope`.
  package static func leakyReLUGradient(_ g: FloatBuffer, at x: FloatBuffer, slope: Float, into y: FloatBuffer) {
    precondition(g.count == y.count && x.count == y.count, "buffers of \(g.count), \(x.count) and \(y.count) floats")
    let kernel = Processor.table.map.slope, (left, right, target, count) = (g.base, x.base, y.base, y.count)
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      let start = index * piece
      kernel(left + start, right + start, slope, target + start, min(piece, count - start))
    }
  }
}
