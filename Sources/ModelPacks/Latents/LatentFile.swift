import PrintableText
import StrictYAML
package import WeightFiles

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
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(path: path, name: name)
    } catch {
      throw PackError(error)
    }
    let description = pack.description
    try self.init(
      file, pack: description.name, hash: pack.hash, layers: description.layers, width: description.wDimension)
  }

  /// Reads codes of a file that is open, or in memory, and refuses those of another pack than this.
  package init(_ file: SafetensorsFile, pack own: String, hash ownHash: String, layers: Int, width: Int) throws(PackError) {
    do {
      guard let other = file.metadata["pack"], let hash = file.metadata["pack_hash"] else {
        throw PackError("\(file.name): does not say which pack its codes belong to; codes written by this program do")
      }
      guard hash == ownHash else {
        throw PackError(
          other == own
            ? "\(file.name): belongs to another version of pack \(own) (\(hash.prefix(12))…, here \(ownHash.prefix(12))…)"
            : "\(file.name): belongs to pack \(quoted(other)), not to \(quoted(own))")
      }
      var codes: [String: [Float]] = [:]
      for name in file.names {
        codes[name] = try file.floats(named: name, shape: [layers, width], allowsNonFinite: false)
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
