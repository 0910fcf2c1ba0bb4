package import Inversion
package import ModelPacks
internal import NeuralNetworks

extension GANNetworks {
  /// Reads a pack's weights.
  package init(_ pack: ModelPack) throws {
    var conventional: (@Sendable () throws -> Encoder)?
    if pack.description.hasConventionalEncoder { conventional = { try pack.makeConventionalEncoder() } }
    self.init(
      generator: try pack.makeGenerator(), encoder: try pack.makeEncoder(), perceptual: try pack.makePerceptualNetwork(),
      conventional: conventional)
  }
}

extension ModelInfo {
  /// - Parameter hash: of the loaded pack; empty where a sidecar is only checked.
  package init(_ pack: PackDescription, hash: String = "") {
    let inversion = pack.inversion
    self.init(
      name: pack.name, version: String(pack.version), license: pack.license, hash: hash, resolution: pack.resolution,
      layers: pack.layers, width: pack.wDimension, background: pack.background, alignment: pack.alignment,
      steps: inversion.steps, learningRate: inversion.learningRate, weights: inversion.weights,
      domainLimit: pack.domainDistance?.percentile99, hasConventionalEncoder: pack.hasConventionalEncoder,
      attributes: pack.attributes.map {
        Attribute(name: $0.name, title: $0.title, layers: $0.layers.indices, range: $0.range)
      })
  }
}

extension LoadedModel {
  /// Reads a pack's weights.
  package init(_ pack: ModelPack) throws {
    let layers = pack.description.layers
    self.init(
      model: try GANNetworks(pack), facts: ModelInfo(pack.description, hash: pack.hash),
      boundaries: pack.boundaries.mapValues { boundary in (0..<layers).flatMap(boundary.row) },
      workingBytes: try MemoryEstimate.workingBytes(pack.description))
  }
}
