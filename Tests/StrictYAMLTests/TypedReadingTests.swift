import StrictYAML
import TestSupport
import Testing

private enum Fit: String, CaseIterable { case crop, pad, stretch }

@Suite struct TypedReadingTests {
  @Test(arguments: [
    ("-1", "from 0 to 100000; found '-1'"), ("9223372036854775808", "from 0 to 100000; found '9223372036854775808'"),
    ("1000000000", "from 0 to 100000; found '1000000000'"),
    ("0x10", "from 0 to 100000; found '0x10'; write it in plain decimal digits"),
    ("1_000", "from 0 to 100000; found '1_000'; write it in plain decimal digits"),
    ("012", "from 0 to 100000; found '012'; leading zeros are ambiguous; write 12"),
    ("+5", "from 0 to 100000; found '+5'; write it without '+'"),
    ("1.0", "from 0 to 100000; found '1.0'; write it without a fraction or exponent"),
    ("1e3", "from 0 to 100000; found '1e3'; write it without a fraction or exponent"),
    (".nan", "from 0 to 100000; found '.nan'; write it without a fraction or exponent"),
    ("\"7\"", "from 0 to 100000; found the text '7'"), ("many", "from 0 to 100000; found 'many'"),
    ("1:30", "from 0 to 100000; found '1:30'"), ("", "from 0 to 100000; found nothing"),
    ("[1]", "from 0 to 100000; found a list"), ("{a: 1}", "from 0 to 100000; found a mapping"),
  ])
  func wholeNumbersAreDecimalAndInRange(text: String, expected: String) {
    #expect(
      message("steps: \(text)") { try $0.integer("steps", in: 0...100_000) } == "steps must be a whole number "
        + expected)
  }

  @Test(arguments: [
    (".nan", "found '.nan'"), (".inf", "found '.inf'"), ("-.INF", "found '-.INF'"), ("1e999", "found '1e999'"),
    ("0x10", "found '0x10'; write it in plain decimal digits"),
    ("007.5", "found '007.5'; leading zeros are ambiguous; leave them out"),
    ("1.5x", "found '1.5x'"), ("nan", "found 'nan'"), ("11", "found '11'"), ("'1'", "found the text '1'"),
  ])
  func numbersAreFiniteAndInRange(text: String, expected: String) {
    #expect(
      message("rate: \(text)") { try $0.number("rate", in: 0...10) } == "rate must be a number from 0 to 10; "
        + expected)
  }

  @Test(arguments: [("3", 3.0), ("0.5", 0.5), (".5", 0.5), ("5.0e-5", 5e-5), ("1E1", 10), ("2.", 2), ("0", 0)])
  func numbersAreReadAsWritten(text: String, value: Double) throws {
    #expect(try mapping("rate: \(text)").number("rate", in: 0...10) == value)
  }

  @Test(arguments: [
    ("yes", "'yes'; write true"), ("On", "'On'; write true"), ("True", "'True'; write true"),
    ("no", "'no'; write false"),
    ("OFF", "'OFF'; write false"), ("1", "the number 1"), ("\"true\"", "the text 'true'"), ("maybe", "'maybe'"),
  ])
  func aBooleanIsTrueOrFalse(text: String, expected: String) {
    #expect(message("sheet: \(text)") { try $0.boolean("sheet") } == "sheet must be true or false; found " + expected)
  }

  @Test(arguments: [
    ("12", "the number 12; put it in quotes: \"12\""), ("1e5", "the number 1e5; put it in quotes: \"1e5\""),
    ("true", "'true'; put it in quotes: \"true\""), ("0x1F", "the number 0x1F; put it in quotes: \"0x1F\""),
    ("~", "nothing"), ("[a]", "a list"),
  ])
  func aNumberIsNoText(text: String, expected: String) {
    #expect(message("name: \(text)") { try $0.string("name") } == "name must be text; found " + expected)
  }

  @Test(arguments: [("no", "no"), ("'12'", "12"), ("2026-11-24", "2026-11-24"), ("a b", "a b"), ("\"\"", "")])
  func textIsReadAsWritten(text: String, value: String) throws {
    #expect(try mapping("name: \(text)").string("name") == value)
  }

  @Test func aChoiceNamesItsAlternatives() throws {
    #expect(try mapping("fit: pad").choice("fit", of: Fit.self) == .pad)
    #expect(try mapping("other: pad").choice("fit", of: Fit.self, default: .crop) == .crop)
    #expect(
      message("fit: strech") { try $0.choice("fit", of: Fit.self) }
        == "fit must be one of crop, pad, stretch; found 'strech'; did you mean 'stretch'?")
    #expect(
      message("fit: 7") { try $0.choice("fit", of: Fit.self) } == "fit must be one of crop, pad, stretch; found '7'")
  }

  @Test(arguments: [
    ("frame: 1", "apple.jpg.yaml:1:1: unknown key 'frame' in manipulate; did you mean 'frames'?"),
    ("frames: 1\nform: 2", "apple.jpg.yaml:2:1: unknown key 'form' in manipulate; did you mean 'from'?"),
    ("colour: 1", "apple.jpg.yaml:1:1: unknown key 'colour' in manipulate; known are attribute, from, to, frames"),
    ("- a", "apple.jpg.yaml:1:1: manipulate must be a mapping ('key: value'); found a list"),
  ])
  func unknownKeysAreRefusedWithASuggestion(text: String, expected: String) throws {
    let value = try YAML.parse(text, file: "apple.jpg.yaml")
    #expect(
      refusal { try YAMLMapping(value, context: "manipulate", keys: ["attribute", "from", "to", "frames"]) } == expected)
  }

  @Test func aMissingKeyIsNamed() throws {
    #expect(message("a: 1") { try $0.string("attribute") } == "manipulate needs the key 'attribute'")
    #expect(try mapping("a: 1").integer("frames", in: 1...9, default: 7) == 7)
    #expect(try mapping("a: 1").optionalString("b") == nil)
    #expect(try mapping("a: {b: 1}").mapping("a", keys: ["b"])?.integer("b", in: 0...1) == 1)
  }

  @Test func aListHasALength() throws {
    #expect(message("a: [1, 2, 3]") { try $0.required("a").list("a", count: 2...2) } == "a must have 2 items; found 3")
    #expect(
      message("a: []") { try $0.required("a").list("a", count: 1...4) } == "a must have at least 1 items; found 0")
    #expect(message("a: 1") { try $0.required("a").list("a") } == "a must be a list; found the number 1")
  }

  @Test func canonicalTextIsReadBackAsTheSameText() throws {
    let text = "b: [1, 2.5, true, ~, \"12\", no, \"a\\\"\\\\\\n\\u202e\\U0001F34E 🍎\"]\na: {}\n'x y': [[], {}]\n"
    let canonical = try YAML.parse(text, file: "f").canonicalText
    #expect(
      canonical
        == #"{"a": {}, "b": [1, 2.5, true, null, "12", "no", "a\"\\\n\u202e🍎 🍎"], "x y": [[], {}]}"#)
    #expect(try YAML.parse(canonical, file: "f").canonicalText == canonical)
  }

  private func mapping(_ text: String) throws -> YAMLMapping {
    try YAMLMapping(YAML.parse(text, file: "f.yaml"), context: "manipulate")
  }

  private func message<Value>(_ text: String, _ read: (YAMLMapping) throws -> Value) -> String {
    do {
      _ = try read(mapping(text))
      return "accepted"
    } catch {
      return (error as? YAMLError)?.message ?? "\(error)"
    }
  }
}
