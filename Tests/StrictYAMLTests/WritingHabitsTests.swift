import StrictYAML
import Testing

/// What editors, phones and other languages' habits make of YAML is called by its name, where it stands.
@Suite struct WritingHabitsTests {
  static func refusal(of text: String) -> String {
    do throws(YAMLError) {
      let value = try YAML.parse(text, file: "f")
      // As a sidecar would read it.
      let mapping = try YAMLMapping(value, context: "the sidecar", keys: ["edits", "fit", "background", "invert", "with"])
      _ = try mapping.optional("edits")?.list("edits")
      _ = try mapping.optionalString("with")
      if let invert = try mapping.mapping("invert", keys: ["steps", "learning_rate", "from"]) {
        _ = try invert.integer("steps", in: 0...10_000, default: 1)
        _ = try invert.number("learning_rate", in: 0...10, default: 1)
        _ = try invert.number("from", in: -9...9, default: 1)
      }
      return ""
    } catch {
      return error.description
    }
  }

  static let spaces: [(String, String)] = [
    ("edits:\n\u{A0}\u{A0}- reconstruct\n", "f:2:1: a non-breaking space (U+00A0) indents this line; write plain spaces"),
    ("invert:\n\u{A0}\u{A0}steps: 20\n", "f:2:1: a non-breaking space (U+00A0) indents this line; write plain spaces"),
    ("invert:\n\u{3000}steps: 100\n", "f:2:1: a full-width space (U+3000) indents this line; write plain spaces"),
    ("invert:\n  \u{2003}steps: 1\n", "f:2:3: an em space (U+2003) indents this line; write plain spaces"),
    ("fit: pad\n\u{200B}background: x\n", "f:2:1: a space of no width (U+200B) indents this line; write plain spaces"),
    ("fit:\u{A0}pad\n", "f:1:5: there is a non-breaking space (U+00A0); write a plain space after 'fit:'"),
    ("edits:\n  - with:\u{202F}x\n", "f:2:10: there is a narrow non-breaking space (U+202F); write a plain space after 'with:'"),
  ]
  static let colons: [(String, String)] = [
    ("fit\u{FF1A}pad\n", "f:1:4: '\u{FF1A}' is a full-width colon (U+FF1A); write ':' and a space after 'fit'"),
    ("edits:\n  - manipulate\u{FF1A}\n      attribute: redness\n", "f:2:15: '\u{FF1A}' is a full-width colon (U+FF1A); write ':' and a space after 'manipulate'"),
    ("fit\u{2236} pad\n", "f:1:4: '\u{2236}' is a ratio sign (U+2236); write ':' and a space after 'fit'"),
    ("fit: pad\nbackground\u{FE55}x\n", "f:2:11: '\u{FE55}' is a small colon (U+FE55); write ':' and a space after 'background'"),
  ]
  static let dashes: [(String, String)] = [
    ("edits:\n  \u{2013} reconstruct\n", "f:2:3: '\u{2013}' is an en dash (U+2013); write a hyphen '-' and a space, to begin an item of a list"),
    ("edits:\n  - a\n  \u{2022} b\n", "f:3:3: '\u{2022}' is a bullet (U+2022); write a hyphen '-' and a space, to begin an item of a list"),
    ("invert:\n  from: \u{2212}3\n", "f:2:9: from must be a number from -9 to 9; found '\u{2212}3'; '\u{2212}' is a minus sign that is no hyphen (U+2212); write a hyphen '-': -3"),
    ("invert: {from: \u{2013}0.5}\n", "f:1:16: from must be a number from -9 to 9; found '\u{2013}0.5'; '\u{2013}' is an en dash (U+2013); write a hyphen '-': -0.5"),
  ]
  static let quotes: [(String, String)] = [
    ("background: \u{201C}#ffffff\u{201D}\n", "f:1:13: '\u{201C}#ffffff\u{201D}' is in quotes that YAML does not know; '\u{201C}' is a typographic quote (U+201C); write '\"'"),
    ("with: \u{201E}a b.jpg\u{201C}\n", "f:1:7: '\u{201E}a b.jpg\u{201C}' is in quotes that YAML does not know; '\u{201E}' is a typographic quote (U+201E); write '\"'"),
    ("edits: [{with: \u{AB}a.jpg\u{BB}}]\n", "f:1:16: '\u{AB}a.jpg\u{BB}' is in quotes that YAML does not know; '\u{AB}' is a typographic quote (U+00AB); write '\"'"),
    ("\u{2018}fit\u{2019}: pad\n", "f:1:1: '\u{2018}fit\u{2019}' is in quotes that YAML does not know; '\u{2018}' is a typographic quote (U+2018); write '\"'"),
  ]
  static let numbers: [(String, String)] = [
    ("invert: {learning_rate: 0,01}\n", "f:1:25: learning_rate is cut at its comma, which separates keys in braces; write 0.01"),
    ("invert: {steps: 1,000}\n", "f:1:17: steps is cut at its comma, which separates keys in braces; write 1000"),
    ("invert:\n  learning_rate: 0,5\n", "f:2:18: learning_rate must be a number from 0 to 10; found '0,5'; write 0.5"),
    ("invert:\n  steps: 2,500\n", "f:2:10: steps must be a whole number from 0 to 10000; found '2,500'; write 2500"),
    ("invert: {learning_rate: 0,01, from: 1,01}\n", "f:1:39: duplicate key '01'; it is already given in line 1; if this is the rest of a number: in braces a comma separates keys, and numbers have a decimal point"),
  ]
  static let comments: [(String, String)] = [
    ("background: #ffffff\n", "f:1:13: '#' begins a comment here, so that nothing is said; write the color in quotes: \"#ffffff\""),
    ("background:   #0a0\n", "f:1:15: '#' begins a comment here, so that nothing is said; write the color in quotes: \"#0a0\""),
    ("with: tomato #2.jpg\n", "f:1:14: '#' begins a comment here, so that the name ends before it; write it in quotes: \"tomato #2.jpg\""),
    ("edits:\n  - tomato #2.PNG\n", "f:2:12: '#' begins a comment here, so that the name ends before it; write it in quotes: \"tomato #2.PNG\""),
    ("edits: [{with: tomato #2.jpg}]\n", "f:1:23: '#' begins a comment here, so that the name ends before it; write it in quotes: \"tomato #2.jpg\""),
    ("edits: [{with: tomato #2}]\n", "f:1:23: '#' begins a comment here, so that the brackets before it stay open; write a text with '#' in quotes"),
  ]
  static let missing: [(String, String)] = [
    ("edits:\n  -reconstruct\n", "f:2:3: edits must be a list; found '-reconstruct'; write a space after '-'"),
    ("fit:pad\n", "f:1:1: the sidecar must be a mapping ('key: value'); found 'fit:pad'; write a space after 'fit:'"),
    ("fit:pad\nbackground: x\n", "f:1:4: a space is missing after 'fit:'"),
    ("edits:\n  - a\n  -b: c\n", "f:3:3: a space is missing after '-'"),
    (" fit: pad\nbackground: x\n", "f:2:1: the first line is indented by 1, this one is not; begin the keys of one mapping in the same column"),
  ]

