internal import PrintableText

/// Strict readings of one value. `name` is what the message calls it, usually its key.
extension YAMLValue {
  /// Reads text. A plain scalar that means a number, a Boolean or nothing is refused: it needs quotes to be text.
  package func string(_ name: String) throws(YAMLError) -> String {
    guard case .scalar(let text, let style) = content, !isNull else { throw mismatch(name, expected: "text") }
    if style == .plain, PlainScalar.isNumber(text) || text == "true" || text == "false" {
      throw place.error("\(name) must be text; found \(summary); put it in quotes: \(YAMLText.quoted(text))")
    }
    return text
  }

  /// Reads a scalar's characters whatever they look like: for hashes and layer lists, where `12` and `0-3` are both
  /// meant as written.
  package func scalarText(_ name: String) throws(YAMLError) -> String {
    guard case .scalar(let text, _) = content, !isNull else { throw mismatch(name, expected: "text") }
    return text
  }

  /// Reads a whole number in plain decimal digits.
  package func integer(_ name: String, in range: ClosedRange<Int>) throws(YAMLError) -> Int {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .scalar(let text, .plain) = content, !isNull else { throw mismatch(name, expected: expected) }
    switch PlainScalar.integer(text) {
    case .value(let value) where range.contains(value): return value
    case .value, .tooLarge: throw place.error("\(name) must be \(expected); found \(quoted(text))")
    case .otherForm(let remedy):
      throw place.error("\(name) must be \(expected); found \(quoted(text)); \(remedy)")
    case .notANumber: throw mismatch(name, expected: expected)
    }
  }

  /// Reads a finite number.
  package func number(_ name: String, in range: ClosedRange<Double>) throws(YAMLError) -> Double {
    let expected = "a number from \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
    guard case .scalar(let text, .plain) = content, !isNull else { throw mismatch(name, expected: expected) }
    switch PlainScalar.number(text) {
    case .value(let value) where range.contains(value): return value
    case .value, .notFinite: throw place.error("\(name) must be \(expected); found \(quoted(text))")
    case .otherForm(let remedy):
      throw place.error("\(name) must be \(expected); found \(quoted(text)); \(remedy)")
    case .notANumber: throw mismatch(name, expected: expected)
    }
  }

  /// Reads `true` or `false`; nothing else.
  package func boolean(_ name: String) throws(YAMLError) -> Bool {
    guard case .scalar(let text, .plain) = content, !isNull else { throw mismatch(name, expected: "true or false") }
    switch text {
    case "true": return true
    case "false": return false
    default:
      switch text.lowercased() {
      case "yes", "on", "y", "true":
        throw place.error("\(name) must be true or false; found \(quoted(text)); write true")
      case "no", "off", "n", "false":
        throw place.error("\(name) must be true or false; found \(quoted(text)); write false")
      default: throw mismatch(name, expected: "true or false")
      }
    }
  }

  /// Reads one of a type's names.
  package func choice<Choice>(_ name: String, of type: Choice.Type = Choice.self) throws(YAMLError) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    let expected = "one of " + names.joined(separator: ", ")
    guard case .scalar(let text, _) = content, !isNull else { throw mismatch(name, expected: expected) }
    guard let value = Choice(rawValue: text) else {
      throw place.error(
        "\(name) must be \(expected); found \(quoted(text))" + LookAlike.clause(for: text)
          + Suggestion.clause(for: text, in: names))
    }
    return value
  }

  /// Reads a list whose length lies in `count`.
  package func list(_ name: String, count: ClosedRange<Int> = 0...Int.max) throws(YAMLError) -> [YAMLValue] {
    guard case .sequence(let items) = content else { throw mismatch(name, expected: "a list") }
    guard count.contains(items.count) else {
      let expected =
        count.lowerBound == count.upperBound
        ? "\(count.lowerBound) items"
        : items.count < count.lowerBound ? "at least \(count.lowerBound) items" : "at most \(count.upperBound) items"
      throw place.error("\(name) must have \(expected); found \(items.count)")
    }
    return items
  }

  /// The error for a value of another kind than expected.
  package func mismatch(_ name: String, expected: String) -> YAMLError {
    place.error("\(name) must be \(expected); found \(summary)" + remedy)
  }

  /// What to do about a text that was to be something else.
  private var remedy: String {
    guard case .scalar(let text, .plain) = content else { return "" }
    let lookAlike = LookAlike.clause(for: text)
    if !lookAlike.isEmpty { return lookAlike }
    let scalars = Array(text.unicodeScalars.prefix(64))
    if scalars.count > 1, scalars[0] == "-", scalars[1].properties.isAlphabetic { return "; write a space after '-'" }
    let word = scalars.prefix { $0.isASCII && ($0.properties.isAlphabetic || $0 == "_") }
    guard !word.isEmpty, word.count + 1 < scalars.count, scalars[word.count] == ":" else { return "" }
    return "; write a space after '\(String(String.UnicodeScalarView(word))):'"
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
