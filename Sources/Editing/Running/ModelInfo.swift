package import Images
package import Inversion
package import ModelPacks

/// What a pack's description says that sidecars depend on. Enough to check one without loading weights.
package struct ModelInfo: Sendable {
  package struct Attribute: Sendable {
    package let name: String
    package let title: String
    /// Layers that move.
    package let layers: [Int]
    package let range: ClosedRange<Double>

    package init(name: String, title: String, layers: [Int], range: ClosedRange<Double>) {
      self.name = name
      self.title = title
      self.layers = layers
      self.range = range
    }
  }

  package var name: String
  package var version: String
  package var license: String
  /// Identifies the pack's content.
  package var hash: String
  package var resolution: Int
  package var layers: Int
  package var width: Int
  /// Behind transparent pixels and around padded pictures.
  package var background: PixelColor
  /// How its training pictures were placed.
  package var alignment: Alignment
  package var steps: Int
  package var learningRate: Double
  package var weights: LossWeights
  /// The 99th percentile of the domain term right after encoding, over training photographs.
  package var domainLimit: Double?
  package var hasConventionalEncoder: Bool
  package var attributes: [Attribute]

  package init(
    name: String, version: String = "1", license: String = "", hash: String = "", resolution: Int, layers: Int, width: Int,
    background: PixelColor = .white, alignment: Alignment = .none, steps: Int = InversionSettings().steps,
    learningRate: Double = InversionSettings().learningRate, weights: LossWeights = LossWeights(),
    domainLimit: Double? = nil, hasConventionalEncoder: Bool = false, attributes: [Attribute] = []
  ) {
    self.name = name
    self.version = version
    self.license = license
    self.hash = hash
    self.resolution = resolution
    self.layers = layers
    self.width = width
    self.background = background
    self.alignment = alignment
    self.steps = steps
    self.learningRate = learningRate
    self.weights = weights
    self.domainLimit = domainLimit
    self.hasConventionalEncoder = hasConventionalEncoder
    self.attributes = attributes
  }

  package func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
}
