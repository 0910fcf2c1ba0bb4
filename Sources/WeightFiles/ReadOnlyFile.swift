private import Glibc

/// A regular file, open for reading. It is read rather than mapped: a mapping of a file that someone cuts ends the
/// process (SIGBUS), a read ends in an error. Links are followed: a machine's owner may keep large weights elsewhere.
package final class ReadOnlyFile: Sendable {
  /// The file as messages call it.
  package let name: String
  /// When it was opened.
  package let sizeInBytes: Int
  private let descriptor: Int32

  /// - Throws: `WeightFileError` when the file is missing, unreadable or not a regular file.
  package init(path: String, name: String) throws(WeightFileError) {
    // A FIFO without O_NONBLOCK would block until someone writes.
    let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw Self.failure(name, "cannot be opened", errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      _ = close(descriptor)
      throw Self.failure(name, "cannot be examined", code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw WeightFileError(file: name, message: "is not a regular file")
    }
    self.name = name
    self.descriptor = descriptor
    sizeInBytes = Int(status.st_size)
  }

  deinit {
    // Nothing was written, so nothing can be lost by a failing close.
    _ = close(descriptor)
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: `WeightFileError` when the file ends before, which it can only do when it was cut after it was opened.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(WeightFileError) {
    var done = 0
    while done < buffer.count {
      let count = unsafe pread(
        descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done, off_t(offset + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        throw WeightFileError(file: name, message: "became shorter while it was read; copy it again")
      } else if errno != EINTR {
        throw Self.failure(name, "cannot be read", errno)
      }
    }
  }

  /// The bytes from `offset` on.
  package func bytes(at offset: Int, count: Int) throws(WeightFileError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var failure: WeightFileError?
    unsafe result.withUnsafeMutableBytes { buffer in
      do throws(WeightFileError) { unsafe try read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  private static func failure(_ name: String, _ what: String, _ code: Int32) -> WeightFileError {
    if code == ENOENT { return WeightFileError(file: name, message: "does not exist") }
    return WeightFileError(file: name, message: "\(what): \(unsafe String(cString: strerror(code)))")
  }
}
