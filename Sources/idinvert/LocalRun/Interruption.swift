import Glibc
import Synchronization

/// Ctrl-C: the first ends the work in good order, the second the process.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// - Parameter patient: signals that ask for the same, and never end the process, however often they come: a kernel tells
  ///   of the end of each of a parent's threads.
  static func install(patient: [Int32] = []) {
    // Made before the handler needs it.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] + patient {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      if !patient.contains(number) { action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) }
      _ = unsafe sigaction(number, &action, nil)
    }
  }
}
