internal import Glibc

/// A read-only mapping of a whole regular file, unmapped when the last reference goes.
///
/// - Important: a file that another program truncates while it is mapped ends this process with SIGBUS. Map only files
///   whose folder is not writable by strangers; read others.
package final class Mapping: Sendable {
  private let start: UInt
  package let count: Int
  package let status: FileStatus

  /// Maps a file in a folder.
  package init(_ name: Name, in folder: Folder) throws(FileError) {
    let file = try folder.openFile(name)
    let size = Int(file.status.size)
    var address: UInt = 0
    if size > 0 {
      let number = file.number
      _ = try SystemCalls.perform(.map, file.path) { _ in
        let pointer = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, number, 0)
        guard let pointer = unsafe pointer, unsafe pointer != MAP_FAILED else { return -1 }
        address = UInt(bitPattern: pointer)
        return 0
      }
    }
    start = address
    count = size
    status = file.status
  }

  deinit {
    if count > 0 { unsafe munmap(UnsafeMutableRawPointer(bitPattern: start), count) }
  }

  /// Calls the body with the file's bytes; they are valid only inside.
  @unsafe package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let pointer = unsafe count > 0 ? UnsafeRawPointer(bitPattern: start) : nil
    return try unsafe body(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  /// Calls the body with the file's bytes.
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeBytes { buffer throws(Failure) in
      try unsafe body(buffer.bytes)
    }
  }
}
