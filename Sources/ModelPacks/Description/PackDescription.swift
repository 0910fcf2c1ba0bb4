package import Images
package import Inversion
package import NeuralNetworks

/// What `pack.yaml` says of a pack: everything that is not a weight. See `docs/packs.md`.
package struct PackDescription: Sendable, Equatable {
  /// Lowercase letters, digits, `-`, `_`: it is used in commands and in names of folders.
  package var name: String
  package var version: Int
  /// One line for people.
  package var title: String
  /// An SPDX expression where there is one.
  package var license: String
  package var commercialUse: Bool
  package var attribution: String?
  package var trainedOn: String?
  package var generator: GeneratorSettings
  /// nil when the pack has no encoder yet: it can be trained further, not used for photographs.
  package var encoder: EncoderSettings?
  /// nil when the pack has no perceptual network yet.
  package var perceptual: PerceptualSettings?
  /// nil when the pack has no discriminator.
  package var discriminator: DiscriminatorSettings?
  /// Behind transparent pixels, and around a padded picture.
  package var background: PixelColor
  package var alignment: Alignment
  package var domainDistance: DomainDistance?
  package var inversion: InversionDefaults
  /// In the order of the file.
  package var attributes: [PackAttribute]
  /// Sorted by name.
  package var files: [PackFile]
  /// What the weights were imported from; empty for a pack made by this program.
  package var sources: [PackSource]

  package init(
    name: String, version: Int, title: String, license: String, commercialUse: Bool, attribution: String? = nil,
    trainedOn: String? = nil, generator: GeneratorSettings, encoder: EncoderSettings?,
    perceptual: PerceptualSettings?,
    discriminator: DiscriminatorSettings? = nil, background: PixelColor = .white, alignment: Alignment = .none,
    domainDistance: DomainDistance? = nil, inversion: InversionDefaults = InversionDefaults(),
    attributes: [PackAttribute] = [], files: [PackFile] = [],
    sources: [PackSource] = []
  ) {
    self.name = name
    self.version = version
    self.title = title
    self.license = license
    self.commercialUse = commercialUse
    self.attribution = attribution
    self.trainedOn = trainedOn
    self.generator = generator
    self.encoder = encoder
    self.perceptual = perceptual
    self.discriminator = discriminator
    self.background = background
    self.alignment = alignment
    self.domainDistance = domainDistance
    self.inversion = inversion
    self.attributes = attributes
    self.files = files
    self.sources = sources
  }

  /// Side of the pack's pictures.
  package var resolution: Int { generator.resolution }
  /// Rows of a code in W+.
  package var layers: Int { generator.layers }
  /// Numbers in a row of a code.
  package var wDimension: Int { generator.wDimension }

  /// The settings of the networks that an inversion needs beside the generator.
  ///
  /// - Throws: `PackError` that says which one the pack does not have and what to do.
  package func networksForInversion() throws(PackError) -> (encoder: EncoderSettings, perceptual: PerceptualSettings) {
    guard let encoder else { throw missing("encoder") }
    guard let perceptual else { throw missing("perceptual") }
    return (encoder, perceptual)
  }

  func missing(_ network: String) -> PackError {
    PackError(
      "pack \(name) has no \(network) network, so it cannot invert photographs; train one with: "
        + "idinvert train \(network) PHOTOGRAPHS --pack \(name), or import it again with --\(network)")
  }

  /// Whether the pack has the encoder of the paper's baseline.
  package var hasConventionalEncoder: Bool { files.contains { $0.name == PackFileName.conventional } }

  /// The attribute of that name, or nil.
  package func attribute(_ name: String) -> PackAttribute? { attributes.first { $0.name == name } }
}

/// How photographs must be placed before the encoder understands them.
package enum Alignment: String, Sendable, CaseIterable {
  case none
  /// Eyes and mouth at fixed places, as in the FFHQ data set.
  case ffhq
}

/// The domain term right after encoding, over the photographs the pack was trained on.
package struct DomainDistance: Sendable, Equatable {
  /// Half of the photographs are nearer.
  package var median: Double
  /// All but one in a hundred are nearer; beyond it, a photograph is probably outside the pack's domain.
  package var percentile99: Double

  package init(median: Double, percentile99: Double) {
    self.median = median
    self.percentile99 = percentile99
  }
}

/// How the pack's makers invert; a sidecar may say otherwise. The defaults are the paper's (Zhu et al. 2020, section 3
/// and code).
package struct InversionDefaults: Sendable, Equatable {
  package var steps: Int
  package var learningRate: Double
  package var pixelWeight: Double
  package var perceptualWeight: Double
  package var domainWeight: Double

  package init(
    steps: Int = InversionSettings().steps, learningRate: Double = InversionSettings().learningRate,
    pixelWeight: Double = LossWeights.released.pixel, perceptualWeight: Double = LossWeights.released.perceptual,
    domainWeight: Double = LossWeights.released.domain
  ) {
    self.steps = steps
    self.learningRate = learningRate
    self.pixelWeight = pixelWeight
    self.perceptualWeight = perceptualWeight
    self.domainWeight = domainWeight
  }

  package var weights: LossWeights {
    LossWeights(pixel: Float(pixelWeight), perceptual: Float(perceptualWeight), domain: Float(domainWeight))
  }
}

/// Something that can be edited: a direction in the space of codes, stored in `boundaries.safetensors` under the same
/// name.
package struct PackAttribute: Sendable, Equatable {
  package var name: String
  /// From what to what, for people: `smaller to larger`.
  package var title: String
  /// Where the direction is added.
  package var layers: LayerList
  /// Useful factors; outside of it pictures fall apart.
  package var range: ClosedRange<Double>
  /// Codes further away than this many directions are noise in every model.
  package static let longestMove = 1000.0

  /// - Parameter title: the name when nil.
  package init(name: String, title: String? = nil, layers: LayerList, range: ClosedRange<Double> = -3...3) {
    self.name = name
    self.title = title ?? name
    self.layers = layers
    self.range = range
  }
}

/// A file of the pack as it must be.
package struct PackFile: Sendable, Equatable {
  package var name: String
  /// 64 lowercase hexadecimal digits.
  package var sha256: String
  package var bytes: Int

  package init(name: String, sha256: String, bytes: Int) {
    self.name = name
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// A file that weights were imported from.
package struct PackSource: Sendable, Equatable {
  /// Its name, without folders.
  package var file: String
  /// 64 lowercase hexadecimal digits.
  package var sha256: String
  package var bytes: Int

  package init(file: String, sha256: String, bytes: Int) {
    self.file = file
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// The files a pack may have.
package enum PackFileName {
  package static let description = "pack.yaml"
  package static let generator = "generator.safetensors"
  package static let encoder = "encoder.safetensors"
  package static let perceptual = "perceptual.safetensors"
  package static let discriminator = "discriminator.safetensors"
  package static let boundaries = "boundaries.safetensors"
  /// The encoder of the paper's baseline: that of the method's settings, trained on generated pictures only. Optional.
  package static let conventional = "conventional.safetensors"

  /// Those that `files` lists, sorted.
  package static let weights = [boundaries, conventional, discriminator, encoder, generator, perceptual]
}
