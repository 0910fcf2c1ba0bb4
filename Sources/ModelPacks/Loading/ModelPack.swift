package import NeuralNetworks
internal import PrintableText
import StrictYAML
package import WeightFiles

/// A model: its description, and its files open and checked. Weights are read when a network is made.
package struct ModelPack: Sendable {
  /// How much of the files' content is checked when a pack is loaded. Sizes, names and shapes always are.
  package enum Verification: Sendable {
    /// Nothing more. A changed byte shows in a strange picture only.
    case sizes
    /// Every byte against its SHA-256, every number for being finite.
    case full
    /// `full` for packs up to 64 MiB, about 50 ms; `sizes` above, so that a large pack does not delay the start by
    /// seconds.
    case automatic
  }

  /// Where the pack is.
  package let folder: String
  package let description: PackDescription
  /// What makes a code belong to this pack and no other, 64 hexadecimal digits; see `PackHash`.
  package let hash: String
  /// By the attribute's name.
  package let boundaries: [String: Boundary]
  let files: [String: SafetensorsFile]

  /// Loads a pack and checks that its files are what its description says.
  ///
  /// - Throws: `PackError` in one line for the first thing that is wrong: description, a file's size, hash, names,
  ///   shapes, values.
  package static func load(
    _ folder: String, verification: Verification = .automatic
  ) throws(PackError) -> ModelPack {
    let description = try PackDescription.read(folder: folder)
    var files: [String: SafetensorsFile] = [:]
    for expected in description.document.files {
      files[expected.name] = try open(expected, in: folder)
    }
    for (name, plan) in description.document.plans {
      if let file = files[name] { try plan.check(file) }
    }
    let pack = ModelPack(
      folder: folder, description: description.document, hash: description.hash,
      boundaries: try readBoundaries(files[PackFileName.boundaries], description.document), files: files)
    if verification.isFull(for: description.document) { try pack.verify() }
    return pack
  }

  /// Makes the generator; reads its weights.
  package func makeGenerator() throws -> Generator {
    try Generator(settings: description.generator, weights: try weights(PackFileName.generator))
  }

  /// Makes the encoder; reads its weights.
  ///
  /// - Throws: also where the pack has none.
  package func makeEncoder() throws -> Encoder {
    guard let settings = description.encoder else { throw description.missing("encoder") }
    return try Encoder(settings: settings, weights: try weights(PackFileName.encoder))
  }

  /// Makes the encoder of the paper's baseline; reads its weights.
  ///
  /// - Throws: `PackError` where the pack has none.
  package func makeConventionalEncoder() throws -> Encoder {
    guard let settings = description.encoder else { throw description.missing("encoder") }
    return try Encoder(settings: settings, weights: try weights(PackFileName.conventional))
  }

  /// Makes the perceptual network; reads its weights.
  ///
  /// - Throws: also where the pack has none.
  package func makePerceptualNetwork() throws -> PerceptualNetwork {
    guard let settings = description.perceptual else { throw description.missing("perceptual") }
    return try PerceptualNetwork(
      settings: settings, resolution: description.resolution,
      weights: try weights(PackFileName.perceptual))
  }

  /// Makes the discriminator, where the pack has one; reads its weights.
  package func makeDiscriminator() throws -> Discriminator? {
    guard let settings = description.discriminator else { return nil }
    return try Discriminator(settings: settings, weights: try weights(PackFileName.discriminator))
  }

  /// A network's weights by name.
  ///
  /// - Throws: `PackError` where the pack has no such file.
  package func weights(_ name: String) throws(PackError) -> PackWeights {
    guard let file = files[name] else { throw PackError("pack \(description.name) has no \(name)") }
    return PackWeights(file)
  }

  private static func open(_ expected: PackFile, in folder: String) throws(PackError) -> SafetensorsFile {
    do {
      let file = try SafetensorsFile(path: folder + "/" + expected.name, name: expected.name)
      guard file.sizeInBytes == expected.bytes else {
        throw PackError(
          "\(expected.name): has \(file.sizeInBytes) bytes; pack.yaml says \(expected.bytes); copy the pack again")
      }
      return file
    } catch let error as WeightFileError {
      throw PackError(error)
    } catch let error as PackError {
      throw error
    } catch {
      throw PackError("\(error)")
    }
  }

  private static func readBoundaries(
    _ file: SafetensorsFile?, _ description: PackDescription
  ) throws(PackError) -> [String: Boundary] {
    guard let file else { return [:] }
    var boundaries: [String: Boundary] = [:]
    let shapes = [[description.wDimension], [description.layers, description.wDimension]]
    for attribute in description.attributes {
      guard let entry = file.entry(attribute.name) else {
        throw PackError("\(file.name): '\(attribute.name)' is missing; pack.yaml lists the attribute")
      }
      guard shapes.contains(entry.shape) else {
        throw PackError(
          "\(file.name): '\(attribute.name)' has shape \(entry.shape); \(shapes[0]) or \(shapes[1]) is needed")
      }
      let values: [Float]
      do {
        values = try file.floats(named: attribute.name, allowsNonFinite: false)
      } catch {
        throw PackError(error)
      }
      guard values.contains(where: { $0 != 0 }) else {
        throw PackError("\(file.name): '\(attribute.name)' is zero everywhere; it points nowhere")
      }
      let width = description.wDimension
      boundaries[attribute.name] = Boundary(
        rows: stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) })
    }
    for name in file.names where boundaries[name] == nil {
      throw PackError(
        "\(file.name): \(quoted(name)) is no attribute of pack.yaml"
          + Suggestion.clause(for: name, in: description.attributes.map(\.name)))
    }
    return boundaries
  }
}

/// A direction in the space of codes.
package struct Boundary: Sendable, Equatable {
  /// One row of w values for all layers, or a row for each.
  package let rows: [[Float]]

  package init(rows: [[Float]]) {
    precondition(!rows.isEmpty, "a boundary has at least one row")
    self.rows = rows
  }

  /// The direction for a layer, `[w]`.
  package func row(forLayer layer: Int) -> [Float] { rows.count == 1 ? rows[0] : rows[layer] }
}

/// A file's weights as networks ask for them. Every value must be finite.
package struct PackWeights: WeightSource, Sendable {
  private let file: SafetensorsFile

  package init(_ file: SafetensorsFile) {
    self.file = file
  }

  package var names: Set<String> { Set(file.names) }

  package func floats(named name: String, shape: [Int]) throws -> [Float] {
    try file.floats(named: name, shape: shape, allowsNonFinite: false)
  }

  package func rowReader(named name: String, shape: [Int]) throws -> RowReader {
    try file.rowReader(named: name, shape: shape)
  }
}
