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

  /// The names in this folder, but for `.` and `..` and the names of deleted files, in no order.
  package func names() throws(FileError) -> [Name] {
    try SystemCalls.list(number, path: printablePath).filter { !$0.isOfDeletedFile }
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
    try SystemCalls.sync(number, isFolder: true, path: printablePath)
  }

  /// Makes a folder in this one and opens it. An existing folder is opened where `exclusive` is false.
  package func makeFolder(_ name: Name, mode: UInt32 = 0o750, exclusive: Bool = false) throws(FileError) -> Folder {
    do {
      try SystemCalls.makeFolder(at: number, name, mode: mode_t(mode), path: printablePath(of: name))
    } catch where error.errno == EEXIST && !exclusive {
      // It is there: the open below says whether it is a folder.
    }
    do {
      return try folder(name)
    } catch where error.errno == ENOENT {
      throw FileError(.open, error.path, "it exists but cannot be seen yet", kind: .retry)
    }
  }

  package func remove(_ name: Name) throws(FileError) {
    try SystemCalls.remove(at: number, name, isFolder: false, path: printablePath(of: name))
  }

  package func removeFolder(_ name: Name) throws(FileError) {
    try SystemCalls.remove(at: number, name, isFolder: true, path: printablePath(of: name))
  }

  /// Removes an entry and, if it is a folder, all below it. Links are removed, not followed. No error if it is absent.
  package func removeTree(_ name: Name) throws(FileError) { try removeTree(name, tries: 3) }

  /// - Parameter tries: for a folder into which somebody writes a last file meanwhile.
  private func removeTree(_ name: Name, tries: Int) throws(FileError) {
    guard let status = try statusIfPresent(of: name) else { return }
    guard status.kind == .folder else { return try remove(name) }
    let inner = try folder(name)
    var deleted: [Name] = []
    for entry in try SystemCalls.list(inner.number, path: inner.printablePath) {
      if entry.isOfDeletedFile { deleted.append(entry) } else { try inner.removeTree(entry) }
    }
    // What is deleted and still open somewhere comes back under such a name, or cannot be removed by those who have it open.
    for entry in deleted { try? inner.remove(entry) }
    do {
      try removeFolder(name)
    } catch where [ENOTEMPTY, EEXIST, EBUSY].contains(error.errno) {
      guard try inner.names().isEmpty else {
        guard tries > 1 else { throw error }
        return try removeTree(name, tries: tries - 1)
      }
      throw FileError(.remove, error.path, "a deleted file in it is still open somewhere", kind: .retry)
    }
  }

  /// Sets the permission bits of this folder.
  package func setMode(_ mode: UInt32) throws(FileError) {
    try SystemCalls.changeMode(number, mode_t(mode), path: printablePath)
  }

  /// Sets the permission bits where the file system has them.
  package func setModeIfPossible(_ mode: UInt32) throws(FileError) {
    do {
      try setMode(mode)
    } catch where error.isMissingMode {
      FileSystems.current.note(.modes, of: number, path: printablePath)
    }
  }

  package func setGroup(_ group: UInt32) throws(FileError) {
    try SystemCalls.changeGroup(number, group, path: printablePath)
  }

  /// Sets an entry's times to now.
  package func touch(_ name: Name) throws(FileError) {
    try SystemCalls.touch(at: number, name, path: printablePath(of: name))
  }

  /// Takes the exclusive lock that belongs to this open folder (flock(2)); fails with EAGAIN when another holds it.
  package func lock() throws(FileError) {
    try SystemCalls.lock(number, path: printablePath)
  }

  /// The magic number of the file system (statfs(2)).
  package func fileSystemType() throws(FileError) -> Int64 {
    try SystemCalls.fileSystemType(number, path: printablePath)
  }
}
