import Images
import Inversion
import NeuralNetworks
internal import PrintableText
package import StrictYAML

extension PackDescription {
  /// Reads `pack.yaml`.
  ///
  /// - Parameter root: the whole document.
  /// - Throws: `YAMLError` for anything that is not exactly format 1, and for sizes no model of this kind has.
  package init(_ root: YAMLValue) throws(YAMLError) {
    let pack = try YAMLMapping(
      root, context: "pack.yaml",
      keys: [
        "format", "name", "version", "title", "license", "licence", "commercial_use", "attribution", "trained_on", "resolution",
        "latent",
        "generator", "encoder", "perceptual", "discriminator", "background", "alignment", "domain_distance",
        "inversion",
        "attributes", "files", "sources",
      ])
    let format = try pack.integer("format", in: 1...Int.max)
    guard format == 1 else {
      throw try pack.required("format").place.error(
        "format \(format) is newer than this program, which reads format 1; update it")
    }
    name = try PackText.name(pack.required("name"), "name")
    version = try pack.integer("version", in: 1...1_000_000, default: 1)
    title = try PackText.line(pack.required("title"), "title")
    license = try PackText.license(pack)
    commercialUse = try pack.boolean("commercial_use")
    attribution = try PackText.optionalLine(pack, "attribution")
    trainedOn = try PackText.optionalLine(pack, "trained_on")
    let latent = try Latent(pack)
    generator = try GeneratorSettings(pack, latent)
    encoder = try EncoderSettings.optional(pack, latent)
    perceptual = try PerceptualSettings.optional(pack)
    discriminator = try DiscriminatorSettings.optional(pack, latent)
    background = try PixelColor(pack)
    alignment = try pack.choice("alignment", default: Alignment.none)
    domainDistance = try DomainDistance.optional(pack)
    inversion = try InversionDefaults(pack)
    attributes = try PackAttribute.list(pack, latent)
    var needed = [PackFileName.generator]
    if encoder != nil { needed.append(PackFileName.encoder) }
    if perceptual != nil { needed.append(PackFileName.perceptual) }
    if discriminator != nil { needed.append(PackFileName.discriminator) }
    if !attributes.isEmpty { needed.append(PackFileName.boundaries) }
    files = try PackFile.list(pack, needed: needed.sorted())
    sources = try PackSource.list(pack)
  }
}

/// Sizes that the networks share.
private struct Latent {
  let resolution: Int
  let z: Int
  let w: Int
  let layers: Int

  init(_ pack: YAMLMapping) throws(YAMLError) {
    resolution = try pack.integer("resolution", in: 8...1024)
    guard resolution.nonzeroBitCount == 1 else {
      throw try pack.required("resolution").place.error(
        "resolution must be a power of two from 8 to 1024; found '\(resolution)'")
    }
    let latent = try YAMLMapping(pack.required("latent"), context: "latent", keys: ["z", "w", "layers"])
    z = try latent.integer("z", in: 1...4096)
    w = try latent.integer("w", in: 1...4096)
    layers = try latent.integer("layers", in: 1...64)
    let implied = 2 * resolution.trailingZeroBitCount - 2
    guard layers == implied else {
      throw try latent.required("layers").place.error(
        "layers must be \(implied) at resolution \(resolution); found '\(layers)'")
    }
  }
}

extension GeneratorSettings {
  fileprivate init(_ pack: YAMLMapping, _ latent: Latent) throws(YAMLError) {
    let generator = try YAMLMapping(
      pack.required("generator"), context: "generator",
      keys: [
        "mapping_layers", "repeat_w", "final_tanh", "fused_scale", "fmaps_base", "fmaps_max", "truncation_psi",
        "truncation_layers",
      ])
    self.init(
      resolution: latent.resolution, zDimension: latent.z, wDimension: latent.w,
      mappingLayers: try generator.integer("mapping_layers", in: 1...32, default: 8),
      repeatW: try generator.boolean("repeat_w"),
      finalTanh: try generator.boolean("final_tanh"), fusedScale: try generator.choice("fused_scale"),
      fmapsBase: try generator.integer("fmaps_base", in: latent.resolution...(1 << 18)),
      fmapsMax: try generator.integer("fmaps_max", in: 1...2048),
      truncationPsi: try generator.number("truncation_psi", in: 0...2, default: 0.7),
      truncationLayers: try generator.integer("truncation_layers", in: 0...64, default: 8))
  }
}

