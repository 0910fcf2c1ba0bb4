internal import PrintableText

/// A node of a YAML document that knows where it stands.
package struct YAMLValue: Sendable {
  package enum Content: Sendable {
    case scalar(String, ScalarStyle)
    case sequence([YAMLValue])
    case mapping([YAMLEntry])
  }

  /// Whether a scalar was written without quotes; only such a scalar can be a number, a Boolean or null.
  package enum ScalarStyle: Sendable, Hashable {
    case plain
    case quoted
  }

  package let content: Content
  package let place: YAMLPlace

  package init(_ content: Content, at place: YAMLPlace) {
    self.content = content
    self.place = place
  }
}

/// A key of a mapping with its value.
package struct YAMLEntry: Sendable {
  package let key: String
  package let keyPlace: YAMLPlace
  package let value: YAMLValue

  package init(key: String, keyPlace: YAMLPlace, value: YAMLValue) {
    self.key = key
    self.keyPlace = keyPlace
    self.value = value
  }
}

extension YAMLValue {
  /// Whether nothing is written here: an empty plain scalar, `~` or `null`.
  package var isNull: Bool {
    if case .scalar(let text, .plain) = content { return ["", "~", "null"].contains(text) }
    return false
  }

  /// What the value is, in words for a message: `the number 12`, `a list`, `'yes'`.
  package var summary: String {
    switch content {
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let text, .quoted): return "the text " + quoted(text)
    case .scalar(let text, .plain):
      if isNull { return "nothing" }
      if PlainScalar.isNumber(text) { return "the number " + quoted(text).dropFirst().dropLast() }
      return quoted(text)
    }
  }

  /// The value on one line in flow style, keys sorted, texts in double quotes; numbers, Booleans and null as written.
  ///
  /// Parsing it again gives the same text, so that two descriptions that differ only in layout, comments or order of
  /// keys have the same canonical text.
  package var canonicalText: String {
    switch content {
    case .sequence(let items):
      return "[" + items.map(\.canonicalText).joined(separator: ", ") + "]"
    case .mapping(let entries):
      let sorted = entries.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      return "{" + sorted.map { YAMLText.quoted($0.key) + ": " + $0.value.canonicalText }.joined(separator: ", ") + "}"
    case .scalar(let text, let style):
      if style == .plain {
        if isNull { return "null" }
        if PlainScalar.isNumber(text) || text == "true" || text == "false" { return text }
      }
      return YAMLText.quoted(text)
    }
  }
}

/// YAML written by the program.
package enum YAMLText {
  /// A double-quoted scalar, safe for every text.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          result += escape(scalar)
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let width = digits.count <= 4 ? 4 : 8
    return (width == 4 ? "\\u" : "\\U") + String(repeating: "0", count: width - digits.count) + digits
  }
}
