import Foundation
import ModelPacks
import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite struct ModelPackTests {
  @Test func theShippedPackLoadsWithEveryByteChecked() throws {
    let pack = try ModelPack.load(Fixtures.fruits64.path, verification: .full)
    #expect(pack.hash.count == 64)
    #expect(pack.boundaries.keys.sorted() == ["greenness", "lightness", "redness", "size", "width"])
    #expect(pack.boundaries["size"]?.rows.count == 1)
    #expect(pack.boundaries["size"]?.row(forLayer: 9).count == 96)
    #expect(try pack.makeGenerator().settings == pack.description.generator)
    #expect(try pack.makeEncoder().settings == pack.description.encoder)
    #expect(try pack.makePerceptualNetwork().settings == pack.description.perceptual)
    #expect(try pack.makeDiscriminator()?.settings == pack.description.discriminator)
  }

  @Test func theHashCountsWhatACodeDependsOnAndNothingElse() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      let hash = try pack.load().hash
      try pack.replace("format: 1", by: "# a note\nformat:   1")
      try pack.replace("Random numbers", by: "Other words")
      try pack.replace("CC0-1.0", by: "MIT")
      #expect(try pack.load().hash == hash)
      try pack.replace("truncation_psi: 0.7", by: "truncation_psi: 0.5")
      #expect(try pack.load().hash != hash)
      #expect(try PackOnDisk(in: folder, name: "other", seed: 2).load().hash != hash)
    }
  }

  @Test("A pack may have a conventional encoder, which must have the encoder's sizes") func conventional() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      #expect(refusal { try pack.load().makeConventionalEncoder() } == "pack tiny has no conventional.safetensors")
      let plain = try pack.load().hash
      func add(_ source: String) throws {
        try? FileManager.default.removeItem(at: pack.path("conventional.safetensors"))
        try FileManager.default.copyItem(at: pack.path(source), to: pack.path("conventional.safetensors"))
        var description = try pack.description
        let copied = try #require(description.files.first { $0.name == source })
        description.files.removeAll { $0.name == "conventional.safetensors" }
        description.files.append(PackFile(name: "conventional.safetensors", sha256: copied.sha256, bytes: copied.bytes))
        try description.yaml.write(to: pack.path("pack.yaml"), atomically: true, encoding: .utf8)
      }
      try add("encoder.safetensors")
      let loaded = try pack.load(.full)
      #expect(loaded.description.hasConventionalEncoder && loaded.hash != plain)
      #expect(try loaded.makeConventionalEncoder().settings == loaded.description.encoder)
      try add("perceptual.safetensors")
      #expect(message { try pack.load() }?.hasPrefix("conventional.safetensors: ") == true)
    }
  }

  @Test func aChangedByteIsFoundByItsHash() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      var bytes = try Data(contentsOf: pack.path("encoder.safetensors"))
      bytes[bytes.count - 3] ^= 1
      try bytes.write(to: pack.path("encoder.safetensors"))
      let refusal = try #require(message { try pack.load(.full) })
      #expect(refusal.hasPrefix("encoder.safetensors: has the SHA-256 "))
      #expect(refusal.hasSuffix("…; copy the pack again"))
      #expect(message { try pack.load(.automatic) } == refusal)
      #expect(message { try pack.load(.sizes) } == nil)
    }
  }

  @Test func theHashOfAnotherPackIsRefused() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      let other = try PackOnDisk(in: folder, name: "other", seed: 2)
      try FileManager.default.removeItem(at: pack.path("generator.safetensors"))
      try FileManager.default.copyItem(at: other.path("generator.safetensors"), to: pack.path("generator.safetensors"))
      #expect(message { try pack.load() }?.hasPrefix("generator.safetensors: has the SHA-256 ") == true)
    }
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let file: String
    let expected: String
    let change: @Sendable (inout [String: (shape: [Int], values: [Float])]) -> Void
    var testDescription: String { expected }
  }

  @Test(arguments: [
    Damage(
      file: "generator.safetensors",
      expected: "'synthesis.layer3.conv.weight' has shape [32, 16, 3, 3]; pack.yaml implies [32, 32, 3, 3]"
    ) {
      $0["synthesis.layer3.conv.weight"] = ([32, 16, 3, 3], [Float](repeating: 1, count: 32 * 16 * 9))
    },
    Damage(
      file: "generator.safetensors", expected: "'truncation.w_avg' is missing; pack.yaml implies it with shape [32]"
    ) {
      $0["truncation.w_avg"] = nil
    },
    Damage(
      file: "generator.safetensors",
      expected: "'mapping.dense0.fc.weight' is missing; pack.yaml implies it with shape [32, 32] (and 1 more)"
    ) {
      $0["mapping.dense0.fc.weights"] = $0.removeValue(forKey: "mapping.dense0.fc.weight")
    },
    Damage(
      file: "encoder.safetensors", expected: "'block9.conv.weight' has no place in the model that pack.yaml describes"
    ) {
      $0["block9.conv.weight"] = ([1], [1])
    },
    Damage(file: "perceptual.safetensors", expected: "'layer21.bias' has shape [1, 24]; pack.yaml implies [24]") {
      $0["layer21.bias"] = ([1, 24], [Float](repeating: 0, count: 24))
    },
    Damage(file: "boundaries.safetensors", expected: "'random' has shape [32, 8]; [32] or [8, 32] is needed") {
      $0["random"] = ([32, 8], [Float](repeating: 1, count: 256))
    },
    Damage(file: "boundaries.safetensors", expected: "'random' is missing; pack.yaml lists the attribute") {
      $0["randm"] = $0.removeValue(forKey: "random")
    },
    Damage(file: "boundaries.safetensors", expected: "'randm' is no attribute of pack.yaml; did you mean 'random'?") {
      $0["randm"] = $0["random"]
    },
    Damage(file: "boundaries.safetensors", expected: "'random' is zero everywhere; it points nowhere") {
      $0["random"] = ([32], [Float](repeating: 0, count: 32))
    },
    Damage(
      file: "boundaries.safetensors", expected: "'random' has the value inf at index 3; every value must be finite"
    ) {
      $0["random"]?.values[3] = .infinity
    },
  ])
  func aFileThatIsNotAsDescribedIsRefused(_ damage: Damage) throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      try pack.rewrite(damage.file, damage.change)
      #expect(message { try pack.load(.sizes) } == damage.file + ": " + damage.expected)
    }
  }

  @Test func aWeightThatIsNoNumberIsRefusedWhenTheNetworkIsMade() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      try pack.rewrite("encoder.safetensors") { $0["block1.conv1.weight"]?.values[7] = .nan }
      let loaded = try pack.load(.sizes)
      #expect(
        message { try loaded.makeEncoder() }
          == "encoder.safetensors: 'block1.conv1.weight' has the value nan at index 7; every value must be finite")
    }
  }

  @Test func missingAndCutFilesAreRefused() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      let url = pack.path("perceptual.safetensors")
      let bytes = try Data(contentsOf: url)
      try FileManager.default.removeItem(at: url)
      #expect(message { try pack.load() } == "perceptual.safetensors: cannot be opened: it does not exist")
      try bytes.prefix(bytes.count - 4).write(to: url)
      #expect(message { try pack.load() }?.contains("the file is cut") == true)
      try pack.replace("bytes: \(bytes.count)", by: "bytes: \(bytes.count + 4)")
      try bytes.write(to: url)
      #expect(
        message { try pack.load() }
          == "perceptual.safetensors: has \(bytes.count) bytes; pack.yaml says \(bytes.count + 4); copy the pack again")
      try FileManager.default.removeItem(at: pack.path("pack.yaml"))
      #expect(message { try pack.load() } == pack.folder.path + "/pack.yaml: cannot be opened: it does not exist")
    }
  }

  @Test func anOversizedDescriptionIsNotRead() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      try Data(repeating: UInt8(ascii: "#"), count: 1 << 20).write(to: pack.path("pack.yaml"))
      #expect(message { try pack.load() } == "pack.yaml:1:1: the text has 65537 bytes; at most 65536 are accepted")
    }
  }

  @Test func releasedExtrasAreAccepted() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder)
      try pack.rewrite("generator.safetensors") {
        $0["truncation.truncation"] = ([1, 8, 1], [Float](repeating: 0.25, count: 8))
        $0["synthesis.lod"] = ([], [0])
        $0["synthesis.output0.bias"] = ([3], [1, 2, 3])
        $0["synthesis.output0.conv.weight"] = ([3, 32, 1, 1], [Float](repeating: 1, count: 96))
      }
      try pack.rewrite("encoder.safetensors") { $0["block0.bn.bn.num_batches_tracked"] = ([1], [7]) }
      #expect(message { try pack.load(.sizes).makeGenerator() } == nil)
      #expect(message { try pack.load(.sizes).makeEncoder() } == nil)
    }
  }
}
