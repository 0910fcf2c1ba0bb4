/// Where a network asks for its weights, by name and shape, so that a wrong file fails at load and not with a strange
/// picture later.
package protocol WeightSource {
  /// All names there are.
  var names: Set<String> { get }
  /// The values in row-major order.
  /// - Throws: when the name is missing or the shape differs, saying which and how.
  func floats(named name: String, shape: [Int]) throws -> [Float]
}

/// A weight that is there but cannot be used.
package struct WeightError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

extension WeightSource {
  /// The values times a number, in one float multiplication each.
  func floats(named name: String, shape: [Int], times factor: Double) throws -> [Float] {
    let factor = Float(factor)
    return try floats(named: name, shape: shape).map { $0 * factor }
  }
}

/// The gain of weights that are followed by a leaky ReLU: `sqrt(2) / sqrt(fanIn)` (He et al. 2015).
func heScale(_ fanIn: Int) -> Double { 2.0.squareRoot() / Double(fanIn).squareRoot() }
