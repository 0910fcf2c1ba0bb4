internal import Files
internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import Tensors
internal import WeightFiles

/// Writes the pack: all files into a folder in the workspace, checked as any pack is, then moved to its place.
struct PackStage {
  static let draftName = "pack"

  let run: TrainingRun
  let generator: TrainedGenerator
  let encoder: [String: Tensor]
  let conventional: [String: Tensor]?
  let perceptual: [String: Tensor]
  let attributes: [BoundaryStage.Found]
  let facts: MeasuredFacts
  let state: AdversarialState

  func write() throws {
    let settings = run.settings
    var files: [(name: String, bytes: [UInt8])] = [
      (PackFileName.generator, weights(generator.generator.parameters, settings.generatorSettings.tensors)),
      (PackFileName.discriminator, weights(generator.discriminator.parameters, settings.discriminatorSettings.tensors)),
      (PackFileName.encoder, weights(encoder, settings.encoderSettings.tensors)),
      (PackFileName.perceptual, weights(perceptual, settings.perceptualSettings.tensors)),
    ]
    if let conventional {
      files.append((PackFileName.conventional, weights(conventional, settings.encoderSettings.tensors)))
    }
    if !attributes.isEmpty {
      var writer = SafetensorsWriter()
      for found in attributes {
        writer.add(found.attribute.name, shape: [found.direction.count], values: found.direction)
      }
      files.append((PackFileName.boundaries, writer.bytes()))
    }
    var description = try describe()
    description.files = files.map { PackFile(name: $0.name, sha256: sha256($0.bytes), bytes: $0.bytes.count) }
      .sorted { $0.name < $1.name }
    let card = ModelCard(
      description: description, settings: settings, photographs: run.photographs, facts: facts, best: state.best,
      seen: state.seen, attributes: attributes)
    files += [
      (PackFileName.description, Array(description.yaml.utf8)), ("README.md", Array(card.text.utf8)),
      ("training.yaml", Array(settings.yaml.utf8)), ("nearest.png", facts.nearest), ("held-out.txt", heldOutNames),
    ]
    do throws(FileError) {
      let draft = try run.workspace.emptyFolder(Self.draftName)
      for file in files { try draft.write(Name(file.name), file.bytes, mode: 0o644) }
      try draft.sync()
      try draft.setMode(0o755)
    } catch {
      throw TrainingError(error.message)
    }
    _ = try ModelPack.load(run.workspace.path + "/" + Self.draftName, verification: .full)
    try run.workspace.publish(Self.draftName, at: run.request.pack)
  }

  private var heldOutNames: [UInt8] {
    Array(run.photographs.heldOut.map { run.photographs.photographs[$0].name + "\n" }.joined().utf8)
  }

  private func weights(_ parameters: [String: Tensor], _ tensors: [NetworkTensor]) -> [UInt8] {
    var writer = SafetensorsWriter()
    for tensor in tensors where tensor.presence == .required {
      guard let value = parameters[tensor.name] else { continue }
      writer.add(tensor.name, shape: tensor.shape, values: value.values)
    }
    return writer.bytes()
  }

  private func describe() throws -> PackDescription {
    let settings = run.settings, card = settings.card
    let folder = run.request.pack.split(separator: "/").last.map(String.init) ?? "model"
    return PackDescription(
      name: card.name.isEmpty ? Self.packName(folder) : card.name, version: 1,
      title: card.title.isEmpty ? "A model of \(run.photographs.count) photographs, \(settings.data.resolution)×\(settings.data.resolution)" : card.title,
      license: card.license, commercialUse: card.commercialUse,
      attribution: card.attribution.isEmpty ? nil : card.attribution,
      trainedOn: "\(run.photographs.training.count) photographs", generator: settings.generatorSettings,
      encoder: settings.encoderSettings, perceptual: settings.perceptualSettings,
      discriminator: settings.discriminatorSettings, background: try Preparation.background(settings.data.background),
      alignment: card.alignment == "ffhq" ? .ffhq : .none, domainDistance: facts.domainDistance,
      attributes: attributes.map(\.attribute))
  }

  /// Lowercase letters, digits, `-` and `_`, as packs are called.
  static func packName(_ text: String) -> String {
    let kept = text.lowercased().unicodeScalars.map { scalar in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-" ? Character(scalar) : "-"
    }
    return String(kept.prefix(64))
  }
}
