import Foundation
import Images
import ModelPacks
import NeuralNetworks
import StrictYAML
import TestSupport
import Testing

@Suite struct PackDescriptionTests {
  private let shipped: String

  init() throws {
    shipped = try String(contentsOf: Fixtures.fruits64.appendingPathComponent("pack.yaml"), encoding: .utf8)
  }

  @Test func theShippedDescriptionIsReadAsWritten() throws {
    let pack = try read(shipped)
    #expect(pack.name == "fruits64")
    #expect(pack.version == 1)
    #expect(pack.license == "CC-BY-SA-4.0")
    #expect(pack.commercialUse)
    #expect(pack.resolution == 64 && pack.layers == 10 && pack.wDimension == 96)
    #expect(pack.generator.repeatW && pack.generator.finalTanh && pack.generator.fusedScale == .never)
    #expect(pack.generator.fmapsBase == 1024 && pack.generator.fmapsMax == 64)
    #expect(
      pack.encoder
        == EncoderSettings(
          resolution: 64, wDimension: 96, layers: 10, channelsBase: 24, channelsMax: 192, batchNorm: true, wscale: false))
    #expect(pack.perceptual?.widths == [16, 16, 32, 32, 48, 48, 48, 64, 64, 64])
    #expect(pack.perceptual?.meanBGR == [103.939, 116.779, 123.68])
    #expect(pack.discriminator?.fmapsMax == 64)
    #expect(pack.background == .white && pack.alignment == .none)
    #expect(pack.domainDistance == DomainDistance(median: 0.004849, percentile99: 0.01652))
    #expect(pack.inversion == InversionDefaults())
    #expect(pack.attributes.map(\.name) == ["redness", "lightness", "greenness", "width", "size"])
    #expect(pack.attribute("size")?.layers.description == "0-9")
    #expect(pack.attribute("size")?.range == -3...3)
    #expect(pack.files.map(\.name) == PackFileName.weights.filter { $0 != PackFileName.conventional })
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var pack = try read(shipped)
    #expect(try read(pack.yaml) == pack)
    pack.attribution = "a \"quoted\" name: #1"
    pack.trainedOn = nil
    pack.domainDistance = nil
    pack.background = PixelColor(red: 0, green: 9, blue: 255)
    pack.alignment = .ffhq
    #expect(try read(pack.yaml) == pack)
    pack.sources = [PackSource(file: "a \"b\".pth", sha256: pack.files[0].sha256, bytes: 0)]
    #expect(try read(pack.yaml) == pack)
    pack.encoder = nil
    pack.files.removeAll { $0.name == PackFileName.encoder }
    #expect(try read(pack.yaml) == pack)
    #expect(
      message { try pack.networksForInversion() }
        == "pack fruits64 has no encoder network, so it cannot invert photographs; train one with: "
        + "idinvert train encoder PHOTOGRAPHS --pack fruits64, or import it again with --encoder")
  }

  @Test func theEarlierSpellingOfLicenseIsReadAndGivesTheSameHash() throws {
    let earlier = shipped.replacing("license:", with: "licence:")
    #expect(earlier != shipped)
    #expect(try read(earlier) == read(shipped))
    #expect(try hash(earlier) == hash(shipped))
    #expect(
      message { try read(shipped.replacing("license:", with: "licence: MIT\nlicense:")) }
        == "pack.yaml:5:10: licence is an earlier spelling of license; keep one of the two")
    #expect(
      message { try read(shipped.replacing("license: CC-BY-SA-4.0\n", with: "")) }
        == "pack.yaml:1:1: pack.yaml needs the key 'license'")
  }

  struct Change: Sendable, CustomTestStringConvertible {
    let from: String
    let to: String
    let expected: String
    var testDescription: String { expected }
  }

  @Test(arguments: [
    Change(
      from: "format: 1", to: "format: 2",
      expected: "1:9: format 2 is newer than this program, which reads format 1; update it"),
    Change(from: "format: 1\n", to: "", expected: "1:1: pack.yaml needs the key 'format'"),
    Change(
      from: "name: fruits64", to: "nam: fruits64", expected: "2:1: unknown key 'nam' in pack.yaml; did you mean 'name'?"
    ),
    Change(
      from: "name: fruits64", to: "name: ../x",
      expected:
        "2:7: name must be 1 to 64 lowercase letters, digits, '-' or '_', beginning with a letter or digit; found '../x'"
    ),
    Change(
      from: "name: fruits64", to: "name: 64",
      expected: "2:7: name must be text; found the number 64; put it in quotes: \"64\""),
    Change(
      from: "name: fruits64", to: "name: \"a\\nb\"",
      expected:
        "2:7: name must be 1 to 64 lowercase letters, digits, '-' or '_', beginning with a letter or digit; found 'a\\nb'"
    ),
    Change(
      from: "title: Apples, cherries and tomatoes, 64×64", to: "title: \"a\\e[2J\"",
      expected: "4:8: title must be one line of 1 to 500 printable characters; found 'a\\u{1B}[2J'"),
    Change(
      from: "commercial_use: true", to: "commercial_use: yes",
      expected: "6:17: commercial_use must be true or false; found 'yes'; write true"),
    Change(
      from: "resolution: 64", to: "resolution: 96",
      expected: "9:13: resolution must be a power of two from 8 to 1024; found '96'"),
    Change(
      from: "resolution: 64", to: "resolution: 2048",
      expected: "9:13: resolution must be a whole number from 8 to 1024; found '2048'"),
    Change(
      from: "resolution: 64", to: "resolution: 128", expected: "10:32: layers must be 12 at resolution 128; found '10'"),
    Change(from: "w: 96", to: "w: 0", expected: "10:20: w must be a whole number from 1 to 4096; found '0'"),
    Change(
      from: "w: 96", to: "w: 1000000000", expected: "10:20: w must be a whole number from 1 to 4096; found '1000000000'"
    ),
    Change(
      from: "fused_scale: never", to: "fused_scale: newer",
      expected: "11:79: fused_scale must be one of never, always, auto; found 'newer'; did you mean 'never'?"),
    Change(
      from: "fmaps_base: 1024, fmaps_max: 64, t", to: "fmaps_base: 9223372036854775807, fmaps_max: 64, t",
      expected: "11:98: fmaps_base must be a whole number from 64 to 262144; found '9223372036854775807'"),
    Change(
      from: "truncation_psi: 0.7", to: "truncation_psi: .nan",
      expected: "11:135: truncation_psi must be a number from 0 to 2; found '.nan'"),
    Change(
      from: "widths: [16, 16,", to: "widths: [16,", expected: "13:22: widths must have at least 10 items; found 9"),
    Change(from: "103.939, ", to: "", expected: "13:74: mean_bgr must have 3 items; found 2"),
    Change(
      from: "background: \"#ffffff\"", to: "background: #ffffff",
      expected: "15:13: '#' begins a comment here, so that nothing is said; write the color in quotes: \"#ffffff\""),
    Change(
      from: "background: \"#ffffff\"", to: "background: \"#fffff\"",
      expected: "15:13: background must be a color in quotes, such as \"#ffffff\"; found the text '#fffff'"),
    Change(
      from: "alignment: none", to: "alignment: face",
      expected: "16:12: alignment must be one of none, ffhq; found 'face'"),
    Change(
      from: "p99: 0.01652", to: "p99: 0.001",
      expected: "17:39: p99 must be a number from 0.004849 to 1000000000; found '0.001'"),
    Change(
      from: "steps: 100", to: "steps: -1", expected: "18:20: steps must be a whole number from 0 to 10000; found '-1'"),
    Change(
      from: "learning_rate: 0.01", to: "learning_rate: 1e999",
      expected: "18:40: learning_rate must be a number from 1e-09 to 10; found '1e999'"),
    Change(
      from: "{pixel: 1,", to: "{pixels: 1,", expected: "18:56: unknown key 'pixels' in weights; did you mean 'pixel'?"),
    Change(from: "layers: 0-9", to: "layers: 0-10", expected: "20:50: layers must be layers from 0 to 9; found '0-10'"),
    Change(from: "layers: 0-9", to: "layers: 9-0", expected: "20:50: layers has the reversed range 9-0; write 0-9"),
    Change(
      from: "range: [-3, 3]", to: "range: [3, -3]",
      expected: "20:66: the range's end must be a number from 3 to 1000; found '-3'"),
    Change(
      from: "  redness:", to: "  Red ness:",
      expected:
        "20:3: an attribute's name must be 1 to 64 lowercase letters, digits, '-' or '_', beginning with a letter or digit; found 'Red ness'"
    ),
    Change(from: "  redness:", to: "  size:", expected: "24:3: duplicate key 'size'; it is already given in line 20"),
    Change(
      from: "  encoder.safetensors:", to: "  ../encoder.safetensors:",
      expected: "28:3: files may only name files inside the pack's folder; found '../encoder.safetensors'"),
    Change(
      from: "  encoder.safetensors:", to: "  /etc/passwd:",
      expected: "28:3: files may only name files inside the pack's folder; found '/etc/passwd'"),
    Change(
      from: "  encoder.safetensors:", to: "  encodr.safetensors:",
      expected: "28:3: unknown file 'encodr.safetensors' in files; did you mean 'encoder.safetensors'?"),
    Change(
      from: "discriminator: {fmaps_base: 1024, fmaps_max: 64}\n", to: "",
      expected: "26:3: files lists 'discriminator.safetensors', but pack.yaml describes no discriminator"),
    Change(
      from: "sha256: aeddf8", to: "sha256: AEDDF8",
      expected:
        "28:33: sha256 must be 64 lowercase hexadecimal digits; found 'AEDDF8c36cc16a9bc1294b93511afeb2677b8d91…'"),
    Change(
      from: "bytes: 2256", to: "bytes: -1",
      expected: "26:109: bytes must be a whole number from 8 to 68719476736; found '-1'"),
  ])
  func oneChangeIsRefusedWithItsPlace(_ change: Change) throws {
    let range = try #require(shipped.range(of: change.from))
    let text = shipped.replacingCharacters(in: range, with: change.to)
    #expect(message { try read(text) } == "pack.yaml:" + change.expected)
  }

  @Test func nothingIsNoDescription() {
    #expect(message { try read("") } == "pack.yaml:1:1: pack.yaml needs the key 'format'")
    #expect(message { try read("- 1") } == "pack.yaml:1:1: pack.yaml must be a mapping ('key: value'); found a list")
  }

  private func hash(_ text: String) throws -> String {
    let root = try YAML.parse(text, file: "pack.yaml")
    return PackHash.hash(of: try PackDescription(root), root: root)
  }

  private func read(_ text: String) throws -> PackDescription {
    try PackDescription(YAML.parse(text, file: "pack.yaml"))
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
