import Kernels

/// Where a network asks for its weights, by name and shape, so that a wrong file fails at load and not with a strange
/// picture later.
package protocol WeightSource {
  /// All names there are.
  var names: Set<String> { get }
  /// The values in row-major order.
  /// - Throws: when the name is missing or the shape differs, saying which and how.
  func floats(named name: String, shape: [Int]) throws -> [Float]
  /// A way to read one row (index along the first axis) at a time, from several threads, for weights too large to be held
  /// twice.
  func rowReader(named name: String, shape: [Int]) throws -> RowReader
}

/// Fills `target` with a row's values.
package typealias RowReader = @Sendable (_ row: Int, _ target: inout MutableSpan<Float>) throws -> Void

/// A weight that is there but cannot be used.
package struct WeightError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

extension WeightSource {
  package func rowReader(named name: String, shape: [Int]) throws -> RowReader {
    let values = try floats(named: name, shape: shape)
    return { row, target in
      for index in target.indices { target[index] = values[row * target.count + index] }
    }
  }

  /// The values times a number, in one float multiplication each.
  func floats(named name: String, shape: [Int], times factor: Double) throws -> [Float] {
    var values = try floats(named: name, shape: shape)
    let factor = Float(factor)
    if factor != 1 { Elementwise.scaleRuns(&values, by: [Double(factor)]) }
    return values
  }
}

/// The gain of weights that are followed by a leaky ReLU: `sqrt(2) / sqrt(fanIn)` (He et al. 2015).
func heScale(_ fanIn: Int) -> Double { 2.0.squareRoot() / Double(fanIn).squareRoot() }
