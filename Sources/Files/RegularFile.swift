internal import Glibc
internal import PrintableText

/// An open regular file.
package struct RegularFile: ~Copyable {
  private let descriptor: Descriptor
  package let path: String
  /// As it was right after opening.
  package let status: FileStatus

  fileprivate init(descriptor: consuming Descriptor, path: String, status: FileStatus) {
    self.descriptor = descriptor
    self.path = path
    self.status = status
  }

  package var number: Int32 { descriptor.number }

  package func currentStatus() throws(FileError) -> FileStatus {
    try SystemCalls.status(of: number, path: path)
  }

  /// Reads on; the bytes come to the front of `buffer`. Returns their number, 0 at the end.
  package func read(into buffer: inout [UInt8]) throws(FileError) -> Int {
    try SystemCalls.read(number, into: &buffer, path: path)
  }

  /// Fills `buffer` with the bytes from `offset` on; where reading goes on by `read(into:)` does not matter and does not
  /// change, so several threads may read one file.
  ///
  /// - Throws: also when the file ends before, which it can only do when it was cut after it was opened.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = unsafe try SystemCalls.read(number, into: rest, at: offset + done, path: path)
      guard count > 0 else { throw FileError(.read, path, "became shorter while it was read; copy it again") }
      done += count
    }
  }

  package func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    try SystemCalls.write(number, bytes, path: path)
  }

  package func sync() throws(FileError) {
    try SystemCalls.sync(number, path: path)
  }

  package func setMode(_ mode: UInt32) throws(FileError) {
    try SystemCalls.changeMode(number, mode_t(mode), path: path)
  }

  /// Sets the permission bits where the file system has them.
  package func setModeIfPossible(_ mode: UInt32) throws(FileError) {
    do {
      try setMode(mode)
    } catch where error.isMissingMode {
      FileSystems.current.note(.modes, of: number, path: path)
    }
  }

  /// Sets the time of change where the file system lets it be set; in nanoseconds since 1970.
  package func setModifiedIfPossible(_ modified: Int64) throws(FileError) {
    do {
      try SystemCalls.setModified(number, modified, path: path)
    } catch where error.isMissingMode {
      // A time is worth no word.
    }
  }

  package func setGroup(_ group: UInt32) throws(FileError) {
    try SystemCalls.changeGroup(number, group, path: path)
  }

  /// Takes the exclusive lock that belongs to this open file (flock(2)); fails with EAGAIN when another holds it.
  package func lock() throws(FileError) {
    try SystemCalls.lock(number, path: path)
  }

  /// Lets go of it before the file is closed.
  package func unlock() {
    // Fails only where there is nothing to let go of.
    _ = flock(number, LOCK_UN)
  }

  /// Whether somebody has the file open for writing; nil where the kernel does not tell this process.
  package func hasWriter() throws(FileError) -> Bool? {
    do {
      try SystemCalls.tryReadLease(number, path: path)
      return false
    } catch where error.errno == EAGAIN {
      return true
    } catch where error.errno == EACCES || error.errno == EPERM || error.errno == EINVAL || error.errno == ENOLCK {
      return nil
    }
  }

  package consuming func close() throws(FileError) {
    let path = path
    let descriptor = descriptor
    try descriptor.close(path: path)
  }
}

extension RegularFile {
  /// Opens a regular file for reading by its path, through links: for files that the machine's owner names.
  package init(following path: Name) throws(FileError) {
    let printable = escaped(path.bytes)
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
    self = try Self.opened(
      SystemCalls.open(at: AT_FDCWD, path, flags: flags, path: printable), path: printable)
  }

  fileprivate static func opened(_ descriptor: consuming Descriptor, path: String) throws(FileError) -> RegularFile {
    let status = try SystemCalls.status(of: descriptor.number, path: path)
    guard status.kind == .regular else {
      throw FileError(.open, path, "it is not a regular file; only regular files are read")
    }
    return RegularFile(descriptor: descriptor, path: path, status: status)
  }
}

extension Folder {
  /// Opens a regular file for reading: no link is followed, nothing blocks, and what was opened is looked at.
  package func openFile(_ name: Name) throws(FileError) -> RegularFile {
    let path = printablePath(of: name)
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
    return try RegularFile.opened(SystemCalls.open(at: number, name, flags: flags, path: path), path: path)
  }

  /// Makes an empty file (or empties one) for writing.
  ///
  /// - Parameter exclusive: fail with EEXIST where the name is taken.
  package func createFile(
    _ name: Name, mode: UInt32 = 0o640, exclusive: Bool = false
  ) throws(FileError) -> RegularFile {
    let path = printablePath(of: name)
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (exclusive ? O_EXCL : O_TRUNC)
    let descriptor = try SystemCalls.open(at: number, name, flags: flags, mode: mode_t(mode), path: path)
    let status = try SystemCalls.status(of: descriptor.number, path: path)
    guard status.kind == .regular else { throw FileError(.open, path, "it is not a regular file") }
    return RegularFile(descriptor: descriptor, path: path, status: status)
  }

  /// Opens a file for locking, made if need be, its content kept.
  package func openLockFile(_ name: Name) throws(FileError) -> RegularFile {
    let path = printablePath(of: name)
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK
    let descriptor = try SystemCalls.open(at: number, name, flags: flags, mode: 0o640, path: path)
    let status = try SystemCalls.status(of: descriptor.number, path: path)
    return RegularFile(descriptor: descriptor, path: path, status: status)
  }
}
