/// JSON whose keys keep their order, so that the same report has the same bytes.
package indirect enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case float(Float)
  case text(String)
  case list([JSON])
  case object([(key: String, value: JSON)])

  /// The text, indented by two spaces, with a line feed at the end. Lists of numbers stay on one line.
  package var bytes: [UInt8] {
    var text = ""
    write(to: &text, indent: "")
    text += "\n"
    return Array(text.utf8)
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    // JSON has no word for what is not finite.
    case .number(let value): text += value.isFinite ? Self.number(value.description) : "null"
    case .float(let value): text += value.isFinite ? Self.number(value.description) : "null"
    case .text(let value): Self.write(value, to: &text)
    case .list(let items):
      let separator = items.allSatisfy(\.isNumber) ? ", " : ",\n" + indent + "  "
      let isFlat = separator == ", "
      text += isFlat ? "[" : "[\n" + indent + "  "
      for (index, item) in items.enumerated() {
        if index > 0 { text += separator }
        item.write(to: &text, indent: indent + "  ")
      }
      text += isFlat ? "]" : "\n" + indent + "]"
    case .object(let entries):
      guard !entries.isEmpty else {
        text += "{}"
        return
      }
      text += "{"
      for (index, entry) in entries.enumerated() {
        text += (index == 0 ? "\n" : ",\n") + indent + "  "
        Self.write(entry.key, to: &text)
        text += ": "
        entry.value.write(to: &text, indent: indent + "  ")
      }
      text += "\n" + indent + "}"
    }
  }

  private var isNumber: Bool {
    switch self {
    case .integer, .number, .float, .null: true
    default: false
    }
  }

  /// `1.0` as `1`: shorter, and the same number.
  private static func number(_ text: String) -> String { text.hasSuffix(".0") ? String(text.dropLast(2)) : text }

  /// Escapes what JSON demands, and what could steer a terminal that shows the file.
  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { ($0.0, $0.1) }) }
  package init(arrayLiteral elements: JSON...) { self = .list(elements) }

  /// An object without the entries that have no value.
  static func present(_ entries: [(String, JSON?)]) -> JSON {
    .object(entries.compactMap { key, value in value.map { (key, $0) } })
  }

  static func texts(_ values: [String]) -> JSON { .list(values.map(JSON.text)) }
}
