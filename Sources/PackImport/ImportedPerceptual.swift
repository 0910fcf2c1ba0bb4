package import ModelPacks
package import NeuralNetworks

/// The perceptual network of a checkpoint, such as the released `vgg16.pth`, as a source of weights.
package struct ImportedPerceptual: WeightSource {
  package let settings: PerceptualSettings
  package let names: Set<String>
  private let network: ImportedNetwork

  /// - Throws: `PackError` for a file that cannot be read, and for one that is of something else, with what to do.
  package init(_ path: String) throws(PackError) {
    network = try ImportedNetwork(path, .perceptual)
    settings = try PerceptualSettings.inferred(from: network)
    names = Set(network.tensors.map(\.name))
  }

  /// Of the file.
  package var sha256: String { network.source.sha256 }

  package func floats(named name: String, shape: [Int]) throws -> [Float] {
    guard network.shape(name) == shape else { throw network.refuse("'\(name)' is missing or not of shape \(shape)") }
    return try network.numbers(name)
  }
}
