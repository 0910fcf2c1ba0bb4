internal import Glibc

/// The owner of a file descriptor: closed exactly once.
package struct Descriptor: ~Copyable {
  /// The kernel's number, valid while the owner lives.
  package let number: Int32

  init(number: Int32) {
    self.number = number
  }

  deinit {
    // An owner that was not closed by `close(path:)` is one whose content no longer matters.
    _ = Glibc.close(number)
  }

  /// close(2), with its result looked at: a network file system reports a failed write here.
  consuming func close(path: @autoclosure () -> String) throws(FileError) {
    let number = number
    discard self
    try SystemCalls.close(number, path: path())
  }
}
