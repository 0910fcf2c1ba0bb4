internal import CLinux
internal import Glibc
internal import Images

/// A file in memory that has no name, and a size that nobody can change.
struct MemoryFile: ~Copyable {
  let descriptor: Int32

  /// Holds these bytes for ever.
  init(_ head: [UInt8], _ body: [UInt8]) throws(DecoderProblem) {
    let made = try Self.made()
    do throws(DecoderProblem) {
      try Self.write(head, made, at: 0)
      try Self.write(body, made, at: head.count)
      guard idi_seal(made, 1) == 0 else { throw .call("fcntl") }
    } catch {
      close(made)
      throw error
    }
    descriptor = made
  }

  /// Holds zeros, until somebody writes into it.
  init(size: Int) throws(DecoderProblem) {
    let made = try Self.made()
    guard ftruncate(made, off_t(size)) == 0, idi_seal(made, 0) == 0 else {
      let number = errno
      close(made)
      throw .call("ftruncate", number)
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  borrowing func read(at place: Int, count: Int) throws(DecoderProblem) -> [UInt8] {
    var problem: Int32 = 0
    let descriptor = descriptor
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe askForLargePages(UnsafeMutableRawBufferPointer(buffer))
      while initialized < count {
        let more = unsafe pread(descriptor, buffer.baseAddress! + initialized, count - initialized, off_t(place + initialized))
        if more < 0, errno == EINTR { continue }
        guard more > 0 else {
          problem = more < 0 ? errno : EIO
          return
        }
        initialized += more
      }
    }
    guard problem == 0 else { throw .call("pread", problem) }
    return bytes
  }

  private static func made() throws(DecoderProblem) -> Int32 {
    let opened = idi_memory_file()
    guard opened >= 0 else { throw .call("memfd_create") }
    defer { close(opened) }
    // Out of the way of the numbers that the child knows them by.
    let moved = idi_duplicate_above(opened, 10)
    guard moved >= 0 else { throw .call("fcntl") }
    return moved
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32, at place: Int) throws(DecoderProblem) {
    var done = 0
    while done < bytes.count {
      let more = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(place + done))
      }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { throw .call("pwrite") }
      done += more
    }
  }
}
