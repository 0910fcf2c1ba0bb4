import PrintableText
import StrictYAML

/// Texts of a description that are shown or become part of a file's name.
package enum PackText {
  /// Text on one line, without control and direction characters, at most 500 scalars.
  static func line(_ value: YAMLValue, _ name: String) throws(YAMLError) -> String {
    let text = try value.string(name)
    guard isLine(text) else {
      throw value.place.error(
        "\(name) must be one line of 1 to 500 printable characters; found \(quoted(text))")
    }
    return text
  }

  /// Whether the text is one line of 1 to 500 printable characters.
  package static func isLine(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.count <= 500 && printable(text) == text
  }

  static func optionalLine(_ mapping: YAMLMapping, _ name: String) throws(YAMLError) -> String? {
    guard let value = mapping.optional(name) else { return nil }
    return try line(value, name)
  }

  /// The pack's `license`; the spelling `licence` of earlier packs is read too.
  static func license(_ pack: YAMLMapping) throws(YAMLError) -> String {
    guard let earlier = pack.optional("licence") else { return try line(pack.required("license"), "license") }
    guard pack.optional("license") == nil else {
      throw earlier.place.error("licence is an earlier spelling of license; keep one of the two")
    }
    return try line(earlier, "licence")
  }

  /// A name that is safe in a command and in a path.
  static func name(_ value: YAMLValue, _ what: String) throws(YAMLError) -> String {
    let text = try value.string(what)
    guard isName(text) else {
      throw value.place.error(
        "\(what) must be \(nameRule); found \(quoted(text))")
    }
    return text
  }

  /// `sha256` of a mapping, 64 lowercase hexadecimal digits.
  static func sha256(_ mapping: YAMLMapping) throws(YAMLError) -> String {
    let value = try mapping.required("sha256")
    let digits = try value.scalarText("sha256")
    guard digits.utf8.count == 64,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else {
      throw value.place.error("sha256 must be 64 lowercase hexadecimal digits; found \(quoted(digits))")
    }
    return digits
  }

  /// A name for a pack or an attribute made of any text: `My photos` gives `my-photos`.
  ///
  /// - Parameters:
  ///   - gap: stands for what a name cannot have.
  ///   - otherwise: the name where nothing of the text is left.
  package static func name(from text: String, gap: Character = "-", otherwise: String = "model") -> String {
    let kept = text.lowercased().unicodeScalars.map { scalar in
      isName(String(scalar)) || scalar == "_" || scalar == "-" ? Character(scalar) : gap
    }
    let name = kept.drop { $0 == "-" || $0 == "_" }.prefix(64)
    return name.isEmpty ? otherwise : String(name)
  }

  /// What `isName` asks for, in words.
  package static let nameRule = "1 to 64 lowercase letters, digits, '-' or '_', beginning with a letter or digit"

  /// Whether the text can name a pack or an attribute.
  package static func isName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isLetterOrDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
    guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= 64 else { return false }
    return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }
}
