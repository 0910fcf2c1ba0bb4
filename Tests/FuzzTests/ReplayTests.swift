import Foundation
import FuzzProperties
import TestSupport
import Testing

/// The fuzz targets without a fuzzer: what was once found, the seeds, and some damage to each. `Fuzz/run` looks further.
@Suite struct ReplayTests {
  static let names = Property.all.map(\.name)

  /// Files of the project that a target begins with, beside the seeds it makes itself.
  private static func files(for name: String) throws -> [URL] {
    var folders = [Fixtures.folder.appendingPathComponent("fuzz/\(name)")]
    var files: [URL] = []
    switch name {
    case "sidecar", "job": folders.append(Fixtures.folder.appendingPathComponent("edit/sidecars"))
    case "png", "jpeg": folders.append(Fixtures.folder.appendingPathComponent("images/formats"))
    case "webp", "heif", "tiff":
      let endings = ["webp": ["webp"], "heif": ["heic", "avif"], "tiff": ["tif"]][name] ?? []
      let phone = Fixtures.folder.appendingPathComponent("images/phone")
      files = try FileManager.default.contentsOfDirectory(at: phone, includingPropertiesForKeys: nil)
        .filter { endings.contains($0.pathExtension) }
    case "apart": folders.append(Fixtures.folder.appendingPathComponent("images/phone"))
    case "checkpoint": folders.append(Fixtures.folder.appendingPathComponent("checkpoints"))
    case "boundary": folders.append(Fixtures.folder.appendingPathComponent("checkpoints/npy"))
    case "pack": files = [Fixtures.fruits64.appendingPathComponent("pack.yaml")]
    case "configuration": files = [Fixtures.project.appendingPathComponent("Config/idinvert.yaml")]
    default: break
    }
    for folder in folders where FileManager.default.fileExists(atPath: folder.path) {
      files += try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    }
    return files.filter { !["expected", "md", "jsonl"].contains($0.pathExtension) && !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
  }

  @Test(arguments: names) func whatWasFoundAndTheSeedsHold(_ name: String) throws {
    let property = try #require(Property.all.first { $0.name == name })
    var accepted = 0
    let inputs = try property.seeds() + Self.files(for: name).map { [UInt8](try Data(contentsOf: $0)) }
    for input in inputs where try property.check(input) { accepted += 1 }
    // Otherwise the target looks at refusals only.
    #expect(accepted > 0)
  }

  @Test(arguments: names) func damageIsReadOrRefused(_ name: String) throws {
    let property = try #require(Property.all.first { $0.name == name })
    let files = try Self.files(for: name).map { [UInt8](try Data(contentsOf: $0)) }
    let inputs = (try property.seeds() + files).filter { !$0.isEmpty && $0.count <= 8192 }
    var random = SeededGenerator(seed: 26)
    // A process for each input.
    for round in 0..<(name == "apart" ? 60 : 400) {
      var input = inputs[random.pick(below: inputs.count)]
      for _ in 0..<1 + random.pick(below: 4) { damage(&input, property.words, &random) }
      do {
        _ = try property.check(input)
      } catch {
        Issue.record("round \(round): \(error)")
      }
    }
  }

  private func damage(_ input: inout [UInt8], _ words: [String], _ random: inout SeededGenerator) {
    guard !input.isEmpty else { return }
    let index = random.pick(below: input.count)
    switch random.pick(below: 6) {
    case 0: input[index] ^= 1 << UInt8(random.pick(below: 8))
    case 1: input[index] = [0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A, 0x2D][random.pick(below: 8)]
    case 2: input.removeSubrange(index..<min(input.count, index + 1 + random.pick(below: 16)))
    case 3 where !words.isEmpty: input.insert(contentsOf: Array(words[random.pick(below: words.count)].utf8), at: index)
    case 4: input.insert(contentsOf: input[index..<min(input.count, index + 16)], at: random.pick(below: input.count))
    default: input.removeLast(random.pick(below: min(input.count, 32)))
    }
  }
}
