package import Files
internal import Glibc

/// Why a spool cannot start, or an operation on it cannot be done.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package let kind: FailureKind

  package init(_ message: String, kind: FailureKind = .stop) {
    self.message = message
    self.kind = kind
  }

  /// What a system call said; it may pass where that may: permission is given, a file system mounted or made writable.
  init(_ error: FileError) {
    let mayPass = error.kind == .retry || error.errno == EACCES || error.errno == EPERM || error.errno == ENOENT
    self.init(error.message, kind: mayPass ? .retry : .stop)
  }

  package var description: String { message }
}
