package import ModelPacks
internal import NeuralNetworks
internal import PrintableText

/// Makes a pack of checkpoints that another program wrote.
package enum PackImport {
  /// A pack that was made, and what is worth saying of it.
  package struct Outcome: Sendable {
    package let description: PackDescription
    /// One line each: what was taken for granted, and how to say otherwise.
    package let notes: [String]
  }

  /// Reads the checkpoints, infers every setting, and writes the pack, which appears whole or not at all.
  ///
  /// - Parameters:
  ///   - folder: the pack's folder, which must not exist yet.
  ///   - isInterrupted: asked between pieces.
  /// - Throws: `PackError` in one line for the first file that cannot be used, with what to do.
  package static func write(
    _ request: ImportRequest, to folder: String, isInterrupted: @escaping () -> Bool = { false }
  ) throws(PackError) -> Outcome {
    try checkTexts(request)
    let generator = try ImportedNetwork(request.generator, .generator)
    let settings = try GeneratorSettings.inferred(from: generator, finalTanh: request.finalTanh)
    var description = PackDescription(
      name: request.name, version: 1,
      title: request.title ?? "\(request.name), \(settings.resolution)×\(settings.resolution), imported",
      license: request.license, commercialUse: request.commercialUse, attribution: request.attribution,
      trainedOn: request.trainedOn, generator: settings, encoder: nil, perceptual: nil, alignment: request.alignment)
    var networks = [PackFileName.generator: generator]
    if let path = request.encoder {
      let network = try ImportedNetwork(path, .encoder)
      networks[PackFileName.encoder] = network
      description.encoder = try EncoderSettings.inferred(from: network, generator: settings, wscale: request.encoderWscale)
    }
    if let path = request.perceptual {
      let network = try ImportedNetwork(path, .perceptual)
      networks[PackFileName.perceptual] = network
      description.perceptual = try PerceptualSettings.inferred(from: network)
    }
    if let path = request.discriminator {
      let network = try ImportedNetwork(path, .discriminator)
      networks[PackFileName.discriminator] = network
      description.discriminator = try DiscriminatorSettings.inferred(from: network, resolution: settings.resolution)
    }
    var boundaries = try BoundaryImport(request.boundaries, generator: settings)
    try boundaries.change(by: request.attributes)
    description.attributes = boundaries.attributes
    for (file, plan) in description.plans { try networks[file]?.check(plan) }
    description.sources = description.plans.compactMap { networks[$0.file]?.source } + boundaries.sources
    let written = try PackDraft.write(to: folder, isInterrupted: isInterrupted) { draft throws(PackError) in
      for (file, plan) in description.plans {
        guard let network = networks[file] else { continue }
        description.files.append(
          try draft.write(plan.required, to: file) { name, take throws(PackError) in
            try network.forEachPiece(of: name, take)
          })
      }
      if !boundaries.directions.isEmpty {
        description.files.append(
          try draft.write(boundaries.directions.mapValues(\.shape), to: PackFileName.boundaries) { name, take throws(PackError) in
            try take(boundaries.directions[name]?.values ?? [])
          })
      }
      description.files.sort { $0.name < $1.name }
      return description
    }
    return Outcome(description: written, notes: notes(request, written))
  }

  private static func checkTexts(_ request: ImportRequest) throws(PackError) {
    guard PackText.isName(request.name) else {
      throw PackError("\(quoted(request.name)) is no name for a pack; use lowercase letters, digits, '-' and '_'")
    }
    let texts = [
      ("--license", request.license), ("--title", request.title), ("--attribution", request.attribution),
      ("--trained-on", request.trainedOn),
    ]
    for case (let option, let text?) in texts where !PackText.isLine(text) {
      throw PackError("\(option) must be one line of 1 to 500 printable characters; found \(quoted(text))")
    }
  }

  private static func notes(_ request: ImportRequest, _ pack: PackDescription) -> [String] {
    var notes: [String] = []
    if request.finalTanh == nil {
      let generator = pack.generator
      notes.append(
        "final_tanh: \(generator.finalTanh) is assumed, as in the released generators with "
          + (generator.repeatW ? "one w for all layers" : "a w for each layer")
          + "; if pictures look \(generator.finalTanh ? "pale" : "harsh"), import again with --final-tanh \(!generator.finalTanh)")
    }
    if request.encoderWscale == nil, let encoder = pack.encoder {
      notes.append("wscale: \(encoder.wscale) of the encoder is told by the size of its numbers")
    }
    if !request.commercialUse { notes.append("commercial_use: false is assumed; say --commercial-use if the license allows it") }
    if pack.alignment == .none {
      notes.append("alignment: none is assumed; a model of faces that were aligned as in FFHQ needs --alignment ffhq")
    }
    if pack.encoder == nil || pack.perceptual == nil {
      let missing = [pack.encoder == nil ? "encoder" : nil, pack.perceptual == nil ? "perceptual network" : nil].compactMap { $0 }
      notes.append("the pack has no \(missing.joined(separator: " and no ")): it can be trained further, but not invert photographs")
    }
    return notes
  }
}
