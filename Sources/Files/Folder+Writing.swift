/// How much of a write must be on disk when it returns.
package enum Durability: Sendable {
  /// Never seen half-written by others, but a power cut may lose or damage it.
  case none
  /// After a power cut the name stands for all of it.
  case full
}

extension Folder {
  /// Writes a file so that its name never stands for half of it: hidden name beside, write, size compared, fsync, close,
  /// rename, fsync of the folder.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file of that name gives way; else EEXIST.
  ///   - durability: whether the two fsyncs are made.
  package func write(
    _ name: Name, _ bytes: some Collection<UInt8>, mode: UInt32 = 0o640, replacing: Bool = true,
    durability: Durability = .full
  ) throws(FileError) {
    _ = try writeDraft(of: name, bytes, mode: mode, isOnDisk: durability != .none)
    try placeDraft(of: name, replacing: replacing)
    if durability == .full { try sync() }
  }

  /// The first half of `write`: the whole content under a hidden name.
  ///
  /// - Parameter isOnDisk: whether it is fsynced, or left for a `SyncGroup`.
  /// - Returns: the hidden name; `placeDraft` gives it its own.
  package func writeDraft(
    of name: Name, _ bytes: some Collection<UInt8>, mode: UInt32 = 0o640, isOnDisk: Bool = false
  ) throws(FileError) -> Name {
    let temporary = Self.temporaryName(for: name)
    do throws(FileError) {
      let file = try createFile(temporary, mode: mode)
      try file.write(bytes)
      let size = try file.currentStatus().size
      guard size == Int64(bytes.count) else {
        throw FileError(.write, file.path, "\(size) of \(bytes.count) bytes were written", kind: .retry)
      }
      if isOnDisk { try file.sync() }
      try file.close()
      return temporary
    } catch {
      // The first error counts; a leftover is overwritten by the next write and removed with the folder.
      try? remove(temporary)
      throw error
    }
  }

  /// The second half of `write`: the draft takes its name.
  package func placeDraft(of name: Name, replacing: Bool = true) throws(FileError) {
    let temporary = Self.temporaryName(for: name)
    do throws(FileError) {
      try move(temporary, to: self, as: name, replacing: replacing)
    } catch {
      try? remove(temporary)  // as above
      throw error
    }
  }

  /// The hidden name under which a file is written first.
  package static func temporaryName(for name: Name) -> Name {
    Name(bytes: Array(".".utf8) + name.bytes.prefix(240) + Array(".new".utf8))
  }
}
