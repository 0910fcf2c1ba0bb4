internal import Files
internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import Tensors
internal import WeightFiles

/// Writes the pack: all files into a folder in the workspace, checked as any pack is, then moved to its place. What was not
/// made comes from the base pack, byte for byte.
struct PackStage {
  static let draftName = "pack"

  /// In the pack: the settings that it, or a part that came later, was made with.
  static func settingsName(_ part: TrainingPart?) -> String { "training\(part.map { "-\($0.rawValue)" } ?? "").yaml" }

  let run: TrainingRun
  var generator: TrainedGenerator?
  var encoder: TrainableEncoder?
  var conventional: TrainableEncoder?
  var perceptual: TrainablePerceptual?
  var attributes: [BoundaryStage.Found]?
  var facts: MeasuredFacts?
  var state: AdversarialState?

  init(run: TrainingRun) {
    self.run = run
  }

  func write() throws {
    var files = try made()
    var description = try describe()
    var kept: [(name: String, bytes: [UInt8])] = []
    if let base = run.base {
      kept = try base.files(without: replaced)
      let listed = Set(kept.map(\.name)), made = Set(files.map(\.name))
      let gone = base.description.files.map(\.name).filter { !listed.contains($0) && !made.contains($0) }
      if !gone.isEmpty { run.observer.say("left out, for it does not fit what was made: \(gone.sorted().joined(separator: ", "))") }
      description.files = base.description.files.filter { listed.contains($0.name) }
    }
    description.files += files.map { PackFile(name: $0.name, sha256: sha256($0.bytes), bytes: $0.bytes.count) }
    description.files.sort { $0.name < $1.name }
    files += try papers(description, kept: kept) + kept.filter { $0.name != Self.cardName }
    do throws(FileError) {
      let draft = try run.workspace.emptyFolder(Self.draftName)
      for file in files { try draft.write(Name(file.name), file.bytes, mode: 0o644) }
      try draft.sync()
      try draft.setMode(0o755)
    } catch {
      throw TrainingError(error)
    }
    let pack = try ModelPack.load(run.workspace.path + "/" + Self.draftName, verification: .full)
    if run.request.isInPlace {
      try run.workspace.replace(Self.draftName, at: run.request.pack, hash: pack.hash)
    } else {
      try run.workspace.publish(Self.draftName, at: run.request.pack)
    }
  }

  /// Weights and boundaries.
  private func made() throws -> [(name: String, bytes: [UInt8])] {
    var files: [(name: String, bytes: [UInt8])] = []
    func add(_ name: String, _ network: (any TrainableNetwork)?) {
      if let network { files.append((name, weights(network))) }
    }
    add(PackFileName.generator, generator?.generator)
    add(PackFileName.discriminator, generator?.discriminator)
    add(PackFileName.encoder, encoder)
    add(PackFileName.conventional, conventional)
    add(PackFileName.perceptual, perceptual)
    guard let attributes, !attributes.isEmpty else { return files }
    var writer = SafetensorsWriter()
    if let base = run.base {
      for name in keptAttributes(base).map(\.name) {
        guard let rows = base.pack.boundaries[name]?.rows else { continue }
        let shape = rows.count == 1 ? [base.description.wDimension] : [rows.count, base.description.wDimension]
        writer.add(name, shape: shape, values: rows.flatMap(\.self))
      }
    }
    for found in attributes {
      let width = run.base?.description.wDimension ?? run.settings.networks.latent, count = found.direction.count
      writer.add(found.attribute.name, shape: count == width ? [width] : [count / width, width], values: found.direction)
    }
    files.append((PackFileName.boundaries, writer.bytes()))
    return files
  }

  /// Names of files that do not come from the base pack: another generator makes encoders and boundaries worthless.
  private var replaced: Set<String> {
    var names: Set<String> = [PackFileName.description, Self.settingsName(run.request.part)]
    if generator != nil {
      names.formUnion(PackFileName.weights.filter { $0 != PackFileName.perceptual } + ["nearest.png"])
      names.formUnion([TrainingPart.encoder, .boundaries].map(Self.settingsName))
    }
    if let encoder {
      names.formUnion([PackFileName.encoder, "held-out.txt", "nearest.png"])
      // Both encoders have the same sizes.
      if conventional != nil || run.base?.description.encoder != encoder.settings { names.insert(PackFileName.conventional) }
    }
    if perceptual != nil { names.insert(PackFileName.perceptual) }
    if attributes.map({ !$0.isEmpty }) ?? false { names.insert(PackFileName.boundaries) }
    return names
  }

