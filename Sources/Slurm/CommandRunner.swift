internal import CLinux
internal import Glibc

/// Runs programs with nothing of this process but the user: no environment, no open files. Blocks: on a thread of its own.
package struct CommandRunner: Sendable {
  /// After which a command is ended, with all that it started.
  package var seconds: Double
  /// Asked several times a second; true ends the command.
  package var isUnwanted: @Sendable () -> Bool
  /// Of an answer; 100,000 jobs of a user have some 10 MB.
  private static let outputBytes = 64 << 20
  private static let errorBytes = 64 << 10

  package init(seconds: Double, isUnwanted: @escaping @Sendable () -> Bool = { false }) {
    self.seconds = seconds
    self.isUnwanted = isUnwanted
  }

  /// - Parameters:
  ///   - program: a path.
  ///   - environment: all of it, as `NAME=VALUE`.
  ///   - input: what it reads from standard input.
  package func run(
    _ program: String, _ arguments: [String], environment: [String] = [], input: String = ""
  ) -> CommandResult {
    let start = ContinuousClock.now
    let files = (0..<3).map { _ in idi_memory_file() }
    defer { for file in files where file >= 0 { close(file) } }
    guard !files.contains(where: { $0 < 0 }), Self.write(Array(input.utf8), files[0]) else {
      return CommandResult(.notStarted("\(program): \(Self.reason(errno))"))
    }
    var process: Int32 = 0
    // A zero byte would end a word early and shift those after it.
    let words = ([program] + arguments + environment).map { Array($0.utf8.filter { $0 != 0 }) + [0] }
    var bytes = words.flatMap(\.self).map { CChar(bitPattern: $0) }
    let error = unsafe idi_spawn_command(
      program, &bytes, Int32(arguments.count + 1), Int32(environment.count), files[0], files[1], files[2], &process)
    guard error == 0 else { return CommandResult(.notStarted("\(program): \(Self.reason(error))")) }
    let end = wait(for: process)
    let (output, isCut) = Self.read(files[1], limit: Self.outputBytes)
    let (errors, _) = Self.read(files[2], limit: Self.errorBytes)
    let taken = (ContinuousClock.now - start) / .milliseconds(1) / 1000
    return CommandResult(end, output: output, errors: errors, isCut: isCut, seconds: taken)
  }

  private func wait(for process: Int32) -> CommandResult.End {
    let deadline = ContinuousClock.now + .seconds(seconds)
    let descriptor = idi_pidfd_open(process)
    defer { if descriptor >= 0 { close(descriptor) } }
    var reason: String?
    while true {
      if reason == nil {
        if isUnwanted() { reason = "was ended because the service stops" }
        if ContinuousClock.now >= deadline { reason = "did not end within \(Int(seconds.rounded(.up))) s" }
        // Not yet waited for, so that the number is still its own, and its group's.
        if reason != nil { kill(-process, SIGKILL) }
      }
      var status: Int32 = 0
      let waited = unsafe waitpid(process, &status, reason == nil ? WNOHANG : 0)
      if waited == process {
        if let reason { return .abandoned(reason) }
        return status & 0x7f == 0 ? .exited(Int(status >> 8 & 0xff)) : .signaled(Int(status & 0x7f))
      }
      // Who ignores SIGCHLD hears nothing of an end.
      if waited < 0, errno != EINTR { return .abandoned("ended, and nobody knows how: \(Self.reason(errno))") }
      guard descriptor >= 0 else {
        usleep(5_000)
        continue
      }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&wanted, 1, 200)
    }
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let more = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(done))
      }
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { return false }
      done += more
    }
    return true
  }

  private static func read(_ descriptor: Int32, limit: Int) -> (text: String, isCut: Bool) {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var all: [UInt8] = []
    while all.count <= limit {
      let offset = off_t(all.count)
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return (String(decoding: all, as: UTF8.self), false) }
      all += bytes[..<count]
    }
    return (String(decoding: all.prefix(limit), as: UTF8.self), true)
  }

  private static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
