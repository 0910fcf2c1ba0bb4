import Foundation
import ModelPacks
import NeuralNetworks
import TestSupport
import WeightFiles

/// Networks of random numbers that a test may change before they are written.
struct SmallNetworks {
  /// As wide as the released generators' codes, with eight channels.
  static let released = GeneratorSettings(
    resolution: 256, zDimension: 8, wDimension: 512, repeatW: false, finalTanh: true, fusedScale: .auto, fmapsBase: 2048,
    fmapsMax: 8)
  static let tiny = GeneratorSettings(
    resolution: 16, zDimension: 5, wDimension: 6, mappingLayers: 3, repeatW: false, finalTanh: true, fusedScale: .auto,
    fmapsBase: 64, fmapsMax: 12)

  static func tensors(_ plan: TensorPlan) -> [String: (shape: [Int], values: [Float])] {
    var random = SeededGenerator(seed: 3)
    return Dictionary(
      uniqueKeysWithValues: plan.required.sorted { $0.key < $1.key }.map { name, shape in
        (name, (shape, (0..<shape.reduce(1, *)).map { _ in random.signedUnit() }))
      })
  }

  static func write(_ tensors: [String: (shape: [Int], values: [Float])], to url: URL) throws -> String {
    var writer = SafetensorsWriter()
    for (name, tensor) in tensors { writer.add(name, shape: tensor.shape, values: tensor.values) }
    try Data(writer.bytes()).write(to: url)
    return url.path
  }
}
