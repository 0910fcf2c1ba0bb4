internal import Files
package import Images
internal import ModelPacks
internal import PrintableText
package import StrictYAML

/// What somebody asks for.
package struct TrainingRequest: Sendable {
  /// Photographs; nil for none, which boundaries alone can do without.
  package var folder: String?
  /// Where the pack comes to lie; it must not exist yet.
  package var pack: String
  package var resolution: Int?
  package var images: Int?
  package var hours: Double?
  package var seed: Int?
  /// A pack from which it continues.
  package var from: String?
  /// nil makes everything.
  package var part: TrainingPart?
  /// The pack that has the other parts.
  package var base: String?
  /// nil trains one, or keeps the base pack's.
  package var perceptual: GivenPerceptual?
  /// Settings that replace the chosen ones.
  package var overrides: YAMLValue?
  /// The folder for what it needs to go on; nil for the one beside the pack.
  package var workspace: String?
  /// What it may need of memory; nil for what the machine has.
  package var memoryLimit: Int?
  /// Seconds between two checkpoints.
  package var checkpointSeconds = 120.0
  /// Asked before what a later start goes by, or the pack, is written; throws where another process has this training by now.
  package var mayWrite: @Sendable () throws(TrainingError) -> Void = {}
  /// Seconds that another process which trains the same pack is waited for.
  package var patience = 0.0
  /// What decodes the photographs.
  package let decoder: any PictureDecoding

  package init(folder: String?, pack: String, decoder: any PictureDecoding) {
    self.folder = folder
    self.pack = pack
    self.decoder = decoder
  }

  /// Whether the base pack itself gets the new part.
  package var isInPlace: Bool { base == pack }

  /// A path that ends with the name of what it leads to.
  package static func withoutLastSlashes(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// What it needs to go on: chosen, or beside the pack; of a part, beside that of the whole.
  package var workspacePath: String {
    if let workspace { return workspace }
    return Self.withoutLastSlashes(pack) + (part.map { ".\($0.rawValue)" } ?? "") + ".training"
  }
}

/// A part of a model that can be trained by itself, for a pack that has the others.
package enum TrainingPart: String, Sendable, CaseIterable {
  case generator
  case perceptual
  /// Both encoders: the domain-guided one and the paper's baseline.
  case encoder
  case boundaries
}
