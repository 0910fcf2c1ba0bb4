import Glibc
import Synchronization

/// Ctrl-C: the first ends the job in good order, the second the process.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// - Parameter others: signals that mean the same as SIGINT and SIGTERM.
  static func install(alsoBy others: [Int32] = []) {
    // Made before the handler needs it.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] + others {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      _ = unsafe sigaction(number, &action, nil)
    }
  }
}
