import Glibc

/// The two output streams.
enum Terminal {
  /// Whether somebody watches the standard error stream.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal; 80 where they cannot be told.
  static var columns: Int {
    var size = winsize()
    let isKnown = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Prints a line of the answer.
  static func say(_ line: String) { write(line + "\n", STDOUT_FILENO) }
  /// Prints a line about the answer.
  static func complain(_ line: String) { write(line + "\n", STDERR_FILENO) }
  /// Prints without a line end.
  static func draw(_ text: String) { write(text, STDERR_FILENO) }

  private static func write(_ text: String, _ descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // Nobody reads any more.
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}
