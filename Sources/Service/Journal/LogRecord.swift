internal import Files
package import Logging
internal import PrintableText
internal import Spool

/// A log record taken apart.
package struct LogRecord: Sendable {
  package struct Field: Sendable, Equatable {
    package let key: String
    package let value: String
  }

  package let level: Logger.Level
  package let message: String
  package let identifier: String?
  /// In the order of `EventField`, then by name. Values are safe to print.
  package let fields: [Field]

  package init(level: Logger.Level, message: String, metadata: Logger.Metadata) {
    self.level = level
    self.message = printable(message)
    identifier = metadata[EventName.identifierKey].map { "\($0)" }
    let order = EventField.allCases.map(\.rawValue)
    fields = metadata.filter { $0.key != EventName.identifierKey }
      .map { Field(key: $0.key, value: printable("\($0.value)")) }
      .sorted { left, right in
        let (first, second) = (order.firstIndex(of: left.key) ?? order.count, order.firstIndex(of: right.key) ?? order.count)
        return (first, left.key) < (second, right.key)
      }
  }

  /// The message with its fields behind it: `job finished name=apple.jpg seconds=3.2`.
  package var sentence: String {
    EventText.sentence(message, fields.map { ($0.key, $0.value) })
  }
}
