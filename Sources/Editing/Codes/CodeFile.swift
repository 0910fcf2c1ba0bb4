internal import Files
internal import ModelPacks
internal import PrintableText
internal import WeightFiles

/// A saved code in a job: `latent.safetensors` or `latent.npy` of an earlier result, or of the released scripts.
package struct CodeFile: Sendable {
  /// What a picture's inversion would have given.
  let code: LatentCode
  /// The encoder's code, where the file has it.
  let encoder: LatentCode?

  /// Whether bytes are of a format that codes are saved in, by how they begin.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: NumPyFile.magic) { return true }
    // Eight bytes of length, then a JSON object of that length.
    guard bytes.count > 10, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(SafetensorsFile.maximumHeaderBytes)
  }

  /// Refuses what a job could not use.
  package static func check(_ file: InputFile, _ facts: ModelInfo) throws(EditingError) {
    _ = try CodeFile(file, facts)
  }

  /// Reads the one code of a file.
  ///
  /// - Throws: `EditingError` (`refuse`) for codes of another pack by its name, and for anything that is not one finite
  ///   code of this pack's shape, `[layers, w]` or, in NumPy's format, `[1, layers, w]`.
  init(_ file: InputFile, _ facts: ModelInfo) throws(EditingError) {
    let name = printable(file.name)
    do {
      let open = ReadOnlyFile(bytes: file.bytes, name: file.name)
      if file.bytes.starts(with: NumPyFile.magic) {
        code = try Self.code(NumPyFile(open), name, facts)
        encoder = nil
      } else {
        let codes = try LatentFile(
          SafetensorsFile(open), pack: facts.name, hash: facts.hash, layers: facts.layers, width: facts.width).codes
        guard let values = codes["inverted"] ?? (codes.count == 1 ? codes.values.first : nil) else {
          let names = codes.keys.sorted().map { quoted($0) }.joined(separator: ", ")
          throw EditingError(.refuse, "\(name): has no code 'inverted'; there are \(names.isEmpty ? "none" : names)")
        }
        code = LatentCode(layers: facts.layers, width: facts.width, values: values)
        encoder = codes["encoder"].map { LatentCode(layers: facts.layers, width: facts.width, values: $0) }
      }
    } catch let error as EditingError {
      throw error
    } catch {
      throw EditingError(.refuse, "\(error)")
    }
  }

  private static func code(_ file: NumPyFile, _ name: String, _ facts: ModelInfo) throws -> LatentCode {
    switch file.values {
    case .floats, .doubles: break
    case .bytes, .integers: throw EditingError(.refuse, "\(name): holds whole numbers and no code; save it as float32")
    }
    let shape = [facts.layers, facts.width]
    if file.shape.count == 3, file.shape[0] > 1, Array(file.shape.dropFirst()) == shape {
      throw EditingError(.refuse, "\(name): holds \(file.shape[0]) codes; save the one that is meant in a file of its own")
    }
    guard file.shape == shape || file.shape == [1] + shape else {
      throw EditingError(
        .refuse,
        "\(name): has shape \(file.shape), which is no code of \(facts.name); its codes have [1, \(facts.layers), \(facts.width)]")
    }
    let values = file.floats
    guard let index = values.firstIndex(where: { !$0.isFinite }) else {
      return LatentCode(layers: facts.layers, width: facts.width, values: values)
    }
    throw EditingError(.refuse, "\(name): has the value \(values[index]) at index \(index); every value must be finite")
  }
}
