internal import Glibc
internal import PrintableText

/// An open folder. Everything below it is reached relative to its descriptor, so that a path swapped meanwhile is not
/// followed.
package final class Folder: Sendable {
  /// The path it was opened by, for messages and for opening it again.
  package let path: Name
  private let descriptor: Descriptor

  /// The path as it may be printed.
  package var printablePath: String { escaped(path.bytes) }
  /// The descriptor's number, for `poll` and `inotify`.
  package var number: Int32 { descriptor.number }

  private init(path: Name, descriptor: consuming Descriptor) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Opens a folder by its path. A symbolic link as last component is followed only if asked for.
  package convenience init(path: Name, followsLink: Bool = true) throws(FileError) {
    let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = try SystemCalls.open(at: AT_FDCWD, path, flags: flags, path: escaped(path.bytes))
    self.init(path: path, descriptor: descriptor)
  }

  /// Opens a folder in this one; never through a symbolic link.
  package func folder(_ name: Name) throws(FileError) -> Folder {
    let path = path.appending(name)
    let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW
    let descriptor = try SystemCalls.open(at: number, name, flags: flags, path: escaped(path.bytes))
    return Folder(path: path, descriptor: descriptor)
  }

  /// Opens the folder above this one.
  package func parent() throws(FileError) -> Folder {
    let path = path.appending("..")
    let descriptor = try SystemCalls.open(at: number, "..", flags: O_RDONLY | O_DIRECTORY, path: escaped(path.bytes))
    return Folder(path: path, descriptor: descriptor)
  }

  /// The path of an entry, as it may be printed.
  package func printablePath(of name: Name) -> String {
    escaped(path.appending(name).bytes)
  }

  /// The names in this folder, but for `.` and `..`, in no order.
  package func names() throws(FileError) -> [Name] {
    try SystemCalls.list(number, path: printablePath)
  }

  package func status() throws(FileError) -> FileStatus {
    try SystemCalls.status(of: number, path: printablePath)
  }

  /// What an entry is; a symbolic link is not followed.
  package func status(of name: Name) throws(FileError) -> FileStatus {
    try SystemCalls.status(at: number, name, path: printablePath(of: name))
  }

  /// Same, nil where there is no such entry.
  package func statusIfPresent(of name: Name) throws(FileError) -> FileStatus? {
    do {
      return try status(of: name)
    } catch where error.errno == ENOENT {
      return nil
    }
  }

  package func contains(_ name: Name) throws(FileError) -> Bool {
    try statusIfPresent(of: name) != nil
  }

  /// fsync(2): the names in this folder are on disk afterwards.
  package func sync() throws(FileError) {
    try SystemCalls.sync(number, path: printablePath)
  }

  /// Makes a folder in this one and opens it. An existing folder is opened where `exclusive` is false.
  package func makeFolder(_ name: Name, mode: UInt32 = 0o750, exclusive: Bool = false) throws(FileError) -> Folder {
    do {
      try SystemCalls.makeFolder(at: number, name, mode: mode_t(mode), path: printablePath(of: name))
    } catch where error.errno == EEXIST && !exclusive {
      // It is there: the open below says whether it is a folder.
    }
    return try folder(name)
  }

  /// rename(2), never over an existing name unless `replacing`.
  package func move(
    _ name: Name, to folder: Folder, as newName: Name, replacing: Bool = false
  ) throws(FileError) {
    try SystemCalls.rename(
      at: number, name, to: folder.number, newName, replacing: replacing,
      path: "\(printablePath(of: name)) → \(folder.printablePath(of: newName))")
  }

  package func remove(_ name: Name) throws(FileError) {
    try SystemCalls.remove(at: number, name, isFolder: false, path: printablePath(of: name))
  }

  package func removeFolder(_ name: Name) throws(FileError) {
    try SystemCalls.remove(at: number, name, isFolder: true, path: printablePath(of: name))
  }

  /// Removes an entry and, if it is a folder, all below it. Links are removed, not followed. No error if it is absent.
  package func removeTree(_ name: Name) throws(FileError) {
    guard let status = try statusIfPresent(of: name) else { return }
    guard status.kind == .folder else { return try remove(name) }
    let inner = try folder(name)
    for entry in try inner.names() { try inner.removeTree(entry) }
    try removeFolder(name)
  }

  /// Sets the permission bits of this folder.
  package func setMode(_ mode: UInt32) throws(FileError) {
    try SystemCalls.changeMode(number, mode_t(mode), path: printablePath)
  }

  package func setGroup(_ group: UInt32) throws(FileError) {
    try SystemCalls.changeGroup(number, group, path: printablePath)
  }

  /// Sets an entry's times to now.
  package func touch(_ name: Name) throws(FileError) {
    try SystemCalls.touch(at: number, name, path: printablePath(of: name))
  }

  /// The magic number of the file system (statfs(2)).
  package func fileSystemType() throws(FileError) -> Int64 {
    try SystemCalls.fileSystemType(number, path: printablePath)
  }
}
