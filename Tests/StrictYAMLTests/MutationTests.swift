import Foundation
import StrictYAML
import TestSupport
import Testing

@Suite struct MutationTests {
  @Test func aDamagedTextIsReadOrRefusedInOneLine() throws {
    let text = try [UInt8](Data(contentsOf: Fixtures.fruits64.appendingPathComponent("pack.yaml")))
    let interesting = Array("\t\n\r :-[]{}&*!|>'\"%@`#,?\\~\0<=.09aé\u{85}\u{2028}\u{FEFF}".utf8) + [0xFF, 0x80]
    var random = SeededGenerator(seed: 21)
    var refused = 0
    for round in 0..<2_000 {
      var mutated = text
      for _ in 0..<1 + random.pick(below: 3) {
        let index = random.pick(below: mutated.count)
        switch random.pick(below: 4) {
        case 0: mutated[index] = interesting[random.pick(below: interesting.count)]
        case 1: mutated.insert(interesting[random.pick(below: interesting.count)], at: index)
        case 2: mutated.removeSubrange(index..<min(index + 1 + random.pick(below: 9), mutated.count))
        default: mutated = Array(mutated.prefix(index)) + [0x0A]
        }
      }
      do {
        let value = try YAML.parse(mutated, file: "f.yaml")
        let canonical = value.canonicalText
        #expect(try YAML.parse(canonical, file: "f.yaml").canonicalText == canonical, "round \(round)")
      } catch {
        refused += 1
        let line = error.description
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }, "round \(round): \(line)")
        #expect(line.hasPrefix("f.yaml:") && error.line >= 1 && error.column >= 1, "round \(round): \(line)")
      }
    }
    #expect(refused > 200)
  }

  @Test func everyTreeIsWrittenAndReadAsItIs() throws {
    var random = SeededGenerator(seed: 22)
    for round in 0..<500 {
      let tree = tree(depth: 4, &random)
      let written = tree.canonicalText
      #expect(try YAML.parse(written, file: "f.yaml").canonicalText == written, "round \(round)")
    }
  }

  private func tree(depth: Int, _ random: inout SeededGenerator) -> YAMLValue {
    let place = YAMLPlace(file: "f.yaml", line: 1, column: 1)
    switch depth == 0 ? 0 : random.pick(below: 3) {
    case 0:
      return YAMLValue(.scalar(text(&random), random.pick(below: 2) == 0 ? .plain : .quoted), at: place)
    case 1:
      var items: [YAMLValue] = []
      for _ in 0..<random.pick(below: 4) { items.append(tree(depth: depth - 1, &random)) }
      return YAMLValue(.sequence(items), at: place)
    default:
      var entries: [YAMLEntry] = []
      for index in 0..<random.pick(below: 4) {
        entries.append(
          YAMLEntry(key: "\(index)" + text(&random), keyPlace: place, value: tree(depth: depth - 1, &random)))
      }
      return YAMLValue(.mapping(entries), at: place)
    }
  }

  private func text(_ random: inout SeededGenerator) -> String {
    let alphabet = Array(
      "aZ09 .:-#'\"\\\n\t{}[],&*!|>%@`~\u{7F}\u{85}\u{A0}\u{2028}\u{202E}\u{FEFF}é中🍎\u{E000}\u{10FFFE}".unicodeScalars)
    let whole = ["true", "null", "~", "1.5", "012", "1e9", "<<", "yes", "0x1F", ""]
    if random.pick(below: 4) == 0 { return whole[random.pick(below: whole.count)] }
    var result = String.UnicodeScalarView()
    for _ in 0..<random.pick(below: 6) { result.append(alphabet[random.pick(below: alphabet.count)]) }
    return String(result)
  }
}
