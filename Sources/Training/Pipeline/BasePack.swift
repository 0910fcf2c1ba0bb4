internal import Files
internal import Images
internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import Tensors
internal import WeightFiles

/// The pack of which a training takes what it does not make itself.
struct BasePack {
  let pack: ModelPack

  /// - Parameter option: that named it.
  /// - Throws: `TrainingError` when it is no pack.
  init(_ path: String, option: String = "--pack") throws(TrainingError) {
    do throws(PackError) {
      pack = try ModelPack.load(path, verification: .full)
    } catch {
      throw TrainingError("\(option) \(printable(path)): \(error.description)")
    }
  }

  var description: PackDescription { pack.description }

  /// The pack's generator, and the discriminator where it has one.
  func generator(_ random: RandomNumbers) throws -> TrainedGenerator {
    var discriminator: Discriminator?
    if let sizes = description.discriminator {
      discriminator = try Discriminator(settings: sizes, weights: pack.weights(PackFileName.discriminator))
    }
    return try TrainedGenerator(
      packed: TrainableGenerator(settings: description.generator, weights: pack.weights(PackFileName.generator)),
      discriminator: discriminator, random: random)
  }

  /// nil where the pack has no perceptual network.
  func perceptual() throws -> TrainablePerceptual? {
    guard let sizes = description.perceptual else { return nil }
    return try TrainablePerceptual(settings: sizes, weights: pack.weights(PackFileName.perceptual))
  }

  /// nil where the pack has no encoder.
  func encoder() throws -> Encoder? { description.encoder == nil ? nil : try pack.makeEncoder() }

  /// Sizes and place of the pictures are the pack's, and so are the networks that are not made. What it says of itself is left
  /// as it stands there.
  func apply(to settings: inout TrainingSettings, _ part: TrainingPart) {
    settings.data.resolution = description.resolution
    settings.data.background = description.background.description
    settings.networks.latent = description.generator.wDimension
    settings.networks.mappingLayers = description.generator.mappingLayers
    settings.networks.fmapsBase = description.generator.fmapsBase
    settings.networks.fmapsMax = description.generator.fmapsMax
    if part != .encoder, let encoder = description.encoder {
      (settings.networks.encoderBase, settings.networks.encoderMax) = (encoder.channelsBase, encoder.channelsMax)
    }
    if part != .perceptual, let widths = description.perceptual?.widths { settings.networks.perceptualWidths = widths }
    settings.card.license = ""
    settings.card.alignment = description.alignment == .ffhq ? "ffhq" : "none"
    settings.part = part.rawValue
    settings.base = pack.hash
  }

  /// Whether a setting is the pack's when a part is made.
  func keeps(_ path: String, when part: TrainingPart) -> Bool {
    switch path {
    case "data.resolution", "data.background", "card.alignment": true
    case "networks.latent", "networks.mapping_layers", "networks.fmaps_base", "networks.fmaps_max": part != .generator
    case "networks.encoder_base", "networks.encoder_max": part != .encoder
    case "networks.perceptual_widths": part != .perceptual && description.perceptual != nil
    default: false
    }
  }

  /// The files that a pack made of this one keeps, but for those that are made anew.
  func files(without replaced: Set<String>) throws(TrainingError) -> [(name: String, bytes: [UInt8])] {
    do throws(FileError) {
      let folder = try Folder(path: Name(pack.folder))
      var files: [(name: String, bytes: [UInt8])] = []
      for name in try folder.names().compactMap(\.string).sorted() where !replaced.contains(name) {
        guard try folder.status(of: Name(name)).kind == .regular else { continue }
        files.append((name, try folder.read(Name(name), limit: 1 << 40).bytes))
      }
      return files
    } catch {
      throw TrainingError(error)
    }
  }
}
