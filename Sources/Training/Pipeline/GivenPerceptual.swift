internal import ModelPacks
package import NeuralNetworks
internal import PrintableText

/// A perceptual network that is taken instead of training one.
package struct GivenPerceptual: Sendable {
  let network: TrainablePerceptual
  /// Of the file or pack it comes from: by it a training knows the one it began with.
  let hash: String

  /// A pack's.
  ///
  /// - Throws: `TrainingError` when the folder is no pack, or has none.
  package init(pack path: String) throws {
    let base = try BasePack(path, option: "--perceptual")
    guard let network = try base.perceptual() else {
      throw TrainingError("--perceptual \(printable(path)): the pack has no perceptual network")
    }
    (self.network, hash) = (network, base.pack.hash)
  }

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: PerceptualSettings, weights: some WeightSource, hash: String) throws {
    network = try TrainablePerceptual(settings: settings, weights: weights)
    self.hash = hash
  }
}
