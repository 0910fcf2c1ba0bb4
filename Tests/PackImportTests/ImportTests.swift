import Foundation
import ModelPacks
import NeuralNetworks
import PackImport
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Where the networks of the reference sets are, and what their `config.json` says of them.
enum Reference {
  static let generator32 = Fixtures.path("checkpoints/networks/generator_legacy.pth")
  static let scaledEncoder = Fixtures.path("checkpoints/networks/encoder_wscale_legacy.pth")
  static let perceptual = Fixtures.path("vgg16.safetensors")

  static func request(_ generator: String = generator32, _ encoder: String? = nil) -> ImportRequest {
    ImportRequest(generator: generator, encoder: encoder, perceptual: perceptual, name: "small", license: "CC0-1.0")
  }

  static func settings32(fused: FusedScale = .auto) -> GeneratorSettings {
    GeneratorSettings(
      resolution: 32, zDimension: 48, wDimension: 48, repeatW: true, finalTanh: false, fusedScale: fused, fmapsBase: 512,
      fmapsMax: 64)
  }

  static func encoder32(widest: Int, batchNorm: Bool = false, wscale: Bool = false) -> EncoderSettings {
    EncoderSettings(
      resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: widest, batchNorm: batchNorm, wscale: wscale)
  }
}

@Suite struct ImportTests {
  @Test func aGeneratorInTheOlderFormatAndAScaledEncoderBecomeAPack() throws {
    try withTemporaryFolder { (folder) throws in
      let path = folder.path + "/packs/small"
      let outcome = try PackImport.write(Reference.request(Reference.generator32, Reference.scaledEncoder), to: path)
      let pack = try ModelPack.load(path, verification: .full)
      let description = pack.description
      #expect(description == outcome.description)
      #expect(description.generator == Reference.settings32())
      #expect(description.encoder == Reference.encoder32(widest: 24, batchNorm: true, wscale: true))
      #expect(description.perceptual?.widths == [8, 8, 16, 16, 32, 32, 32, 48, 48, 48, 48, 48, 48])
      #expect(description.license == "CC0-1.0" && !description.commercialUse)
      #expect(description.sources.map(\.file) == ["generator_legacy.pth", "encoder_wscale_legacy.pth", "vgg16.safetensors"])
      // As in the set's released numbers, so that everything computed with them is the same too.
      try expectSameNumbers(path + "/generator.safetensors", Fixtures.path("tiny32/generator.safetensors"))
      try expectSameNumbers(path + "/encoder.safetensors", Fixtures.path("tiny32/encoder_wscale.safetensors"))
      try expectSameNumbers(path + "/perceptual.safetensors", Reference.perceptual)
      let generator = try pack.makeGenerator()
      let golden = try Fixtures.safetensors("tiny32/mapping.safetensors")
      let codes = Tensor(try golden.floats(named: "wp"), [4, 8, 48])
      let pictures = try generator.synthesize(codes).values
      #expect(try maxAbsoluteDifference(pictures, golden.floats(named: "image")) < 4e-5)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/packs") == ["small"])
    }
  }

  @Test func sourcesAreNamedByTheirHashes() throws {
    try withTemporaryFolder { (folder) throws in
      let pack = try PackImport.write(Reference.request(), to: folder.path + "/small").description
      let source = try #require(pack.sources.first)
      let bytes = try Fixtures.bytes("checkpoints/networks/generator_legacy.pth")
      #expect(source.bytes == bytes.count)
      let copy = folder.appendingPathComponent("other-name.bin")
      try Data(bytes).write(to: copy)
      let again = try PackImport.write(Reference.request(copy.path), to: folder.path + "/again").description
      #expect(again.sources[0].sha256 == source.sha256 && again.sources[0].file == "other-name.bin")
      #expect(again.files == pack.files)
    }
  }

  @Test(arguments: [
    ("encoder", 64, false), ("encoder_bn", 32, true),
  ]) func anEncodersSettingsAreInferred(_ name: String, _ widest: Int, _ batchNorm: Bool) throws {
    try withTemporaryFolder { (folder) throws in
      let encoder = Fixtures.path("tiny32/\(name).safetensors")
      let fused = Fixtures.path("tiny32/generator_fused.safetensors")
      let pack = try PackImport.write(Reference.request(fused, encoder), to: folder.path + "/small").description
      #expect(pack.generator == Reference.settings32(fused: .always))
      #expect(pack.encoder == Reference.encoder32(widest: widest, batchNorm: batchNorm))
    }
  }

