internal import CSystemd
internal import Glibc
package import Logging

/// Sends records to journald in its native protocol, so that every field can be searched for (`man sd_journal_sendv`).
package struct JournalLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel = Logger.Level.info

  package init() {}

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let merged = metadata.merging(event.metadata ?? [:]) { $1 }
    let record = LogRecord(level: event.level, message: event.message.description, metadata: merged)
    Self.send(Self.entries(record))
  }

  /// The entries of a record: `KEY=value`.
  package static func entries(_ record: LogRecord) -> [String] {
    var entries = [
      "MESSAGE=" + record.sentence, "PRIORITY=\(priority(record.level))", "SYSLOG_IDENTIFIER=" + Program.name,
    ]
    if let identifier = record.identifier { entries.append("MESSAGE_ID=" + identifier) }
    for field in record.fields { entries.append("\(field.key)=\(field.value)") }
    return entries
  }

  private static func send(_ entries: [String]) {
    var bytes: [UInt8] = []
    var ranges: [(start: Int, count: Int)] = []
    for entry in entries {
      ranges.append((bytes.count, entry.utf8.count))
      bytes += Array(entry.utf8)
    }
    unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      let vectors = unsafe ranges.map { unsafe iovec(iov_base: base + $0.start, iov_len: $0.count) }
      // A journal that is away is no reason to stop working.
      _ = unsafe csystemd_journal_sendv(vectors, Int32(vectors.count))
    }
  }

  /// syslog(3)'s numbers.
  package static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
