internal import CLinux
internal import Glibc

/// Takes from this process what a decoder has no use for. It cannot be given back.
enum Confinement {
  /// - Parameters:
  ///   - output: the descriptor that may still be written into.
  ///   - parent: whoever started this process.
  /// - Returns: why it failed; nil when everything holds.
  static func enter(_ budget: DecoderBudget, output: Int32, parent: Int) -> String? {
    guard idi_give_up_rights() == 0 else { return "prctl or setrlimit: \(reason())" }
    // Asked after the wish to end with it: it may be gone already.
    guard Int(getppid()) == parent else { return "whoever asked is gone" }
    // Swift's runtime has handlers that could not do their work in here, and would try for ever.
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT, SIGSYS] { _ = signal(number, SIG_DFL) }
    let limits: [(resource: Int, value: Int, more: Int)] = [
      (Int(RLIMIT_FSIZE.rawValue), 0, 0), (Int(RLIMIT_DATA.rawValue), budget.memory, 0),
      // The program and its libraries take addresses too.
      (Int(RLIMIT_AS.rawValue), budget.memory + 1 << 30, 0),
      // First a signal that says why, then one that ends.
      (Int(RLIMIT_CPU.rawValue), budget.processorSeconds, 1),
    ]
    for (resource, value, more) in limits {
      var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value + more))
      guard unsafe setrlimit(__rlimit_resource_t(UInt32(resource)), &limit) == 0 else { return "setrlimit: \(reason())" }
    }
    guard idi_allow_few_calls(output) == 0 else { return "seccomp: \(reason())" }
    return nil
  }

  private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
