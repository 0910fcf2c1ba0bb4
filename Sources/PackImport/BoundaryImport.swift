internal import Checkpoints
internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import StrictYAML
internal import WeightFiles

/// The directions of a pack in the making, from files of several kinds.
struct BoundaryImport {
  /// In the order of the command line.
  private(set) var attributes: [PackAttribute] = []
  /// By the attribute's name.
  private(set) var directions: [String: (shape: [Int], values: [Float])] = [:]
  private(set) var sources: [PackSource] = []
  private let generator: GeneratorSettings

  /// - Throws: `PackError` for a file that cannot be read, and for a direction of another generator.
  init(_ paths: [String], generator: GeneratorSettings) throws(PackError) {
    self.generator = generator
    for path in paths {
      do throws(WeightFileError) {
        if try Self.isNumPy(path) {
          let file = try BoundaryFile(path: path)
          let name = String(path.split(separator: "/").last ?? "")
          let source = PackSource(file: printable(name), sha256: file.sha256, bytes: file.sizeInBytes)
          try add(String(name.prefix { $0 != "." }), file.shape, file.values, layers: file.layers, from: source)
        } else {
          let file = try Checkpoint(path: path)
          let source = PackSource(file: printable(file.name), sha256: try file.sha256(), bytes: file.sizeInBytes)
          guard !file.tensors.isEmpty else { throw WeightFileError(file: file.name, message: "holds no tensors") }
          for tensor in file.tensors {
            try add(tensor.name, tensor.shape, file.numbers(tensor.name).map { Float($0) }, layers: nil, from: source)
          }
        }
      } catch {
        throw PackError(error)
      }
    }
  }

  /// Takes over titles, layers and ranges from `--attribute`.
  mutating func change(by entries: [String]) throws(PackError) {
    do throws(YAMLError) {
      for text in entries {
        let root = try YAML.parse(text, file: "--attribute")
        for entry in try YAMLMapping(root, context: "--attribute").entries {
          guard let index = attributes.firstIndex(where: { $0.name == entry.key }) else {
            throw entry.keyPlace.error(
              "no boundary is named \(quoted(entry.key))" + Suggestion.clause(for: entry.key, in: attributes.map(\.name)))
          }
          try attributes[index].change(by: entry.value, layers: generator.layers)
        }
      }
    } catch {
      throw PackError(error)
    }
  }

  private static func isNumPy(_ path: String) throws(WeightFileError) -> Bool {
    let file = try ReadOnlyFile(path: path, name: String(path.split(separator: "/").last ?? ""))
    return try file.bytes(at: 0, count: min(6, file.sizeInBytes)) == [0x93] + Array("NUMPY".utf8)
  }

  private mutating func add(
    _ name: String, _ shape: [Int], _ values: [Float], layers: [Int]?, from source: PackSource
  ) throws(WeightFileError) {
    func refuse(_ message: String) -> WeightFileError { WeightFileError(file: source.file, message: message) }
    guard PackText.isName(name) else {
      throw refuse("would name an attribute \(quoted(name)); rename it to lowercase letters, digits, '-' and '_'")
    }
    let own = [[generator.wDimension], [generator.layers, generator.wDimension]]
    let core = Array(shape.drop { $0 == 1 })
    guard own.contains(core), shape.count <= 3 else {
      throw refuse(
        "is a boundary of another generator: its shape is \(shape), the generator's codes are \(generator.layers) layers of "
          + "\(generator.wDimension); give the boundaries that were made with this generator")
    }
    guard values.firstNonFiniteIndex == nil, values.contains(where: { $0 != 0 }) else {
      throw refuse("has a value that is not finite, or only zeros; it points nowhere")
    }
    var list = LayerList(allOf: generator.layers)
    if let layers {
      guard let given = LayerList(indices: layers, count: generator.layers) else {
        throw refuse(
          "is a boundary of another generator: it is for layers \(layers), the generator has 0 to \(generator.layers - 1)")
      }
      list = given
    }
    guard directions.updateValue((core, values), forKey: name) == nil else {
      throw refuse("gives the attribute \(quoted(name)) a second time; rename one of the files")
    }
    attributes.append(PackAttribute(name: name, layers: list))
    if sources.last != source { sources.append(source) }
  }
}
