internal import CLinux
internal import Files
internal import Glibc

/// What a process is told at its start that works for a service on the same machine.
package enum ServiceChild {
  /// Makes this process end in good order with its parent, within its memory, and before its parent where the machine has
  /// none left.
  ///
  /// - Parameters:
  ///   - parent: whoever started it.
  ///   - memoryBytes: what it may take beside what it maps from files; nil for any.
  /// - Returns: why it cannot go on; nil where it can.
  package static func enter(parent: Int, memoryBytes: Int?) -> String? {
    _ = idi_signal_with_parent(SIGTERM)
    // Asked after the wish to end with it: it may be gone already.
    guard Int(getppid()) == parent else { return "the service that asked for this is gone" }
    // Swift's runtime looks into a crash before it lets go; the service tells of it by the signal.
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT] { _ = signal(number, SIG_DFL) }
    // The kernel ends whoever has the most points. Without /proc it goes by memory alone.
    if let process = try? Folder(path: "/proc/self") {
      try? process.createFile("oom_score_adj").write(Array("500".utf8))
    }
    guard let memoryBytes else { return nil }
    var limit = rlimit(rlim_cur: rlim_t(memoryBytes), rlim_max: rlim_t(memoryBytes))
    guard unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_DATA.rawValue)), &limit) == 0 else {
      return "its memory cannot be limited: \(unsafe String(cString: strerror(errno)))"
    }
    return nil
  }
}
