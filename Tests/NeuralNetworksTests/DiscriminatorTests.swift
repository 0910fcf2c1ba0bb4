import Foundation
import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct DiscriminatorTests {
  private struct PackWeights: WeightSource {
    let file: SafetensorsFile
    var names: Set<String> { Set(file.names) }
    func floats(named name: String, shape: [Int]) throws -> [Float] { try file.floats(named: name, shape: shape) }
  }

  private func discriminator() throws -> Discriminator {
    let path = Fixtures.fruits64.appendingPathComponent("discriminator.safetensors").path
    return try Discriminator(
      settings: DiscriminatorSettings(resolution: 64, fmapsBase: 1024, fmapsMax: 64),
      weights: PackWeights(file: try SafetensorsFile(path: path)))
  }

  private func noise(_ batch: Int, scale: Float) -> Tensor {
    var generator = SeededGenerator(seed: 3)
    return Tensor(generator.normals(batch * 3 * 64 * 64, scale: scale), [batch, 3, 64, 64])
  }

  @Test func aPictureOfTheTrainingDomainScoresHigherThanNoise() throws {
    let discriminator = try discriminator()
    let file = try SafetensorsFile(path: Fixtures.path("fruits64/expected.safetensors"))
    let real = Tensor(try file.floats(named: "apple-red.image"), [1, 3, 64, 64])
    #expect(try discriminator.score(real).item > discriminator.score(noise(1, scale: 0.5)).item)
  }

  /// The R1 penalty ‖∇ₓD(x)‖² is itself differentiated for a parameter, against a difference quotient.
  @Test func theGradientPenaltyCanBeDifferentiated() throws {
    var discriminator = try discriminator()
    // The penalty is exactly quadratic in the last weights; in earlier ones it jumps where an activation changes its sign.
    let pictures = noise(2, scale: 0.5), name = "final.out.weight"
    let original = try #require(discriminator.parameters[name])
    var generator = SeededGenerator(seed: 4)
    let direction = Tensor(generator.normals(original.shape.count), original.shape)

    func penalty(_ parameter: Tensor, _ tape: Tape) throws -> Tensor {
      discriminator.parameters[name] = parameter
      let x = tape.variable(pictures)
      let scores = try sum(try discriminator.score(x))
      let gradient = try tape.gradients(of: scores, for: [x], recordsPullbacks: true)[0]
      return try sum(gradient * gradient)
    }

    let tape = Tape()
    let variable = tape.variable(original)
    let loss = try penalty(variable, tape)
    let gradient = try tape.gradients(of: loss, for: [variable])[0]
    let found = zip(gradient.values, direction.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let step: Float = 0.1
    let above = try penalty(try original + direction * step, Tape()).item
    let below = try penalty(try original - direction * step, Tape()).item
    let expected = Double(above - below) / Double(2 * step)
    #expect(abs(found - expected) <= 1e-3 * max(abs(expected), abs(found)), "\(found), expected \(expected)")
  }
}
