package import ModelPacks
internal import PrintableText
internal import WeightFiles

/// A direction in a file: one of `directions.safetensors`, or a NumPy array.
package struct DirectionFile: Sendable {
  /// `[w]`, or a row for each layer.
  package let shape: [Int]
  package let values: [Float]
  /// Those the file is for, where it says so.
  package let layers: LayerList?

  /// - Parameters:
  ///   - direction: which one of several; nil where there is one.
  ///   - description: the pack's that gets it.
  /// - Throws: `PackError` for a file that cannot be read, for several directions of which none is named, and for a
  ///   direction of another generator.
  package init(_ path: String, direction: String?, for description: PackDescription) throws(PackError) {
    let shown = printable(String(path.split(separator: "/").last ?? ""))
    do throws(WeightFileError) {
      let file = try ReadOnlyFile(path: path, name: shown)
      if try file.bytes(at: 0, count: min(6, file.sizeInBytes)) == NumPyFile.magic {
        let array = try NumPyFile(file)
        (shape, values, layers) = (array.shape, array.floats, nil)
      } else {
        let tensors = try SafetensorsFile(file)
        let name = try Self.choice(direction, tensors.names, shown)
        shape = tensors.entry(name)?.shape ?? []
        values = try tensors.floats(named: name)
        let text = tensors.metadata["layers"]
        layers = text.flatMap { try? LayerList($0, count: description.layers) }  // an older or a foreign file says nothing of them
      }
    } catch {
      throw PackError(error)
    }
    let core = Array(shape.drop { $0 == 1 }), width = description.wDimension
    guard core == [width] || core == [description.layers, width] else {
      throw PackError(
        "\(shown): the direction has shape \(shape); \(description.name) needs [\(width)], or [\(description.layers), \(width)]")
    }
    guard values.allSatisfy(\.isFinite), values.contains(where: { $0 != 0 }) else {
      throw PackError("\(shown): the direction has a value that is not finite, or only zeros; it points nowhere")
    }
  }

  private static func choice(_ wanted: String?, _ names: [String], _ file: String) throws(WeightFileError) -> String {
    guard let wanted else {
      guard names.count == 1, let only = names.first else {
        throw WeightFileError(
          file: file, message: "holds \(names.count) directions; say which one with --direction: \(names.sorted().joined(separator: ", "))")
      }
      return only
    }
    // `2` for `02`.
    if let name = names.first(where: { $0 == wanted || Int($0) != nil && Int($0) == Int(wanted) }) { return name }
    throw WeightFileError(
      file: file, message: "has no direction \(quoted(wanted)); it has \(names.sorted().joined(separator: ", "))")
  }
}
