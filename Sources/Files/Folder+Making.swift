internal import Glibc

extension Folder {
  /// Opens a folder by its path, making it and what is missing above it. What was made is on disk: what will be put there
  /// hangs on its name. Links in what is there already are followed.
  package static func making(_ path: Name, mode: UInt32 = 0o750) throws(FileError) -> Folder {
    do {
      return try Folder(path: path)
    } catch where error.errno == ENOENT {
      guard let slash = path.bytes.lastIndex(of: 0x2F), slash > 0 else {
        return try Folder(path: ".").makeDurableFolder(path, mode: mode)
      }
      let last = Name(bytes: Array(path.bytes[(slash + 1)...]))
      let parent = try making(Name(bytes: Array(path.bytes[..<slash])), mode: mode)
      if last.bytes.isEmpty { return parent }
      return try parent.makeDurableFolder(last, mode: mode)
    }
  }

  private func makeDurableFolder(_ name: Name, mode: UInt32) throws(FileError) -> Folder {
    let folder = try makeFolder(name, mode: mode)
    try sync()
    return folder
  }
}
