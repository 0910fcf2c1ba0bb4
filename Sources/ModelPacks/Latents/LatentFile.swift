import PrintableText
import StrictYAML
import WeightFiles

/// Codes in W+ with the pack they belong to: `latent.safetensors`.
///
/// Each tensor is one code `[layers, w]`; the metadata have `pack` (name) and `pack_hash`.
package struct LatentFile: Sendable {
  /// By name: `encoder`, `inverted`. Each `[layers · w]`, row by row.
  package let codes: [String: [Float]]

  /// Reads codes and refuses those of another pack.
  ///
  /// - Parameter name: what messages call the file.
  /// - Throws: `PackError` that names the other pack, or the tensor that is no finite code.
  package init(path: String, name: String? = nil, pack: ModelPack) throws(PackError) {
    do {
      let file = try SafetensorsFile(path: path, name: name)
      let (own, description) = (pack.description.name, pack.description)
      guard let other = file.metadata["pack"], let hash = file.metadata["pack_hash"] else {
        throw PackError("\(file.name): does not say which pack its codes belong to; codes written by this program do")
      }
      guard hash == pack.hash else {
        throw PackError(
          other == own
            ? "\(file.name): belongs to another version of pack \(own) (\(hash.prefix(12))…, here \(pack.hash.prefix(12))…)"
            : "\(file.name): belongs to pack \(quoted(other)), not to \(quoted(own))")
      }
      var codes: [String: [Float]] = [:]
      for name in file.names {
        codes[name] = try file.floats(
          named: name, shape: [description.layers, description.wDimension], allowsNonFinite: false)
      }
      self.codes = codes
    } catch let error as WeightFileError {
      throw PackError(error)
    } catch let error as PackError {
      throw error
    } catch {
      throw PackError("\(error)")
    }
  }

  /// The bytes of a file.
  ///
  /// - Precondition: each code has layers · w numbers.
  package static func bytes(_ codes: [String: [Float]], pack: ModelPack) -> [UInt8] {
    let description = pack.description
    var writer = SafetensorsWriter(metadata: ["pack": description.name, "pack_hash": pack.hash])
    for (name, values) in codes {
      writer.add(name, shape: [description.layers, description.wDimension], values: values)
    }
    return writer.bytes()
  }
}
