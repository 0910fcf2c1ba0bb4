/// What an unquoted scalar means: YAML 1.2's core schema, narrowed.
enum PlainScalar {
  enum Integer: Equatable {
    case value(Int)
    case tooLarge
    /// A number, but not a decimal whole number; with the way to write it, where there is one.
    case otherForm(remedy: String)
    case notANumber
  }

  enum Number: Equatable {
    case value(Double)
    case notFinite
    case otherForm(remedy: String)
    case notANumber
  }

  /// Whether some YAML reader would take the text for a number: decimal, 0x…, 0o…, infinite or not a number.
  static func isNumber(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return isDecimal(bytes) || isOtherRadix(bytes) || isInfiniteOrNaN(text)
  }

  static func integer(_ text: String) -> Integer {
    let bytes = Array(text.utf8)
    var digits = bytes[...]
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits = digits.dropFirst() }
    if !digits.isEmpty, digits.allSatisfy(isDigit) {
      if digits.count > 1, digits.first == UInt8(ascii: "0") {
        return .otherForm(remedy: "leading zeros are ambiguous; write \(withoutLeadingZeros(text))")
      }
      if bytes.first == UInt8(ascii: "+") { return .otherForm(remedy: "write it without '+'") }
      return Int(text).map(Integer.value) ?? .tooLarge
    }
    if isOtherRadix(bytes) || bytes.contains(UInt8(ascii: "_")) && isDecimal(bytes.filter { $0 != UInt8(ascii: "_") }) {
      return .otherForm(remedy: "write it in plain decimal digits")
    }
    if isDecimal(bytes) || isInfiniteOrNaN(text) {
      return .otherForm(remedy: "write it without a fraction or exponent")
    }
    return foreign(text).map { .otherForm(remedy: $0) } ?? .notANumber
  }

  static func number(_ text: String) -> Number {
    let bytes = Array(text.utf8)
    if isInfiniteOrNaN(text) { return .notFinite }
    if isOtherRadix(bytes) { return .otherForm(remedy: "write it in plain decimal digits") }
    guard isDecimal(bytes) else { return foreign(text).map { .otherForm(remedy: $0) } ?? .notANumber }
    var digits = bytes[...]
    if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
    if digits.count > 1, digits.first == UInt8(ascii: "0"), digits.dropFirst().first.map(isDigit) ?? false {
      return .otherForm(remedy: "leading zeros are ambiguous; leave them out")
    }
    guard let value = Double(text) else { return .notANumber }
    return value.isFinite ? .value(value) : .notFinite
  }

  /// How to write what is a number in other places: with a decimal comma, or a minus sign that is no hyphen.
  private static func foreign(_ text: String) -> String? {
    if let written = withoutComma(text) { return "write \(written)" }
    guard let sign = text.unicodeScalars.first.flatMap(LookAlike.init), sign.kind == .dash else { return nil }
    let rest = String(text.unicodeScalars.dropFirst())
    guard isDecimal(Array(rest.utf8)) else { return nil }
    return "\(sign.clause): -\(rest)"
  }

  /// `0.01` for `0,01`, `1000` for `1,000`; nil for anything else.
  static func withoutComma(_ text: String) -> String? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, parts.dropFirst().allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }) else { return nil }
    let unsigned = parts[0].drop { $0 == "-" }
    guard !unsigned.isEmpty, unsigned.utf8.allSatisfy(isDigit) else { return nil }
    if unsigned.first != "0", parts.dropFirst().allSatisfy({ $0.utf8.count == 3 }) { return parts.joined() }
    return parts.count == 2 ? parts.joined(separator: ".") : nil
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, the core schema's float (YAML 1.2.2,
  /// 10.3.2).
  private static func isDecimal(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    var digits = whole.count
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      rest = rest.dropFirst(1 + fraction.count)
      digits += fraction.count
    }
    guard digits > 0 else { return false }
    guard let exponent = rest.first else { return true }
    guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy(isDigit)
  }

  private static func isOtherRadix(_ bytes: [UInt8]) -> Bool {
    let unsigned = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
    guard unsigned.count > 2, unsigned.first == UInt8(ascii: "0") else { return false }
    let digits = unsigned.dropFirst(2)
    switch unsigned[unsigned.startIndex + 1] {
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      return digits.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
    case UInt8(ascii: "o"), UInt8(ascii: "O"): return digits.allSatisfy { (0x30...0x37).contains($0) }
    case UInt8(ascii: "b"), UInt8(ascii: "B"): return digits.allSatisfy { (0x30...0x31).contains($0) }
    default: return false
    }
  }

  private static func isInfiniteOrNaN(_ text: String) -> Bool {
    [".inf", "-.inf", "+.inf", ".nan"].contains(text.lowercased())
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func withoutLeadingZeros(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let digits = text.drop { $0 == "-" || $0 == "+" || $0 == "0" }
    return digits.isEmpty ? "0" : sign + digits
  }
}
