/// One picture's code in W+: a style vector per layer of the generator.
package struct LatentCode: Hashable, Sendable {
  package let layers: Int
  package let width: Int
  /// Layer after layer; `layers * width` numbers.
  package let values: [Float]

  package init(layers: Int, width: Int, values: [Float]) {
    precondition(values.count == layers * width, "\(values.count) numbers for \(layers) layers of \(width)")
    self.layers = layers
    self.width = width
    self.values = values
  }
}
