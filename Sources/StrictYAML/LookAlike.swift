/// A character that looks like one that YAML gives a meaning, and has none itself.
package struct LookAlike: Equatable, Sendable {
  enum Kind: Sendable {
    case space, colon, dash, quote, comma, hash
  }

  let scalar: Unicode.Scalar
  let kind: Kind
  /// With its article: `a non-breaking space`.
  let name: String
  /// What to type.
  let meant: String

  /// The character, its name and code point, and what to type: `'：' is a full-width colon (U+FF1A); write ':'`.
  var clause: String { "\(shown)\(name) (\(codePoint)); write \(meant)" }

  /// What cannot be seen is not shown.
  private var shown: String { kind == .space ? "there is " : "'\(scalar)' is " }

  var codePoint: String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  init?(_ scalar: Unicode.Scalar) {
    guard scalar.value > 0x7F, let known = Self.known[scalar] else { return nil }
    self.scalar = scalar
    (kind, name) = known
    meant =
      switch kind {
      case .space: "a plain space"
      case .colon: "':'"
      case .dash: "a hyphen '-'"
      case .quote: "'\"'"
      case .comma: "','"
      case .hash: "'#'"
      }
  }

  /// The first one in a text.
  package static func first(in text: String) -> LookAlike? {
    text.unicodeScalars.lazy.compactMap(LookAlike.init).first
  }

  /// What to add to a message about a text; empty where there is none in it.
  package static func clause(for text: String) -> String {
    first(in: text).map { "; \($0.clause)" } ?? ""
  }

  private static let known: [Unicode.Scalar: (Kind, String)] = [
    "\u{A0}": (.space, "a non-breaking space"), "\u{202F}": (.space, "a narrow non-breaking space"),
    "\u{3000}": (.space, "a full-width space"), "\u{2007}": (.space, "a figure space"),
    "\u{2000}": (.space, "an en quad"), "\u{2001}": (.space, "an em quad"), "\u{2002}": (.space, "an en space"),
    "\u{2003}": (.space, "an em space"), "\u{2004}": (.space, "a third of an em space"),
    "\u{2005}": (.space, "a quarter of an em space"), "\u{2006}": (.space, "a sixth of an em space"),
    "\u{2008}": (.space, "a punctuation space"), "\u{2009}": (.space, "a thin space"),
    "\u{200A}": (.space, "a hair space"), "\u{205F}": (.space, "a mathematical space"),
    "\u{1680}": (.space, "an ogham space"), "\u{200B}": (.space, "a space of no width"),
    "\u{2060}": (.space, "a word joiner of no width"), "\u{FEFF}": (.space, "a byte order mark in the text"),
    "\u{FF1A}": (.colon, "a full-width colon"), "\u{FE55}": (.colon, "a small colon"), "\u{2236}": (.colon, "a ratio sign"),
    "\u{A789}": (.colon, "a letter that looks like a colon"), "\u{FE30}": (.colon, "a two-dot leader"),
    "\u{2013}": (.dash, "an en dash"), "\u{2014}": (.dash, "an em dash"), "\u{2212}": (.dash, "a minus sign that is no hyphen"),
    "\u{2010}": (.dash, "a typographic hyphen"), "\u{2011}": (.dash, "a non-breaking hyphen"),
    "\u{2012}": (.dash, "a figure dash"), "\u{2015}": (.dash, "a horizontal bar"), "\u{2022}": (.dash, "a bullet"),
    "\u{FF0D}": (.dash, "a full-width hyphen"), "\u{FE63}": (.dash, "a small hyphen"),
    "\u{201C}": (.quote, "a typographic quote"), "\u{201D}": (.quote, "a typographic quote"),
    "\u{201E}": (.quote, "a typographic quote"), "\u{201F}": (.quote, "a typographic quote"),
    "\u{2018}": (.quote, "a typographic quote"), "\u{2019}": (.quote, "a typographic quote"),
    "\u{201A}": (.quote, "a typographic quote"), "\u{201B}": (.quote, "a typographic quote"),
    "\u{AB}": (.quote, "a typographic quote"), "\u{BB}": (.quote, "a typographic quote"),
    "\u{2039}": (.quote, "a typographic quote"), "\u{203A}": (.quote, "a typographic quote"),
    "\u{300C}": (.quote, "a corner bracket"), "\u{300D}": (.quote, "a corner bracket"),
    "\u{FF02}": (.quote, "a full-width quote"), "\u{FF07}": (.quote, "a full-width quote"),
    "\u{2033}": (.quote, "a double prime"), "\u{2032}": (.quote, "a prime"), "\u{B4}": (.quote, "an acute accent"),
    "\u{FF0C}": (.comma, "a full-width comma"), "\u{3001}": (.comma, "an ideographic comma"),
    "\u{FF03}": (.hash, "a full-width number sign"),
  ]
}
