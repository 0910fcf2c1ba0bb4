internal import CLinux
internal import Glibc
internal import Images

/// A process that decodes.
struct Child: ~Copyable {
  private let process: Int32

  /// - Parameter output: the descriptor that the child writes its answer into.
  init(_ program: String, input: borrowing MemoryFile, output: Int32) throws(DecoderProblem) {
    var process: Int32 = 0
    let error = unsafe idi_spawn(program, "idinvert", "decode", input.descriptor, output, &process)
    guard error == 0 else { throw .call("posix_spawn", error) }
    self.process = process
  }

  /// Ends it, whatever it is doing. Not yet waited for, so that the number is still its own.
  borrowing func kill() { _ = Glibc.kill(process, SIGKILL) }

  /// Waits for the end, and makes one when it takes too long.
  borrowing func wait(until deadline: Deadline) -> End {
    let isLate = !ends(until: deadline)
    if isLate { kill() }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      // Who ignores SIGCHLD hears nothing of an end; the answer tells then.
      if errno != EINTR { return End(isLate: isLate, signal: 0, code: 0) }
    }
    return End(isLate: isLate, signal: status & 0x7f, code: status >> 8 & 0xff)
  }

  private borrowing func ends(until deadline: Deadline) -> Bool {
    let descriptor = idi_pidfd_open(process)
    guard descriptor < 0 else {
      defer { close(descriptor) }
      return deadline.waits(for: descriptor)
    }
    // Kernels before 5.3, and emulators.
    while deadline.milliseconds > 0 {
      var found = unsafe siginfo_t()
      let isError = unsafe waitid(P_PID, id_t(process), &found, WEXITED | WNOHANG | WNOWAIT) != 0
      if isError && errno != EINTR { return true }
      if unsafe found.si_signo != 0 { return true }
      usleep(1000)
    }
    return false
  }
}

/// How a process ended.
struct End: Equatable {
  let isLate: Bool
  /// 0 for one that ended by itself.
  let signal: Int32
  let code: Int32

  /// What that says about the picture; nil where there should be an answer.
  func problem(_ budget: DecoderBudget) -> DecoderProblem? {
    if isLate { return DecoderProblem(.decoderEnded("the decoder did not end within \(budget.seconds) s")) }
    if signal == SIGXCPU {
      return DecoderProblem(.decoderEnded("the decoder needed more than \(budget.processorSeconds) s of processor time"))
    }
    guard signal != 0 else {
      return code == 0 ? nil : DecoderProblem(.decoderEnded("the decoder gave up on it (status \(code))"))
    }
    if signal == SIGKILL {
      return DecoderProblem(.decoderEnded("the system ended the decoder (signal 9), as it does when memory runs out"))
    }
    // Memory that is refused ends a program in many ways; how much it had, nobody tells: what the kernel counts begins with
    // the parent's.
    let limit = "\(budget.memory >> 20) MiB of memory"
    return DecoderProblem(.decoderEnded("the decoder crashed on it (signal \(signal)), or wanted more than \(limit)"))
  }
}
