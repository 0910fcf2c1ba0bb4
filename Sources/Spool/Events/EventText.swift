internal import PrintableText

/// An event as one line of text.
package enum EventText {
  /// The message with its fields behind it: `job finished name=apple.jpg seconds=3.2`.
  ///
  /// - Parameter fields: in their order, safe to print.
  package static func sentence(_ message: String, _ fields: [(key: String, value: String)]) -> String {
    ([message] + fields.map { "\(EventField.shown($0.key))=\(quoted($0.value))" }).joined(separator: " ")
  }

  private static func quoted(_ value: String) -> String {
    guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return value }
    return "\"" + value.replacing("\"", with: "\\\"") + "\""
  }
}
