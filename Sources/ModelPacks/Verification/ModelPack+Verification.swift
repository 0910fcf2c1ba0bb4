import Files
import WeightFiles

extension ModelPack.Verification {
  /// Above this many bytes `automatic` leaves the content unchecked.
  static let automaticLimit = 64 << 20

  func isFull(for description: PackDescription) -> Bool {
    switch self {
    case .sizes: false
    case .full: true
    case .automatic: description.files.reduce(0) { $0 + $1.bytes } <= Self.automaticLimit
    }
  }
}

extension ModelPack {
  /// Checks every byte against its hash and every number for being finite.
  ///
  /// - Throws: `PackError` for the first file that is not what `pack.yaml` says.
  package func verify() throws(PackError) {
    for expected in description.files {
      guard let file = files[expected.name] else { continue }
      do {
        var hash = Digest()
        try file.forEachPiece { hash.add($0) }
        let found = hash.finish()
        guard found == expected.sha256 else {
          throw PackError(
            "\(expected.name): has the SHA-256 \(found.prefix(12))…; pack.yaml says \(expected.sha256.prefix(12))…; copy the pack again"
          )
        }
        for entry in file.entries where entry.type.isFloating {
          _ = try file.floats(named: entry.name, allowsNonFinite: false)
        }
      } catch let error as WeightFileError {
        throw PackError(error)
      } catch let error as PackError {
        throw error
      } catch {
        throw PackError("\(error)")
      }
    }
  }
}
