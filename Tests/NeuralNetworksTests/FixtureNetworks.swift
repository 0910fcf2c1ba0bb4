import NeuralNetworks
import TestSupport
import WeightFiles

/// Weights of a fixture, some of them replaced.
struct FixtureWeights: WeightSource {
  let file: SafetensorsFile
  var replaced: [String: [Float]] = [:]

  init(_ name: String, replacing: [String: [Float]] = [:]) throws {
    file = try Fixtures.safetensors(name + ".safetensors")
    replaced = replacing
  }

  var names: Set<String> { Set(file.names) }

  func floats(named name: String, shape: [Int]) throws -> [Float] {
    let values = try file.floats(named: name, shape: shape)
    return replaced[name] ?? values
  }
}

/// The networks of the fixtures, with the settings of their `config.json`.
enum FixtureNetworks {
  static let tiny32 = GeneratorSettings(
    resolution: 32, zDimension: 48, wDimension: 48, repeatW: true, finalTanh: false, fusedScale: .auto, fmapsBase: 512,
    fmapsMax: 64)
  static let tiny256 = GeneratorSettings(
    resolution: 256, zDimension: 64, wDimension: 64, repeatW: false, finalTanh: true, fusedScale: .auto,
    fmapsBase: 1024, fmapsMax: 64)
  static let perceptual = PerceptualSettings(widths: [8, 8, 16, 16, 32, 32, 32, 48, 48, 48, 48, 48, 48])

  static func tiny32Fused() throws -> Generator {
    var settings = tiny32
    settings.fusedScale = .always
    return try Generator(settings: settings, weights: FixtureWeights("tiny32/generator_fused"))
  }

  static func encoder32(_ name: String) throws -> Encoder {
    let (maximum, batchNorm, wscale) =
      switch name {
      case "encoder_bn": (32, true, false)
      case "encoder_wscale": (24, true, true)
      default: (64, false, false)
      }
    return try Encoder(
      settings: EncoderSettings(
        resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: maximum, batchNorm: batchNorm,
        wscale: wscale), weights: FixtureWeights("tiny32/" + name))
  }

  static func encoder256() throws -> Encoder {
    try Encoder(
      settings: EncoderSettings(
        resolution: 256, wDimension: 64, layers: 14, channelsBase: 8, channelsMax: 32, batchNorm: true, wscale: false),
      weights: FixtureWeights("tiny256/encoder"))
  }
}
