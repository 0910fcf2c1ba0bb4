internal import CLinux
internal import Glibc

/// The one list of system calls. Each function names its manual page, throws a `FileError` and goes through `perform`,
/// where interruptions are dealt with and where tests inject failures.
enum SystemCalls {
  /// Makes a call that returns -1 on failure; repeats it when a signal interrupted it.
  ///
  /// - Parameter capability: what the file system must have for it.
  static func perform(
    _ call: FileCall, needing capability: Capability? = nil, _ path: @autoclosure () -> String, _ body: (_ isShort: Bool) -> Int
  ) throws(FileError) -> Int {
    while true {
      var isShort = false
      if let injector = FaultInjector.current {
        switch injector.next(call, path()) {
        case .proceed: break
        case .short: isShort = true
        case .fail(EINTR): continue
        case .fail(let number): throw FileError(call, path(), errno: number)
        case .die: throw FileError(call, path(), errno: ECANCELED)
        }
        if let capability, injector.lacking.contains(capability) {
          throw FileError(call, path(), errno: capability.usualError)
        }
      }
      let result = body(isShort)
      if result >= 0 { return result }
      let number = errno
      if number != EINTR { throw FileError(call, path(), errno: number) }
    }
  }

  /// openat(2), always close-on-exec.
  static func open(
    at folder: Int32, _ name: Name, flags: Int32, mode: mode_t = 0, path: @autoclosure () -> String
  ) throws(FileError) -> Descriptor {
    let number = try perform(.open, path()) { _ in
      unsafe withCString(name) { text in Int(unsafe openat(folder, text, flags | O_CLOEXEC, mode)) }
    }
    return Descriptor(number: Int32(number))
  }

  /// read(2). Returns the number of bytes put at the front of `buffer`; 0 at the end.
  static func read(
    _ descriptor: Int32, into buffer: inout [UInt8], path: @autoclosure () -> String
  ) throws(FileError) -> Int {
    try perform(.read, path()) { _ in
      unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
    }
  }

