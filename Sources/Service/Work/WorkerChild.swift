internal import CLinux
internal import Files
internal import Glibc

/// A process that works on one folder: `idinvert work FOLDER`, with nothing of this process but its user.
final class WorkerChild {
  /// How it ended.
  enum End: Equatable {
    case exited(Int32)
    case signaled(Int32)
    /// Who ignores SIGCHLD hears nothing of an end.
    case unknown
  }

  private let process: Int32
  private let descriptor: Int32
  /// Its standard error stream: a file without a name.
  private let errors: Int32
  private(set) var end: End?

  /// - Parameters:
  ///   - program: a path.
  ///   - arguments: all but its name.
  /// - Throws: kind *retry*.
  init(_ program: String, _ arguments: [String]) throws(FileError) {
    func problem(_ number: Int32) -> FileError {
      FileError(.open, program, "it cannot be started: \(unsafe String(cString: strerror(number)))", kind: .retry)
    }
    let nowhere = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { if nowhere >= 0 { close(nowhere) } }
    let errors = idi_memory_file()
    guard nowhere >= 0, errors >= 0 else { throw problem(errno) }
    let words = (["idinvert"] + arguments).map { Array($0.utf8.filter { $0 != 0 }) + [0] }
    var bytes = words.flatMap(\.self).map { CChar(bitPattern: $0) }
    var process: Int32 = 0
    let error = unsafe idi_spawn_command(program, &bytes, Int32(words.count), 0, nowhere, nowhere, errors, &process)
    guard error == 0 else {
      close(errors)
      throw problem(error)
    }
    self.process = process
    self.errors = errors
    descriptor = idi_pidfd_open(process)
  }

  deinit {
    if end == nil {
      send(SIGKILL)
      _ = wait(options: 0)
    }
    if descriptor >= 0 { close(descriptor) }
    close(errors)
  }

  /// Sends it a signal; SIGKILL also to all that it started. Not yet waited for, so that the number is still its own, and its
  /// group's.
  func send(_ signal: Int32) {
    guard end == nil else { return }
    kill(signal == SIGKILL ? -process : process, signal)
  }

  /// Waits for the end.
  ///
  /// - Returns: nil where it is still to come.
  func wait(milliseconds: Int32) -> End? {
    if let end { return end }
    if descriptor >= 0 {
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&wanted, 1, milliseconds)
    } else {
      // Kernels before 5.3, and emulators.
      var left = milliseconds
      while left > 0, wait(options: WNOHANG) == nil {
        usleep(5_000)
        left -= 5
      }
    }
    return wait(options: WNOHANG)
  }

  private func wait(options: Int32) -> End? {
    if let end { return end }
    var status: Int32 = 0
    while true {
      let waited = unsafe waitpid(process, &status, options)
      if waited < 0, errno == EINTR { continue }
      if waited == process {
        end = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signaled(status & 0x7f)
      } else if waited < 0 {
        end = .unknown
      }
      return end
    }
  }

  /// The last line that it wrote to its standard error stream; empty where there is none.
  var lastWords: String {
    var bytes = [UInt8](repeating: 0, count: 8 << 10)
    let size = lseek(errors, 0, SEEK_END)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(errors, buffer.baseAddress, buffer.count, max(0, size - off_t(buffer.count)))
    }
    guard count > 0 else { return "" }
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline)
    // Swift says what is wrong in a line of its own, among others about where.
    let line = lines.last { $0.contains("Fatal error") } ?? lines.last ?? ""
    return String(line.prefix(300))
  }
}

extension WorkerChild.End {
  /// How it ended, for people: `was ended by signal 11 (Segmentation fault)`.
  var words: String {
    switch self {
    case .exited(let code): "ended with status \(code)"
    case .signaled(SIGKILL): "was ended by signal 9, as the system does when memory runs out"
    case .signaled(let number):
      "was ended by signal \(number) (\(unsafe strsignal(number).map { unsafe String(cString: $0) } ?? "unknown"))"
    case .unknown: "ended, and nobody knows how"
    }
  }
}
