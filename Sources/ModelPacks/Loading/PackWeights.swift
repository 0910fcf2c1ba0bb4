package import NeuralNetworks
package import WeightFiles

/// A file's weights as networks ask for them. Every value must be finite.
package struct PackWeights: WeightSource, Sendable {
  private let file: SafetensorsFile

  package init(_ file: SafetensorsFile) {
    self.file = file
  }

  package var names: Set<String> { Set(file.names) }

  package func floats(named name: String, shape: [Int]) throws -> [Float] {
    try file.floats(named: name, shape: shape, allowsNonFinite: false)
  }

  package func rowReader(named name: String, shape: [Int]) throws -> RowReader {
    try file.rowReader(named: name, shape: shape)
  }
}
