import Foundation
import Inversion
import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

/// A fixture's weights, as the networks ask for them.
struct FixtureWeights: WeightSource {
  let file: SafetensorsFile

  init(_ path: String) throws { file = try SafetensorsFile(path: path) }

  var names: Set<String> { Set(file.names) }
  func floats(named name: String, shape: [Int]) throws -> [Float] { try file.floats(named: name, shape: shape) }
}

/// The networks of the reference sets, with the settings of their `config.json`.
enum FixtureModels {
  static let perceptualWidths = [8, 8, 16, 16, 32, 32, 32, 48, 48, 48, 48, 48, 48]

  static let tiny32 = Result { try make32(generator: "generator", fused: .auto, encoder: "encoder", maximum: 64, batchNorm: false) }
  static let tiny32Fused = Result {
    try make32(generator: "generator_fused", fused: .always, encoder: "encoder_bn", maximum: 32, batchNorm: true)
  }
  static let tiny256 = Result {
    GANNetworks(
      generator: try Generator(
        settings: GeneratorSettings(
          resolution: 256, zDimension: 64, wDimension: 64, repeatW: false, finalTanh: true, fusedScale: .auto,
          fmapsBase: 1024, fmapsMax: 64),
        weights: FixtureWeights(Fixtures.path("tiny256/generator.safetensors"))),
      encoder: try Encoder(
        settings: EncoderSettings(
          resolution: 256, wDimension: 64, layers: 14, channelsBase: 8, channelsMax: 32, batchNorm: true, wscale: false),
        weights: FixtureWeights(Fixtures.path("tiny256/encoder.safetensors"))),
      perceptual: try perceptual(256))
  }
  static let fruits64 = Result {
    let folder = Fixtures.fruits64.path
    return GANNetworks(
      generator: try Generator(
        settings: GeneratorSettings(
          resolution: 64, zDimension: 96, wDimension: 96, repeatW: true, finalTanh: true, fusedScale: .never,
          fmapsBase: 1024, fmapsMax: 64),
        weights: FixtureWeights(folder + "/generator.safetensors")),
      encoder: try Encoder(
        settings: EncoderSettings(
          resolution: 64, wDimension: 96, layers: 10, channelsBase: 24, channelsMax: 192, batchNorm: true, wscale: false),
        weights: FixtureWeights(folder + "/encoder.safetensors")),
      perceptual: try PerceptualNetwork(
        settings: PerceptualSettings(widths: [16, 16, 32, 32, 48, 48, 48, 64, 64, 64]), resolution: 64,
        weights: FixtureWeights(folder + "/perceptual.safetensors")))
  }

  private static func make32(
    generator: String, fused: FusedScale, encoder: String, maximum: Int, batchNorm: Bool
  ) throws -> GANNetworks {
    GANNetworks(
      generator: try Generator(
        settings: GeneratorSettings(
          resolution: 32, zDimension: 48, wDimension: 48, repeatW: true, finalTanh: false, fusedScale: fused,
          fmapsBase: 512, fmapsMax: 64),
        weights: FixtureWeights(Fixtures.path("tiny32/\(generator).safetensors"))),
      encoder: try Encoder(
        settings: EncoderSettings(
          resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: maximum, batchNorm: batchNorm,
          wscale: false),
        weights: FixtureWeights(Fixtures.path("tiny32/\(encoder).safetensors"))),
      perceptual: try perceptual(32))
  }

  private static func perceptual(_ resolution: Int) throws -> PerceptualNetwork {
    try PerceptualNetwork(
      settings: PerceptualSettings(widths: perceptualWidths), resolution: resolution,
      weights: FixtureWeights(Fixtures.path("vgg16.safetensors")))
  }
}

extension SafetensorsFile {
  /// A float tensor with the shape it has in the file.
  func tensor(_ name: String) throws -> Tensor {
    Tensor(try floats(named: name), Shape(entry(name)?.shape ?? []))
  }

  /// An 8-bit RGB picture as `[1, 3, side, side]` from -1 to 1, in the released order of float operations.
  func picture(_ name: String) throws -> Tensor {
    let bytes = try bytes(named: name)
    let shape = try #require(entry(name)).shape
    let pixels = shape[0] * shape[1]
    let values = (0..<3 * pixels).map { Float(bytes[$0 % pixels * 3 + $0 / pixels]) / 255 * 2 - 1 }
    return Tensor(values, [1, 3, shape[0], shape[1]])
  }

  /// A float64 tensor of shape [rows, columns] as rows.
  func rows(_ name: String) throws -> [[Double]] {
    let values = try doubles(named: name)
    let columns = entry(name)?.shape.last ?? 1
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }
}
