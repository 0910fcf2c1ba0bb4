internal import Files
package import Logging
package import Spool

/// Where the service's events go.
package struct EventLog: Sendable {
  private let logger: Logger

  package init(_ logger: Logger) {
    self.logger = logger
  }

  /// Tells an event.
  ///
  /// - Parameter level: nil for the event's own.
  package func tell(_ event: EventName, _ level: Logger.Level? = nil, _ fields: [EventField: String] = [:]) {
    var metadata: Logger.Metadata = [EventName.identifierKey: .string(event.rawValue)]
    for (field, value) in fields { metadata[field.rawValue] = .string(value) }
    logger.log(level: level ?? Self.level(event.level), "\(event.message)", metadata: metadata)
  }

  /// Tells what is to be known of a job's result.
  func tell(warnings: [String], of job: ClaimedJob) {
    for warning in warnings {
      tell(.jobWarning, .warning, [.job: job.id, .name: job.name.description, .reason: warning])
    }
  }

  /// Tells what happened in the spool, with what was noted of a job that ended.
  package func tell(_ event: SpoolEvent, _ totals: JobTotals) {
    guard let name = event.name else { return }
    var fields = event.fields
    switch event {
    case .started: fields[.queue] = String(totals.waiting)
    case .published(let job, _, _, _), .failed(let job, _, _, _, _):
      fields.merge(totals.takeNotes(job).fields) { old, _ in old }
    default: break
    }
    tell(name, nil, fields)
  }

  private static func level(_ level: EventName.Level) -> Logger.Level {
    switch level {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
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
