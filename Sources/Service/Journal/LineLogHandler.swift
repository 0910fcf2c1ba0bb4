internal import Editing
package import Foundation
internal import Glibc
package import Logging
internal import Spool

/// Writes records to the standard error stream, a line each.
package struct LineLogHandler: LogHandler {
  package enum Format: Sendable, Equatable {
    /// For people.
    case text(isColored: Bool)
    /// One JSON object a line.
    case json
  }

  package var metadata: Logger.Metadata = [:]
  package var logLevel = Logger.Level.info
  private let format: Format

  package init(format: Format) {
    self.format = format
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let merged = metadata.merging(event.metadata ?? [:]) { $1 }
    let record = LogRecord(level: event.level, message: event.message.description, metadata: merged)
    Self.write(Self.line(record, format, date: Date()) + "\n")
  }

  /// A record as one line, without its end.
  package static func line(_ record: LogRecord, _ format: Format, date: Date) -> String {
    switch format {
    case .text(let isColored): text(record, isColored: isColored, date: date)
    case .json: json(record, date: date)
    }
  }

  private static func text(_ record: LogRecord, isColored: Bool, date: Date) -> String {
    func painted(_ text: String, _ code: String) -> String { isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
    var line = painted(time(date), "2") + " "
    let name = "\(record.level.rawValue)".padding(toLength: 7, withPad: " ", startingAt: 0)
    line += painted(name, color(record.level)) + " "
    guard isColored else { return line + record.sentence }
    let details = record.sentence.dropFirst(record.message.count)
    return line + painted(record.message, "1") + details
  }

  private static func color(_ level: Logger.Level) -> String {
    switch level {
    case .trace, .debug: "2"
    case .info: "36"
    case .notice: "32"
    case .warning: "33"
    case .error, .critical: "31"
    }
  }

  private static func json(_ record: LogRecord, date: Date) -> String {
    var entries: [(key: String, value: JSON)] = [
      ("time", .text(date.formatted(.iso8601))), ("level", .text(record.level.rawValue)), ("message", .text(record.message)),
    ]
    if let identifier = record.identifier { entries.append(("message_id", .text(identifier))) }
    for field in record.fields { entries.append((EventField.shown(field.key), .text(field.value))) }
    // The values hold no line end, so that the only ones are those of the layout.
    return String(decoding: JSON.object(entries).bytes, as: UTF8.self)
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  private static func time(_ date: Date) -> String {
    var seconds = time_t(date.timeIntervalSince1970)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return "" }
    return unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
  }

  /// One write(2) a line, so that lines of several threads do not mix.
  private static func write(_ line: String) {
    let bytes = Array(line.utf8)
    // A log that nobody reads any more is no reason to stop working.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