  /// Attributes of the base pack that are not found anew.
  private func keptAttributes(_ base: BasePack) -> [PackAttribute] {
    let found = Set(attributes?.map(\.attribute.name) ?? [])
    return base.description.attributes.filter { !found.contains($0.name) }
  }

  private static let cardName = "README.md"

  /// What is there for people.
  private func papers(
    _ description: PackDescription, kept: [(name: String, bytes: [UInt8])]
  ) throws -> [(name: String, bytes: [UInt8])] {
    var papers = [
      (PackFileName.description, Array(description.yaml.utf8)), (Self.settingsName(run.request.part), Array(run.settings.yaml.utf8)),
    ]
    if let facts {
      papers.append(("nearest.png", facts.nearest))
      papers.append(("held-out.txt", heldOutNames))
    }
    let card = ModelCard(
      description: description, settings: run.settings, photographs: run.photographs, facts: facts, best: state?.best,
      seen: state?.seen, attributes: attributes ?? [])
    let earlier = kept.first { $0.name == Self.cardName }?.bytes
    let text = earlier.map { String(decoding: $0, as: UTF8.self) + "\n" + card.addition } ?? card.text
    papers.append((Self.cardName, Array(text.utf8)))
    return papers
  }

  private var heldOutNames: [UInt8] {
    Array(run.photographs.heldOut.map { run.photographs.photographs[$0].name + "\n" }.joined().utf8)
  }

  /// Whether a tensor is stored in 16 bits where a pack's precision is half: large ones whose numbers are in its range.
  static func fitsHalf(_ tensor: Tensor) -> Bool {
    tensor.shape.rank > 1 && tensor.values.allSatisfy { abs($0) <= Float(Float16.greatestFiniteMagnitude) }
  }

  private func weights(_ network: some TrainableNetwork) -> [UInt8] {
    var writer = SafetensorsWriter()
    for tensor in network.tensors where tensor.presence == .required {
      guard let value = network.parameters[tensor.name] else { continue }
      writer.add(
        tensor.name, shape: tensor.shape, values: value.values, isHalf: run.settings.card.isHalf && Self.fitsHalf(value))
    }
    return writer.bytes()
  }

  private func describe() throws -> PackDescription {
    let settings = run.settings
    guard var description = run.base?.description else { return try describeNew() }
    if generator != nil {
      description.generator = settings.generatorSettings
      description.discriminator = settings.discriminatorSettings
      (description.encoder, description.domainDistance, description.attributes) = (nil, nil, [])
    }
    if let encoder { description.encoder = encoder.settings }
    let card = settings.card
    if !card.name.isEmpty { description.name = card.name }
    if !card.title.isEmpty { description.title = card.title }
    if !card.license.isEmpty, card.license != TrainingSettings.Card().license {
      (description.license, description.commercialUse) = (card.license, card.commercialUse)
    }
    if !card.attribution.isEmpty { description.attribution = card.attribution }
    if let facts { description.domainDistance = facts.domainDistance }
    if let perceptual { description.perceptual = perceptual.settings }
    if let attributes, !attributes.isEmpty, let base = run.base {
      description.attributes = keptAttributes(base) + attributes.map(\.attribute)
    }
    description.version += 1
    return description
  }

  private func describeNew() throws -> PackDescription {
    let settings = run.settings, card = settings.card
    let folder = run.request.pack.split(separator: "/").last.map(String.init) ?? "model"
    return PackDescription(
      name: card.name.isEmpty ? PackText.name(from: folder) : card.name, version: 1,
      title: card.title.isEmpty ? "A model of \(run.photographs.count) photographs, \(settings.data.resolution)×\(settings.data.resolution)" : card.title,
      license: card.license, commercialUse: card.commercialUse,
      attribution: card.attribution.isEmpty ? nil : card.attribution,
      trainedOn: "\(run.photographs.training.count) photographs", generator: settings.generatorSettings,
      encoder: encoder?.settings, perceptual: perceptual?.settings,
      discriminator: settings.discriminatorSettings, background: try Preparation.background(settings.data.background),
      alignment: card.alignment == "ffhq" ? .ffhq : .none, domainDistance: facts?.domainDistance,
      attributes: attributes?.map(\.attribute) ?? [])
  }
}