  static let all: [[(String, String)]] = [spaces, colons, dashes, quotes, numbers, comments, missing]

  @Test(arguments: all.flatMap(\.self))
  func aHabitIsCalledByItsName(text: String, message: String) {
    #expect(Self.refusal(of: text) == message)
  }

  @Test(arguments: [
    "with: Bildschirmfoto 2024\u{2013}01\u{A0}um 1.00\u{202F}PM.png\n", "with: l\u{2019}\u{E9}t\u{E9}.jpg\n", "with: \u{5199}\u{771F}\u{FF1A}1.jpg\n",
    "with: \"\u{201C}a\u{201D}.jpg\"\n", "with: \"tomato #2.jpg\"\n", "with: tomato#2.jpg\n", "fit: pad # of #ffffff or so\n",
    "edits: #all\n  - a\n", "edits: # ffffff\n  - a\n", "# fit\u{FF1A}pad\nfit: pad\n", "fit: pad #2 is enough\n",
    "with: \"\n  \u{A0}x\n  fit\u{FF1A} y\"\n", "with: |\n  fit\u{FF1A}pad\n  \u{2013} x\nfit: pad\n", "with: 'it''s # not.jpg'\n",
    "with: tomato.jpg # see b.jpg\n",
  ])
  func whatIsMeantAsItStandsIsLeftAlone(text: String) {
    #expect(Self.refusal(of: text) == "")
  }
}
