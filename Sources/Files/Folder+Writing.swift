extension Folder {
  /// Writes a file so that its name stands either for the old content or for all of the new one, also after a power cut:
  /// hidden name beside, write, size compared, fsync, close, rename, fsync of the folder.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file of that name gives way; else EEXIST.
  ///   - durable: false leaves out both fsyncs, for a file that may be lost but not seen half-written.
  package func write(
    _ name: Name, _ bytes: some Collection<UInt8>, mode: UInt32 = 0o640, replacing: Bool = true, durable: Bool = true
  ) throws(FileError) {
    let temporary = Self.temporaryName(for: name)
    do throws(FileError) {
      let file = try createFile(temporary, mode: mode)
      try file.write(bytes)
      let size = try file.currentStatus().size
      guard size == Int64(bytes.count) else {
        throw FileError(.write, file.path, "\(size) of \(bytes.count) bytes were written", kind: .retry)
      }
      if durable { try file.sync() }
      try file.close()
      try move(temporary, to: self, as: name, replacing: replacing)
    } catch {
      // The first error counts; a leftover is overwritten by the next write and removed with the folder.
      try? remove(temporary)
      throw error
    }
    if durable { try sync() }
  }

  /// The hidden name under which a file is written first.
  package static func temporaryName(for name: Name) -> Name {
    Name(bytes: Array(".".utf8) + name.bytes.prefix(240) + Array(".new".utf8))
  }
}