extension EncoderSettings {
  fileprivate static func optional(_ pack: YAMLMapping, _ latent: Latent) throws(YAMLError) -> EncoderSettings? {
    guard let encoder = try pack.mapping("encoder", keys: ["channels_base", "channels_max", "batch_norm", "wscale"]) else {
      return nil
    }
    return EncoderSettings(
      resolution: latent.resolution, wDimension: latent.w, layers: latent.layers,
      channelsBase: try encoder.integer("channels_base", in: 1...1024),
      channelsMax: try encoder.integer("channels_max", in: 1...4096), batchNorm: try encoder.boolean("batch_norm"),
      wscale: try encoder.boolean("wscale", default: false))
  }
}

extension PerceptualSettings {
  fileprivate static func optional(_ pack: YAMLMapping) throws(YAMLError) -> PerceptualSettings? {
    guard let perceptual = try pack.mapping("perceptual", keys: ["widths", "mean_bgr"]) else { return nil }
    var widths: [Int] = []
    for value in try perceptual.required("widths").list("widths", count: 10...13) {
      widths.append(try value.integer("a width", in: 1...2048))
    }
    guard let means = perceptual.optional("mean_bgr") else { return PerceptualSettings(widths: widths) }
    var meanBGR: [Double] = []
    for value in try means.list("mean_bgr", count: 3...3) { meanBGR.append(try value.number("a mean", in: 0...255)) }
    return PerceptualSettings(widths: widths, meanBGR: meanBGR)
  }
}

extension DiscriminatorSettings {
  fileprivate static func optional(_ pack: YAMLMapping, _ latent: Latent) throws(YAMLError) -> DiscriminatorSettings? {
    guard let discriminator = try pack.mapping("discriminator", keys: ["fmaps_base", "fmaps_max"]) else { return nil }
    return DiscriminatorSettings(
      resolution: latent.resolution,
      fmapsBase: try discriminator.integer("fmaps_base", in: latent.resolution...(1 << 18)),
      fmapsMax: try discriminator.integer("fmaps_max", in: 1...2048))
  }
}

extension PixelColor {
  fileprivate init(_ pack: YAMLMapping) throws(YAMLError) {
    guard let value = pack.optional("background") else {
      self = .white
      return
    }
    guard !value.isNull, let color = PixelColor(try value.scalarText("background")) else {
      throw value.mismatch("background", expected: "a color in quotes, such as \"#ffffff\"")
    }
    self = color
  }
}

extension DomainDistance {
  fileprivate static func optional(_ pack: YAMLMapping) throws(YAMLError) -> DomainDistance? {
    guard let distance = try pack.mapping("domain_distance", keys: ["p50", "p99"]) else { return nil }
    let median = try distance.number("p50", in: 0...1e9)
    return DomainDistance(median: median, percentile99: try distance.number("p99", in: median...1e9))
  }
}

extension InversionDefaults {
  fileprivate init(_ pack: YAMLMapping) throws(YAMLError) {
    self.init()
    guard let inversion = try pack.mapping("inversion", keys: ["steps", "learning_rate", "weights"]) else { return }
    steps = try inversion.integer("steps", in: InversionSettings.stepCounts, default: steps)
    learningRate = try inversion.number("learning_rate", in: InversionSettings.learningRates, default: learningRate)
    guard let weights = try inversion.mapping("weights", keys: ["pixel", "perceptual", "domain"]) else { return }
    pixelWeight = try weights.number("pixel", in: LossWeights.range, default: pixelWeight)
    perceptualWeight = try weights.number("perceptual", in: LossWeights.range, default: perceptualWeight)
    domainWeight = try weights.number("domain", in: LossWeights.range, default: domainWeight)
  }
}

