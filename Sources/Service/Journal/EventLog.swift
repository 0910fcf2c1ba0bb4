package import Logging

/// Where the service's events go.
package struct EventLog: Sendable {
  private let logger: Logger

  package init(_ logger: Logger) {
    self.logger = logger
  }

  /// Tells an event.
  package func tell(_ event: ServiceEvent, _ level: Logger.Level, _ fields: [EventField: String] = [:]) {
    var metadata: Logger.Metadata = [ServiceEvent.identifierKey: .string(event.rawValue)]
    for (field, value) in fields { metadata[field.rawValue] = .string(value) }
    logger.log(level: level, "\(event.message)", metadata: metadata)
  }

  /// Makes the log that a format asks for, on the standard error stream.
  package static func standard(format: LogFormat, level: LogLevel) -> EventLog {
    let destination = LogDestination.choose(format)
    var logger = Logger(label: Program.name) { _ in
      switch destination {
      case .journal: JournalLogHandler()
      case .text(let isColored): LineLogHandler(format: .text(isColored: isColored))
      case .json: LineLogHandler(format: .json)
      }
    }
    logger.logLevel = level.level
    return EventLog(logger)
  }
}

extension LogLevel {
  var level: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
