package import Files

/// Why a spool cannot start, or an operation on it cannot be done.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package let kind: FailureKind

  package init(_ message: String, kind: FailureKind = .stop) {
    self.message = message
    self.kind = kind
  }

  package var description: String { message }
}