  @Test func theReleasedKindIsInferredAt256Pixels() throws {
    try withTemporaryFolder { (folder) throws in
      let request = Reference.request(
        Fixtures.path("tiny256/generator.safetensors"), Fixtures.path("tiny256/encoder.safetensors"))
      let pack = try PackImport.write(request, to: folder.path + "/small").description
      #expect(
        pack.generator
          == GeneratorSettings(
            resolution: 256, zDimension: 64, wDimension: 64, repeatW: false, finalTanh: true, fusedScale: .auto,
            fmapsBase: 1024, fmapsMax: 64))
      #expect(
        pack.encoder
          == EncoderSettings(
            resolution: 256, wDimension: 64, layers: 14, channelsBase: 8, channelsMax: 32, batchNorm: true, wscale: false))
    }
  }

  @Test func theShippedPackIsInferredFromItsFilesButForWhatNoShapeTells() throws {
    try withTemporaryFolder { (folder) throws in
      let path = { (name: String) in Fixtures.fruits64.appendingPathComponent(name + ".safetensors").path }
      var request = ImportRequest(
        generator: path("generator"), encoder: path("encoder"), perceptual: path("perceptual"),
        discriminator: path("discriminator"), boundaries: [path("boundaries")], name: "fruits64", license: "CC-BY-SA-4.0")
      request.finalTanh = true
      request.attributes = ["size: {title: smaller to larger, layers: 0-3, range: [-2, 4]}"]
      let pack = try PackImport.write(request, to: folder.path + "/small").description
      let shipped = try PackDescription(folder: Fixtures.fruits64.path)
      var generator = shipped.generator
      // At 64 pixels both mean that no layer is fused.
      generator.fusedScale = .auto
      #expect(pack.generator == generator)
      #expect(pack.encoder == shipped.encoder && pack.perceptual == shipped.perceptual)
      #expect(pack.discriminator == shipped.discriminator)
      #expect(Set(pack.attributes.map(\.name)) == Set(shipped.attributes.map(\.name)))
      let size = try #require(pack.attribute("size"))
      #expect(size.title == "smaller to larger" && size.layers.description == "0-3" && size.range == -2...4)
      let file = { (description: PackDescription, name: String) in description.files.first { $0.name == name }?.sha256 }
      #expect(file(pack, PackFileName.perceptual) == file(shipped, PackFileName.perceptual))
    }
  }

  @Test func aGeneratorAloneBecomesAPackThatCanBeTrainedFurther() throws {
    try withTemporaryFolder { (folder) throws in
      var request = Reference.request()
      request.perceptual = nil
      let outcome = try PackImport.write(request, to: folder.path + "/small")
      let pack = try ModelPack.load(folder.path + "/small", verification: .full)
      #expect(pack.description.encoder == nil && pack.description.perceptual == nil)
      #expect(pack.description.files.map(\.name) == [PackFileName.generator])
      #expect(try pack.makeGenerator().settings == Reference.settings32())
      #expect(
        outcome.notes.last
          == "the pack has no encoder and no perceptual network: it can be trained further, but not invert photographs")
      #expect(
        message { try pack.makeEncoder() }
          == "pack small has no encoder network, so it cannot invert photographs; train one with: "
          + "idinvert train encoder PHOTOGRAPHS --pack small, or import it again with --encoder")
    }
  }

  @Test func whatWasAssumedIsSaid() throws {
    try withTemporaryFolder { (folder) throws in
      var request = Reference.request(Reference.generator32, Reference.scaledEncoder)
      let notes = try PackImport.write(request, to: folder.path + "/a").notes
      #expect(notes.map { $0.prefix { $0 != " " } } == ["final_tanh:", "wscale:", "commercial_use:", "alignment:"])
      request.finalTanh = true
      request.encoderWscale = false
      request.commercialUse = true
      request.alignment = .ffhq
      let said = try PackImport.write(request, to: folder.path + "/b")
      #expect(said.notes.isEmpty)
      #expect(said.description.generator.finalTanh && said.description.encoder?.wscale == false)
      #expect(said.description.commercialUse && said.description.alignment == .ffhq)
    }
  }

  private func expectSameNumbers(_ path: String, _ expected: String) throws {
    let file = try SafetensorsFile(path: path)
    let reference = try SafetensorsFile(path: expected)
    #expect(!file.names.isEmpty)
    for name in file.names {
      #expect(try file.floats(named: name) == reference.floats(named: name), "\(name)")
    }
  }
}

/// The error's one line, or nil.
func message<Value>(_ body: () throws -> Value) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
