import Files
import Foundation
import PrintableText
import Testing

@Suite struct NameTests {
  @Test(arguments: [
    (Array("apple.jpg".utf8), "apple.jpg"), (Array("new\nline".utf8), "new\\nline"), (Array("\u{1B}[31m".utf8), "\\u{1B}[31m"),
    (Array("a\u{202E}b".utf8), "a\\u{202E}b"), (Array("a\u{2028}b".utf8), "a\\u{2028}b"), ([0x61, 0xFF, 0x62], "a\\xffb"),
    ([0xC3], "\\xc3"), (Array("back\\slash".utf8), "back\\\\slash"), (Array("ä漢🍎".utf8), "ä漢🍎"), (Array("\u{7F}\u{85}".utf8), "\\u{7F}\\u{85}"),
    ([0xC0, 0x80], "\\xc0\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), (Array("\u{FEFF}x".utf8), "\\u{FEFF}x"), (Array("\r\t\0".utf8), "\\r\\t\\u{0}"),
  ] as [([UInt8], String)])
  func escapingMakesOneSafeLine(_ bytes: [UInt8], _ expected: String) {
    #expect(escaped(bytes) == expected)
  }

  @Test func escapingKeepsNothingThatATerminalObeys() {
    for value in UInt32(0)...0x2FFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for result in escaped(String(scalar)).unicodeScalars {
        #expect(![.control, .format, .lineSeparator, .paragraphSeparator].contains(result.properties.generalCategory))
      }
    }
  }

  @Test func whatWasMadeSafeStaysAsItIs() {
    let text = "a\n\\ \u{1B}[31m\u{202E}\t"
    #expect(printable(text) == "a\\n\\ \\u{1B}[31m\\u{202E}\\t")
    #expect(printable(escaped(text)) == escaped(text))
    #expect(quoted(text) == "'" + printable(text) + "'")
    #expect(quoted("123456", limit: 5) == "'12345…'")
  }

  @Test(arguments: [Array("apple".utf8), [0x61, 0xFF], [0xC3], Array("e\u{301}".utf8), Array("\"\\\n/".utf8), Array(UInt8(1)...255)])
  func anyNameSurvivesJSON(_ bytes: [UInt8]) throws {
    let name = Name(bytes: bytes)
    let data = try JSONEncoder().encode([name])
    #expect(try JSONDecoder().decode([Name].self, from: data) == [name])
  }

  @Test(arguments: [("a", true), ("", false), (".", false), ("..", false), ("a/b", false), ("...", true), ("-", true)])
  func onlyOneComponentIsPlain(_ text: String, _ isPlain: Bool) {
    #expect(Name(text).isPlain == isPlain)
  }

  @Test func longerNamesThanAFileSystemTakesAreNotPlain() {
    #expect(Name(bytes: Array(repeating: 0x61, count: 255)).isPlain)
    #expect(!Name(bytes: Array(repeating: 0x61, count: 256)).isPlain)
    #expect(!Name(bytes: [0x61, 0]).isPlain)
  }

  @Test(arguments: [("a.JPG", "a", "jpg"), ("a.b.c", "a.b", "c"), (".hidden", ".hidden", ""), ("none", "none", ""), ("dot.", "dot", "")])
  func theExtensionIsLowercased(_ text: String, _ stem: String, _ suffix: String) {
    #expect(Name(text).stemAndExtension == (Name(stem), suffix))
  }

  @Test func digestsAreThoseOfTheStandard() {
    // FIPS 180-4, example for "abc".
    #expect(sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(sha256([UInt8]()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func hexadecimalReadsBackWhatItWrote() {
    let all = Array(UInt8(0)...255)
    #expect(bytes(fromHexadecimal: hexadecimal(all)) == all)
    #expect(bytes(fromHexadecimal: "abc") == nil)
    #expect(bytes(fromHexadecimal: "zz") == nil)
  }
}
