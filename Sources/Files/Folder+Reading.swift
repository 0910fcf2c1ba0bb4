/// What was in a file at the one time it was read.
package struct FileContents: Sendable {
  package let bytes: [UInt8]
  /// The SHA-256 of these very bytes, in hexadecimal.
  package let sha256: String
  /// The file as it was right after opening.
  package let status: FileStatus
}

extension Folder {
  /// Reads a whole regular file.
  ///
  /// - Parameter limit: the most bytes accepted; checked before memory is taken and again while reading.
  /// - Throws: kind *refuse* for a link, a pipe, a device, a folder, or a file over the limit.
  package func read(_ name: Name, limit: Int) throws(FileError) -> FileContents {
    let file = try openFile(name)
    let path = file.path
    func tooLarge(_ size: Int64) -> FileError {
      FileError(.read, path, "it has \(size) bytes; the limit is \(limit)")
    }
    guard file.status.size <= Int64(limit) else { throw tooLarge(file.status.size) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(file.status.size))
    var buffer = [UInt8](repeating: 0, count: min(1 << 18, max(4096, Int(file.status.size) + 1)))
    while true {
      let count = try file.read(into: &buffer)
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { throw tooLarge(Int64(bytes.count)) }
    }
    let status = file.status
    return FileContents(bytes: bytes, sha256: Files.sha256(bytes), status: status)
  }
}

/// Reads a whole regular file by its path; see `Folder.read`.
package func readFile(_ path: Name, limit: Int) throws(FileError) -> FileContents {
  let (folder, name) = try openFolder(of: path)
  return try folder.read(name, limit: limit)
}

/// Writes a file by its path, durably; see `Folder.write`.
package func writeFile(_ path: Name, _ bytes: some Collection<UInt8>, replacing: Bool = true) throws(FileError) {
  let (folder, name) = try openFolder(of: path)
  try folder.write(name, bytes, replacing: replacing)
}

private func openFolder(of path: Name) throws(FileError) -> (Folder, Name) {
  guard let slash = path.bytes.lastIndex(of: 0x2F) else { return (try Folder(path: "."), path) }
  let parent = slash == 0 ? Name("/") : Name(bytes: Array(path.bytes[..<slash]))
  return (try Folder(path: parent), Name(bytes: Array(path.bytes[(slash + 1)...])))
}
