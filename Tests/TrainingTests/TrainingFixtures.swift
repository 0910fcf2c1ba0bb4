import Foundation
import NeuralNetworks
import Tensors
import TestSupport
import WeightFiles

import Training

/// The numbers of `Fixtures/training`: networks of 16 px and what PyTorch makes of them.
struct TrainingFixtures {
  let networks: SafetensorsFile
  let file: SafetensorsFile
  let group: Int

  static let generatorSettings = GeneratorSettings(
    resolution: 16, zDimension: 16, wDimension: 16, repeatW: true, finalTanh: true, fusedScale: .never, fmapsBase: 128,
    fmapsMax: 16)
  static let discriminatorSettings = DiscriminatorSettings(resolution: 16, fmapsBase: 128, fmapsMax: 16)
  static let encoderSettings = EncoderSettings(
    resolution: 16, wDimension: 16, layers: 6, channelsBase: 8, channelsMax: 24, batchNorm: true, wscale: false)
  static let perceptualSettings = PerceptualSettings(widths: [6, 6, 8, 8, 10, 10, 10, 12, 12, 12])

  init(_ name: String) throws {
    networks = try Fixtures.safetensors("training/networks16.safetensors")
    file = try Fixtures.safetensors("training/\(name).safetensors")
    group = 4
  }

  func tensor(_ name: String) throws -> Tensor {
    guard let entry = file.entry(name) else { throw TrainingError("\(name) is missing") }
    return Tensor(try file.floats(named: name), Shape(entry.shape))
  }

  func values(_ name: String) throws -> [Float] { try file.floats(named: name) }
  func integers(_ name: String) throws -> [Int] { try file.integers(named: name).map(Int.init) }

  /// Weights under a prefix, `G.` for example, as a network asks for them.
  struct Source: WeightSource {
    let file: SafetensorsFile
    let prefix: String
    var names: Set<String> {
      Set(file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }
    func floats(named name: String, shape: [Int]) throws -> [Float] {
      try file.floats(named: prefix + name, shape: shape)
    }
  }

  func generator() throws -> TrainableGenerator {
    try TrainableGenerator(settings: Self.generatorSettings, weights: Source(file: networks, prefix: "G."))
  }

  func discriminator() throws -> Discriminator {
    try Discriminator(settings: Self.discriminatorSettings, weights: Source(file: networks, prefix: "D."))
  }

  func encoder() throws -> TrainableEncoder {
    try TrainableEncoder(settings: Self.encoderSettings, weights: Source(file: networks, prefix: "E."))
  }

  /// The made-up photographs, `[n, 3, 16, 16]`, mirrored along x where asked.
  func photographs(_ indexes: [Int], mirrored: [Int] = [], stage: GrowthStage? = nil) throws -> Tensor {
    // Planar in the file, pixel after pixel in ours.
    let bytes = try networks.bytes(named: "pictures_u8", shape: [8, 3, 16, 16])
    var pixels: [UInt8] = []
    for item in 0..<8 {
      for place in 0..<256 { for channel in 0..<3 { pixels.append(bytes[(item * 3 + channel) * 256 + place]) } }
    }
    let prepared = PreparedPhotographs(
      side: 16, preparation: "", photographs: (0..<8).map { index in
        .init(name: "\(index)", bytes: 0, sha256: "\(index)", isHeldOut: false, labels: [:])
      }, pixels: pixels)
    return try RealBatches(prepared).tensor(indexes, mirrored: mirrored.map { $0 != 0 }, stage: stage)
  }

  func pass(_ prefix: String, cuts: [Int], layers: Int = 6) throws -> GeneratorPass {
    GeneratorPass(
      z: try tensor(prefix + "z"), z2: try tensor(prefix + "z2"), cuts: cuts,
      noise: try (0..<layers).map { try tensor("\(prefix)noise\($0)") })
  }

  /// The relative error of each gradient of a group that the file has, largest first.
  ///
  /// - Parameter ignoring: elements that are zero in mathematics and noise in floats.
  func gradientErrors(_ gradients: [String: Tensor], _ prefix: String, ignoring: Set<String> = []) throws -> [(String, Double)] {
    var errors: [(String, Double)] = []
    for name in file.names where name.hasPrefix(prefix) && !name.hasSuffix("_f64") {
      let key = String(name.dropFirst(prefix.count))
      if ignoring.contains(key) { continue }
      let expected = try file.doubles(named: file.entry(name + "_f64") == nil ? name : name + "_f64")
      let largest = expected.map(abs).max() ?? 0
      // Zero in mathematics, noise in floats.
      let kept = expected.indices.filter { abs(expected[$0]) >= 1e-6 * largest && largest > 0 }
      let found = gradients[key]?.values ?? [Float](repeating: 0, count: expected.count)
      errors.append((key, relativeError(kept.map { Double(found[$0]) }, kept.map { expected[$0] })))
    }
    return errors.sorted { $0.1 > $1.1 }
  }
}
