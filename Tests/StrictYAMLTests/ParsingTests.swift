import StrictYAML
import Testing

@Suite struct ParsingTests {
  @Test func everyNodeKnowsItsPlace() throws {
    let text = "a: 1\nlist:\n  - x\n  - {deep: [y]}\n"
    let root = try YAMLMapping(YAML.parse(text, file: "f.yaml"), context: "document")
    #expect(root.entries.map(\.keyPlace) == [place(1, 1), place(2, 1)])
    let items = try root.required("list").list("list")
    #expect(items.map(\.place) == [place(3, 5), place(4, 5)])
    let deep = try YAMLMapping(items[1], context: "item").required("deep")
    #expect(deep.place == place(4, 12))
    #expect(try deep.list("deep")[0].place == place(4, 13))
  }

  @Test(arguments: [
    "\u{FEFF}a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "---\na: 1\nb: 2\n...\n", "{a: 1, b: 2}",
    "# note\na: 1\n  # note\nb: 2",
    "a: 1\t\n \nb:\t2", "a: 1\n\t\nb: 2", "a: 1\n \t \r\nb: 2\n\t", "\t\na: 1\rb: 2",
  ])
  func harmlessVariationsReadTheSame(text: String) throws {
    let root = try YAML.parse(text, file: "f.yaml")
    #expect(root.canonicalText == #"{"a": 1, "b": 2}"#)
  }

  @Test(arguments: ["", "\n\n", "# only a remark\n", "---\n", "\u{FEFF}", "null", "~"])
  func anEmptyTextIsNothing(text: String) throws {
    let root = try YAML.parse(text, file: "f.yaml")
    #expect(root.isNull)
    #expect(try YAMLMapping(root, context: "document", keys: []).entries.isEmpty)
  }

  @Test(arguments: [
    ("a: &x 1", "1:4: anchors ('&name') are not accepted; write the value out where it is used"),
    ("a: [1]\nb: *x", "2:4: aliases ('*name') are not accepted; write the value out, or put the text in quotes"),
    ("a: !!str 1", "1:4: tags ('!name') are not accepted; remove it, or put the text in quotes"),
    ("a: !thing {b: 1}", "1:4: tags ('!name') are not accepted; remove it, or put the text in quotes"),
    ("a: ! 1", "1:4: tags ('!name') are not accepted; remove it, or put the text in quotes"),
    ("a: {<<: {b: 1}}", "1:5: merge keys ('<<') are not accepted; write the keys out"),
    ("a: 1\n---\nb: 2", "2:1: a second document ('---') is not accepted; put it in a file of its own"),
    ("%YAML 1.2\n---\na: 1", "1:1: directives ('%…') are not accepted; remove the line"),
    ("a: 1\nb: 2\na: 3", "3:1: duplicate key 'a'; it is already given in line 1"),
    ("a: {b: 1, \"b\": 2}", "1:11: duplicate key 'b'; it is already given in line 1"),
    ("? [1]\n: 2", "1:3: a key must be a text; found a list or a mapping (braces need quotes to be text)"),
    ("{{a: 1}: 2}", "1:2: a key must be a text; found a list or a mapping (braces need quotes to be text)"),
    ("a:\n\tb: 1", "2:1: a tab indents this line; use spaces"),
    ("a:\n  \tb: 1", "2:3: a tab indents this line; use spaces"),
    ("é: 1\nb: \u{0}", "2:4: a NUL character; the text is damaged or not a text"),
    ("a: \"\\0\"", "1:4: a NUL character is not accepted in a text"),
    (
      "a: b: c",
      "1:5: not valid YAML: mapping values are not allowed in this context; put a text that contains ': ' in quotes"
    ),
    (
      "a: @b",
      "1:4: not valid YAML: found character that cannot start any token while scanning for the next token; put a text that starts with a special character in quotes"
    ),
    ("a: \u{1}", "1:4: not valid YAML: control characters are not allowed"),
    ("?\n: 1", "1:2: a key is missing before ':'"),
  ])
  func whatIsNotStrictIsRefusedWithItsPlace(text: String, expected: String) {
    #expect(refusal(Array(text.utf8)) == "f.yaml:" + expected)
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "1:1: the text is encoded in UTF-16 or UTF-32; save it as UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x61], "1:1: the text is encoded in UTF-16 or UTF-32; save it as UTF-8"),
      ([0x61, 0x00, 0x3A, 0x00], "1:1: the text is encoded in UTF-16 or UTF-32; save it as UTF-8"),
      ([0x00, 0x61, 0x00, 0x3A], "1:1: the text is encoded in UTF-16 or UTF-32; save it as UTF-8"),
      ([0x61, 0x3A, 0x20, 0xC3], "1:4: the text is not valid UTF-8; save it as UTF-8"),
      ([0x61, 0x0A, 0xED, 0xA0, 0x80], "2:1: the text is not valid UTF-8; save it as UTF-8"),
    ] as [([UInt8], String)])
  func otherEncodingsAreRefused(bytes: [UInt8], expected: String) {
    #expect(refusal(bytes) == "f.yaml:" + expected)
  }

  @Test func sizeIsCheckedFirst() throws {
    let largest = [UInt8](repeating: UInt8(ascii: "#"), count: 65_536)
    #expect(try YAML.parse(largest, file: "f.yaml").isNull)
    #expect(
      refusal(largest + [0xFF]) == "f.yaml:1:1: the text has 65537 bytes; at most 65536 are accepted")
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "]) func depthIsLimitedWithoutRecursion(opening: String) {
    let text = String(repeating: opening, count: 10_000)
    let message = refusal(Array(text.utf8)) ?? "accepted"
    #expect(
      message.contains("lists and mappings are nested more than 16 deep") || message.contains("a key must be a text"),
      Comment(rawValue: message))
  }

  @Test func sixteenLevelsAreAccepted() throws {
    let sixteen = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
    #expect(try YAML.parse(sixteen, file: "f.yaml").canonicalText == sixteen)
    #expect(
      refusal(Array(("[" + sixteen + "]").utf8)) == "f.yaml:1:17: lists and mappings are nested more than 16 deep")
  }

  @Test func anAliasBombStopsAtItsFirstAnchor() {
    let bomb = "a: &a [x, x]\n" + (1...9).map { "b\($0): &b\($0) [*a, *a]\n" }.joined()
    #expect(refusal(Array(bomb.utf8))?.hasPrefix("f.yaml:1:4: anchors") == true)
  }

  @Test func aMessageIsOneLineWhateverTheTextHolds() {
    let message = refusal(Array("\"a\\n\\e[31m\\u202E\": 1\n\"a\\n\\e[31m\\u202E\": 2".utf8))
    #expect(message == #"f.yaml:2:1: duplicate key 'a\n\u{1B}[31m\u{202E}'; it is already given in line 1"#)
    let name = YAMLError(file: "x\n.yaml", line: 1, column: 2, message: "m")
    #expect(name.description == #"x\n.yaml:1:2: m"#)
  }

  private func place(_ line: Int, _ column: Int) -> YAMLPlace { YAMLPlace(file: "f.yaml", line: line, column: column) }
}

func refusal(_ bytes: [UInt8]) -> String? {
  do {
    _ = try YAML.parse(bytes, file: "f.yaml")
    return nil
  } catch {
    return "\(error)"
  }
}
