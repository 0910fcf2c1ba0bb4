import Foundation
package import Inversion
package import ModelPacks
import NeuralNetworks
package import Tensors

/// The networks that are measured.
package struct Subject: Sendable {
  package let name: String
  package let networks: GANNetworks
  /// Reading the pack and making the networks.
  package let loadSeconds: Double

  /// Loads a pack and makes its networks.
  ///
  /// - Parameter find: gives the pack.
  package static func load(_ find: () throws -> ModelPack) throws -> Subject {
    let start = ContinuousClock.now
    let pack = try find()
    let networks = GANNetworks(
      generator: try pack.makeGenerator(), encoder: try pack.makeEncoder(),
      perceptual: try pack.makePerceptualNetwork())
    return Subject(
      name: pack.description.name, networks: networks,
      loadSeconds: (ContinuousClock.now - start).inMilliseconds / 1e3)
  }

  /// Makes a random pack of a known model's sizes in a temporary folder, loads it and removes it.
  ///
  /// - Parameter beforeLoad: called when the pack is written, before it is read.
  package static func load(
    like likeness: RandomPack.Likeness, beforeLoad: () -> Void = {}
  ) throws -> Subject {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("idinvert-bench-\(UUID().uuidString)")
    defer {
      // Left behind at the worst; the measurement is none the worse.
      try? files.removeItem(at: folder)
    }
    let name = "random-\(likeness.rawValue)"
    try RandomPack.write(to: folder.path, like: likeness, name: name, seed: 1)
    beforeLoad()
    return try load { try ModelPack.load(folder.path) }
  }

  /// A picture of soft waves with a little noise, the same on every machine: `[1, 3, resolution, resolution]`.
  package var target: Tensor {
    let side = networks.resolution
    var state: UInt32 = 1
    var values: [Float] = []
    values.reserveCapacity(3 * side * side)
    for channel in 0..<3 {
      for row in 0..<side {
        for column in 0..<side {
          let (x, y) = (Double(column) / Double(side), Double(row) / Double(side))
          let wave = sin(6.3 * (x * Double(channel + 1) + 0.7 * y)) * cos(9.1 * (y - 0.4 * x) + Double(channel))
          // Numerical Recipes' linear congruence; its upper bits are random enough for grain.
          state = state &* 1_664_525 &+ 1_013_904_223
          values.append(Float(0.8 * wave + 0.1 * (Double(state >> 8) / Double(1 << 24) - 0.5)))
        }
      }
    }
    return Tensor(values, [1, 3, side, side])
  }

  /// What the networks' layers cost at the least: generator, features, encoder.
  package var costs: (generator: [LayerCost], perceptual: [LayerCost], encoder: [LayerCost]) {
    (
      NetworkCosts.generator(networks.generator.settings),
      NetworkCosts.perceptual(networks.perceptual.settings, resolution: networks.resolution),
      NetworkCosts.encoder(networks.encoder.settings)
    )
  }
}
