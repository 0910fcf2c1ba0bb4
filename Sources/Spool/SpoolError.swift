package import Files

/// Why a spool cannot start, or an operation on it cannot be done.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package let kind: FailureKind

  package init(_ message: String, kind: FailureKind = .stop) {
    self.message = message
    self.kind = kind
  }

  /// What a system call said; it may pass where that may.
  init(_ error: FileError) {
    self.init(error.message, kind: error.kind == .retry ? .retry : .stop)
  }

  package var description: String { message }
}