  /// pread(2). Returns the number of bytes put at the front of `buffer`; 0 at the end.
  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, path: @autoclosure () -> String
  ) throws(FileError) -> Int {
    try perform(.read, path()) { isShort in
      let count = isShort ? min(buffer.count, max(1, buffer.count / 2)) : buffer.count
      return unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
    }
  }

  /// write(2), repeated until all bytes are taken.
  static func write(
    _ descriptor: Int32, _ bytes: some Collection<UInt8>, path: @autoclosure () -> String
  ) throws(FileError) {
    var rest = ArraySlice(bytes)
    while !rest.isEmpty {
      let written = try perform(.write, path()) { isShort in
        let count = isShort ? max(1, rest.count / 2) : rest.count
        return unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, count) }
      }
      rest = rest.dropFirst(written)
    }
  }

  /// fsync(2). Of a folder it does what the file system can do (see `Capability.folderSync`).
  static func sync(_ descriptor: Int32, isFolder: Bool = false, path: @autoclosure () -> String) throws(FileError) {
    do {
      try syncStrictly(descriptor, isFolder: isFolder, path: path())
    } catch where isFolder && error.isMissingFolderSync {
      FileSystems.current.note(.folderSync, of: descriptor, path: path())
    }
  }

  /// fsync(2), with an error where a folder cannot be synced.
  static func syncStrictly(_ descriptor: Int32, isFolder: Bool, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.sync, needing: isFolder ? .folderSync : nil, path()) { _ in Int(fsync(descriptor)) }
  }

  /// fsync(2) of several files and folders at the same time.
  ///
  /// - Throws: the first failure, when all have been tried.
  static func sync(_ files: [(number: Int32, path: String, isFolder: Bool)]) throws(FileError) {
    var failure: FileError?
    var permitted: [(number: Int32, path: String, isFolder: Bool)] = []
    func failed(_ file: (number: Int32, path: String, isFolder: Bool), _ error: FileError) {
      if file.isFolder, error.isMissingFolderSync {
        FileSystems.current.note(.folderSync, of: file.number, path: file.path)
      } else {
        failure = failure ?? error
      }
    }
    for file in files {
      do throws(FileError) {
        _ = try perform(.sync, needing: file.isFolder ? .folderSync : nil, file.path) { _ in 0 }
        permitted.append(file)
      } catch {
        failed(file, error)
      }
    }
    let numbers = permitted.map(\.number)
    var errors = [Int32](repeating: 0, count: numbers.count)
    unsafe idi_sync_all(numbers, &errors, Int32(numbers.count))
    for (file, number) in zip(permitted, errors) where number != 0 {
      failed(file, FileError(.sync, file.path, errno: number))
    }
    if let failure { throw failure }
  }

  /// fstat(2).
  static func status(of descriptor: Int32, path: @autoclosure () -> String) throws(FileError) -> FileStatus {
    var status = stat()
    _ = try perform(.status, path()) { _ in unsafe Int(fstat(descriptor, &status)) }
    return FileStatus(status)
  }

  /// fstatat(2), of a symbolic link itself.
  static func status(
    at folder: Int32, _ name: Name, path: @autoclosure () -> String
  ) throws(FileError) -> FileStatus {
    var status = stat()
    _ = try perform(.status, path()) { _ in
      unsafe withCString(name) { text in unsafe Int(fstatat(folder, text, &status, AT_SYMLINK_NOFOLLOW)) }
    }
    return FileStatus(status)
  }

  /// mkdirat(2).
  static func makeFolder(
    at folder: Int32, _ name: Name, mode: mode_t, path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.makeFolder, path()) { _ in
      unsafe withCString(name) { text in Int(unsafe mkdirat(folder, text, mode)) }
    }
  }

  /// readlinkat(2), at most 255 bytes of it.
  static func readSymbolicLink(at folder: Int32, _ name: Name, path: @autoclosure () -> String) throws(FileError) -> Name {
    var buffer = [CChar](repeating: 0, count: 255)
    let count = try perform(.readLink, path()) { _ in
      unsafe withCString(name) { text in unsafe readlinkat(folder, text, &buffer, buffer.count) }
    }
    return Name(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
  }

  /// unlinkat(2), of a file or of an empty folder.
  static func remove(
    at folder: Int32, _ name: Name, isFolder: Bool, path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.remove, path()) { _ in
      unsafe withCString(name) { text in Int(unsafe unlinkat(folder, text, isFolder ? AT_REMOVEDIR : 0)) }
    }
  }

  /// readdir(3): all names but `.` and `..`, in no order.
  static func list(_ folder: Int32, path: @autoclosure () -> String) throws(FileError) -> [Name] {
    var names: [Name] = []
    _ = try perform(.list, path()) { _ in
      names.removeAll(keepingCapacity: true)
      guard let stream = unsafe idi_folder_open(folder) else { return -1 }
      var buffer = [UInt8](repeating: 0, count: 256)
      while true {
        let length = unsafe buffer.withUnsafeMutableBufferPointer { unsafe idi_folder_next(stream, $0.baseAddress) }
        if length <= 0 {
          let number = errno
          let closed = unsafe idi_folder_close(stream)
          if length == 0 { return Int(closed) }
          errno = number
          return -1
        }
        let name = Name(bytes: Array(buffer[..<Int(length)]))
        if name.isPlain { names.append(name) }
      }
    }
    return names
  }

  /// fchmod(2).
  static func changeMode(_ descriptor: Int32, _ mode: mode_t, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.changeMode, needing: .modes, path()) { _ in Int(fchmod(descriptor, mode)) }
  }

  /// fchown(2), the group only.
  static func changeGroup(_ descriptor: Int32, _ group: UInt32, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.changeGroup, needing: .modes, path()) { _ in Int(fchown(descriptor, uid_t.max, group)) }
  }

  /// utimensat(2), both times now.
  static func touch(at folder: Int32, _ name: Name, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.touch, path()) { _ in
      unsafe withCString(name) { text in Int(unsafe utimensat(folder, text, nil, AT_SYMLINK_NOFOLLOW)) }
    }
  }

  /// futimens(3); the time of access becomes the time of change.
  static func setModified(_ descriptor: Int32, _ modified: Int64, path: @autoclosure () -> String) throws(FileError) {
    let second: Int64 = 1_000_000_000
    let fraction = (modified % second + second) % second
    let time = timespec(tv_sec: Int((modified - fraction) / second), tv_nsec: Int(fraction))
    _ = try perform(.touch, needing: .modes, path()) { _ in
      Int(unsafe futimens(descriptor, [time, time]))
    }
  }

  /// flock(2), exclusive, without waiting.
  static func lock(_ descriptor: Int32, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.lock, path()) { _ in Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
  }

  /// fstatfs(2).
  static func fileSystemType(_ descriptor: Int32, path: @autoclosure () -> String) throws(FileError) -> Int64 {
    var type: Int64 = 0
    _ = try perform(.fileSystem, path()) { _ in Int(unsafe idi_filesystem_type(descriptor, &type)) }
    return type
  }

  /// fcntl(2), F_SETLEASE: fails with EAGAIN where somebody writes.
  static func tryReadLease(_ descriptor: Int32, path: @autoclosure () -> String) throws(FileError) {
    _ = try perform(.lease, path()) { _ in Int(idi_try_read_lease(descriptor)) }
  }

  /// close(2). Not repeated after an interruption: the descriptor is gone then, as on every Linux.
  static func close(_ descriptor: Int32, path: @autoclosure () -> String) throws(FileError) {
    let result = Glibc.close(descriptor)
    let number = errno
    if let injector = FaultInjector.current {
      switch injector.next(.close, path()) {
      case .proceed, .short, .fail(EINTR): break
      case .fail(let number): throw FileError(.close, path(), errno: number)
      case .die: throw FileError(.close, path(), errno: ECANCELED)
      }
    }
    if result != 0 && number != EINTR { throw FileError(.close, path(), errno: number) }
  }

  /// Calls the body with the name as C wants it.
  @unsafe static func withCString<Result>(_ name: Name, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    var terminated = name.bytes
    terminated.append(0)
    return unsafe terminated.withUnsafeBytes { buffer in
      // The array ends with a zero, so its base address is never nil.
      unsafe body(buffer.assumingMemoryBound(to: CChar.self).baseAddress!)
    }
  }
}
