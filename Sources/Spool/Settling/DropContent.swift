internal import Files

/// What the first bytes of a file say of it, where its name says nothing.
package enum DropContent: Sendable, Equatable {
  /// Something that a job can be about, under whatever name.
  case subject
  /// A known format that is not read: what it is and what to do.
  case unread(String)

  /// As many bytes as are looked at.
  static let opening = 512
}

extension DropTracker {
  /// Looks into a file whose name is neither an image's nor a sidecar's.
  func content(of name: Name, _ status: FileStatus, in folder: Folder) -> DropContent? {
    guard status.kind == .regular, status.size > 0 else { return nil }
    do throws(FileError) {
      let file = try folder.openFile(name)
      var bytes = [UInt8](repeating: 0, count: DropContent.opening)
      let count = try file.read(into: &bytes)
      return configuration.content(Array(bytes.prefix(count)))
    } catch {
      // Whether it may be read is found out, and told, when it has settled.
      return nil
    }
  }
}
