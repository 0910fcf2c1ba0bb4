internal import Files

/// A cache of another process, read only. Its entries are replaced whole and known to be so by their hash, and one that
/// goes meanwhile is one that is not there.
package struct SharedLatents: Sendable {
  private let folder: Folder

  /// - Returns: nil where the folder cannot be opened.
  package init?(path: String) {
    guard let folder = try? Folder(path: Name(path)) else { return nil }  // a cache that cannot be read is an empty one
    self.folder = folder
  }

  /// The bytes stored under a key; nil where there are none that are whole.
  package func value(for key: String) -> [UInt8]? {
    guard LatentCache.isKey(key), let contents = try? folder.read(Name(key), limit: LatentCache.valueLimit) else { return nil }  // as above
    return Envelope.open(contents.bytes, kind: "latent")
  }
}