extension PackAttribute {
  fileprivate static func list(_ pack: YAMLMapping, _ latent: Latent) throws(YAMLError) -> [PackAttribute] {
    guard let mapping = try pack.mapping("attributes") else { return [] }
    guard mapping.entries.count <= 256 else {
      throw mapping.place.error("attributes has \(mapping.entries.count) entries; at most 256 are accepted")
    }
    var attributes: [PackAttribute] = []
    for entry in mapping.entries {
      let name = try PackText.name(YAMLValue(.scalar(entry.key, .quoted), at: entry.keyPlace), "an attribute's name")
      var attribute = PackAttribute(name: name, layers: LayerList(allOf: latent.layers))
      try attribute.change(by: entry.value, layers: latent.layers)
      attributes.append(attribute)
    }
    return attributes
  }

  /// Takes over what an entry of `attributes` says; what it leaves out stays.
  ///
  /// - Parameter count: layers of the model.
  package mutating func change(by value: YAMLValue, layers count: Int) throws(YAMLError) {
    let fields = try YAMLMapping(value, context: "attribute \(name)", keys: ["title", "layers", "range"])
    title = try PackText.optionalLine(fields, "title") ?? title
    if let value = fields.optional("layers") { layers = try LayerList(value, name: "layers", count: count) }
    if let value = fields.optional("range") {
      let ends = try value.list("range", count: 2...2)
      let longestMove = Self.longestMove
      let lower = try ends[0].number("the range's start", in: -longestMove...longestMove)
      range = lower...(try ends[1].number("the range's end", in: lower...longestMove))
    }
  }
}

extension PackFile {
  /// - Parameter needed: names of files, sorted, that the rest of the description implies.
  fileprivate static func list(_ pack: YAMLMapping, needed: [String]) throws(YAMLError) -> [PackFile] {
    let mapping = try YAMLMapping(pack.required("files"), context: "files")
    var files: [PackFile] = []
    for entry in mapping.entries {
      guard !entry.key.contains("/"), !entry.key.hasPrefix("."), !entry.key.contains("\\") else {
        throw entry.keyPlace.error(
          "files may only name files inside the pack's folder; found \(quoted(entry.key))")
      }
      guard PackFileName.weights.contains(entry.key) else {
        throw entry.keyPlace.error(
          "unknown file \(quoted(entry.key)) in files"
            + Suggestion.clause(for: entry.key, in: PackFileName.weights))
      }
      let fields = try YAMLMapping(entry.value, context: "files", keys: ["sha256", "bytes"])
      files.append(
        PackFile(
          name: entry.key, sha256: try PackText.sha256(fields), bytes: try fields.integer("bytes", in: 8...(1 << 36))))
    }
    for name in needed where !files.contains(where: { $0.name == name }) {
      throw mapping.place.error("files needs the key '\(name)'")
    }
    if let entry = mapping.entries.first(where: {
      !needed.contains($0.key) && !($0.key == PackFileName.conventional && needed.contains(PackFileName.encoder))
    }) {
      throw entry.keyPlace.error(
        "files lists '\(entry.key)', but pack.yaml describes no \(entry.key.split(separator: ".")[0])")
    }
    return files.sorted { $0.name < $1.name }
  }
}

extension PackSource {
  fileprivate static func list(_ pack: YAMLMapping) throws(YAMLError) -> [PackSource] {
    guard let value = pack.optional("sources") else { return [] }
    var sources: [PackSource] = []
    for item in try value.list("sources", count: 1...512) {
      let fields = try YAMLMapping(item, context: "sources", keys: ["file", "sha256", "bytes"])
      sources.append(
        PackSource(
          file: try PackText.line(fields.required("file"), "file"), sha256: try PackText.sha256(fields),
          bytes: try fields.integer("bytes", in: 0...(1 << 40))))
    }
    return sources
  }
}
