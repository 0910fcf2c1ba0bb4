import Synchronization

/// Of the pieces of a work that fail, remembers the first one's error, whichever thread met its own first.
package final class FirstFailure<Failure: Error>: Sendable {
  private let found = Mutex<(piece: Int, error: Failure)?>(nil)

  package init() {}

  package var isNone: Bool { found.withLock { $0 == nil } }

  package func note(_ piece: Int, _ error: Failure) {
    found.withLock { if piece <= $0?.piece ?? piece { $0 = (piece, error) } }
  }

  /// To be called when all pieces have ended.
  package func check() throws(Failure) {
    if let found = found.withLock({ $0 }) { throw found.error }
  }
}
