package import ModelPacks

/// What is imported, and what its files do not say.
package struct ImportRequest: Sendable {
  /// Paths.
  package var generator: String
  package var encoder: String?
  package var perceptual: String?
  package var discriminator: String?
  package var boundaries: [String]

  package var name: String
  /// One line, as its owner words it; an SPDX expression where there is one.
  package var license: String
  package var commercialUse = false
  package var title: String?
  package var attribution: String?
  package var trainedOn: String?
  package var alignment = Alignment.none
  /// Entries as under `attributes` in `pack.yaml`: `age: {layers: 0-5, range: [-2, 2]}`.
  package var attributes: [String] = []
  /// Whether the generator ends with tanh; nil: as the released generators.
  package var finalTanh: Bool?
  /// Whether the encoder's convolutions are scaled; nil: as its numbers tell.
  package var encoderWscale: Bool?

  package init(
    generator: String, encoder: String? = nil, perceptual: String? = nil, discriminator: String? = nil,
    boundaries: [String] = [], name: String, license: String
  ) {
    self.generator = generator
    self.encoder = encoder
    self.perceptual = perceptual
    self.discriminator = discriminator
    self.boundaries = boundaries
    self.name = name
    self.license = license
  }
}
