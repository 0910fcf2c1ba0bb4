internal import Glibc

extension Folder {
  /// Copies a regular file to another folder, durably and verified: written under a hidden name, fsynced, read back and
  /// compared by hash, renamed without replacing, folder fsynced. The source stays.
  ///
  /// - Parameter isPrivate: nobody else writes to `folder` (see `move`).
  /// - Returns: the SHA-256 of the content, and the source as it was when opened.
  /// - Throws: kind *retry* when the source changed meanwhile or the copy does not read back the same.
  @discardableResult
  package func copy(
    _ name: Name, to folder: Folder, as newName: Name, limit: Int64, replacing: Bool = false, isPrivate: Bool = false,
    keepsTime: Bool = false
  ) throws(FileError) -> (sha256: String, source: FileStatus) {
    let source = try openFile(name)
    guard source.status.size <= limit else {
      throw FileError(.read, source.path, "it has \(source.status.size) bytes; the limit is \(limit)")
    }
    let temporary = Self.temporaryName(for: newName)
    var hash = ""
    do throws(FileError) {
      let target = try folder.createFile(temporary, mode: source.status.mode & 0o666)
      hash = try Self.copyBytes(from: source, to: target, limit: limit)
      let after = try source.currentStatus()
      guard after.size == source.status.size, after.modified == source.status.modified else {
        throw FileError(.read, source.path, "it changed while it was copied", kind: .retry)
      }
      if keepsTime { try target.setModifiedIfPossible(source.status.modified) }
      try target.sync()
      try target.close()
      guard try folder.hash(of: temporary) == hash else {
        throw FileError(.write, folder.printablePath(of: newName), "the copy differs from its source", kind: .retry)
      }
      try folder.move(temporary, to: folder, as: newName, replacing: replacing, isPrivate: isPrivate)
    } catch {
      // The first error counts; what is left has a hidden name.
      try? folder.remove(temporary)
      throw error
    }
    try folder.sync()
    return (hash, source.status)
  }

  /// Makes a file that has other names (hard links) one of its own, with the same content and time of change, so that what
  /// is done to it is not done to them.
  package func separateFromOtherNames(_ name: Name) throws(FileError) {
    try copy(name, to: self, as: name, limit: .max, replacing: true, keepsTime: true)
  }

  /// Whether two entries have the same content: files the same bytes, folders the same names with the same content.
  package func hasSameContent(_ name: Name, as other: Name, in folder: Folder) throws(FileError) -> Bool {
    let (status, otherStatus) = (try status(of: name), try folder.status(of: other))
    guard status.kind == otherStatus.kind else { return false }
    if status.identity == otherStatus.identity { return true }
    switch status.kind {
    case .regular:
      guard status.size == otherStatus.size else { return false }
      return try hash(of: name) == folder.hash(of: other)
    case .folder:
      let (inner, otherInner) = (try self.folder(name), try folder.folder(other))
      let names = try inner.names().sorted()
      guard try otherInner.names().sorted() == names else { return false }
      for entry in names where try !inner.hasSameContent(entry, as: entry, in: otherInner) { return false }
      return true
    default:
      return false
    }
  }

  /// The SHA-256 of a regular file's content, read in pieces.
  package func hash(of name: Name) throws(FileError) -> String {
    let file = try openFile(name)
    var digest = Digest()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try file.read(into: &buffer)
      if count == 0 { return digest.finish() }
      digest.add(buffer[..<count])
    }
  }

  private static func copyBytes(
    from source: borrowing RegularFile, to target: borrowing RegularFile, limit: Int64
  ) throws(FileError) -> String {
    var digest = Digest()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var total: Int64 = 0
    while true {
      let count = try source.read(into: &buffer)
      if count == 0 { return digest.finish() }
      total += Int64(count)
      guard total <= limit else { throw FileError(.read, source.path, "it grew over the limit of \(limit) bytes") }
      digest.add(buffer[..<count])
      try target.write(buffer[..<count])
    }
  }

  /// Copies a folder with the regular files and folders below it; other kinds are left out. All of it is fsynced.
  package func copyTree(
    _ name: Name, to folder: Folder, as newName: Name, limit: Int64, depth: Int = 16
  ) throws(FileError) {
    guard depth > 0 else { throw FileError(.open, printablePath(of: name), "folders are nested too deeply") }
    let source = try self.folder(name)
    // Without setgid: RestrictSUIDSGID= of a hardened unit refuses it, and the group is that of the folder above anyway.
    let target = try folder.makeFolder(newName, mode: try source.status().mode & 0o777 | 0o700)
    for entry in try source.names() {
      switch try source.status(of: entry).kind {
      case .regular: try source.copy(entry, to: target, as: entry, limit: limit, replacing: true)
      case .folder: try source.copyTree(entry, to: target, as: entry, limit: limit, depth: depth - 1)
      default: continue
      }
    }
    try target.sync()
    try folder.sync()
  }
}
