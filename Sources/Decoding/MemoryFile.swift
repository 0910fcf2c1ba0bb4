internal import CLinux
internal import Glibc

/// A file in memory that has no name, and a content that nobody can change.
struct MemoryFile: ~Copyable {
  let descriptor: Int32

  /// Holds these bytes for ever.
  init(_ head: [UInt8], _ body: [UInt8]) throws(DecoderProblem) {
    let opened = idi_memory_file()
    guard opened >= 0 else { throw .call("memfd_create") }
    let made = try moved(opened)
    do throws(DecoderProblem) {
      try Self.write(head, made, at: 0)
      try Self.write(body, made, at: head.count)
      guard idi_seal(made) == 0 else { throw .call("fcntl") }
    } catch {
      close(made)
      throw error
    }
    descriptor = made
  }

  deinit { close(descriptor) }

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

/// Brings a descriptor out of the way of the numbers that the child knows its own by.
func moved(_ descriptor: Int32) throws(DecoderProblem) -> Int32 {
  let result = idi_duplicate_above(descriptor, 10)
  let number = errno
  close(descriptor)
  guard result >= 0 else { throw .call("fcntl", number) }
  return result
}
