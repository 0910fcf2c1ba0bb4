internal import Glibc

/// Where log records go and how they look there.
package enum LogDestination: Sendable, Equatable {
  case journal
  case text(isColored: Bool)
  case json

  /// Chooses for the standard error stream as it is.
  package static func choose(_ format: LogFormat) -> LogDestination {
    choose(
      format, journalStream: environment("JOURNAL_STREAM"), stream: streamIdentity(STDERR_FILENO),
      isTerminal: isatty(STDERR_FILENO) == 1, noColor: environment("NO_COLOR"))
  }

  /// Chooses.
  ///
  /// - Parameters:
  ///   - journalStream: `JOURNAL_STREAM`, `device:inode` of the stream that systemd connected to the journal.
  ///   - stream: the same of our stream.
  ///   - noColor: `NO_COLOR`; any text but the empty one means no colors (no-color.org).
  package static func choose(
    _ format: LogFormat, journalStream: String?, stream: String?, isTerminal: Bool, noColor: String?
  ) -> LogDestination {
    let text = LogDestination.text(isColored: isTerminal && (noColor ?? "").isEmpty)
    switch format {
    case .journal: return .journal
    case .text: return text
    case .json: return .json
    case .auto: return journalStream != nil && journalStream == stream ? .journal : text
    }
  }

  private static func streamIdentity(_ descriptor: Int32) -> String? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return "\(status.st_dev):\(status.st_ino)"
  }

  private static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
