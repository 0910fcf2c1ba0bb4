import Foundation
import NeuralNetworks
import Tensors
import TestSupport
import Testing

import Training

@Suite("Iterations of the generator and the discriminator are PyTorch's")
struct AdversarialTrajectoryTests {
  let numbers: TrainingFixtures

  init() throws {
    numbers = try TrainingFixtures("trajectories")
  }

  /// Part `(iteration, ofGenerator)` of a tensor that has a row for each.
  private func part(_ name: String, _ indexes: [Int]) throws -> Tensor {
    var tensor = try numbers.tensor(name)
    for index in indexes {
      tensor = try tensor.sliced(0, index..<index + 1)
        .reshaped(Shape(Array(tensor.shape.dimensions.dropFirst())))
    }
    return tensor
  }

  private func pass(_ iteration: Int, _ which: Int, cuts: [Int]) throws -> GeneratorPass {
    GeneratorPass(
      z: try part("in.z", [iteration, which, 0]), z2: try part("in.z", [iteration, which, 1]), cuts: cuts,
      noise: try (0..<6).map { try part("in.noise\($0)", [iteration, which]) })
  }

  @Test("with the original's settings and with ours", arguments: ["gan_original", "gan_recommended"])
  func trajectory(variant: String) throws {
    let isOriginal = variant == "gan_original"
    let every = isOriginal ? 1 : 4, gamma = isOriginal ? 10.0 : 0.3
    var g = try numbers.generator(), d = try numbers.discriminator(), average = g
    let adamG = Adam(beta1: 0), adamD = Adam(beta1: 0)
    let (indexes, flips) = (try numbers.integers("in.idx"), try numbers.integers("in.flip"))
    let (cut, cuts) = (try numbers.integers("in.cut"), try numbers.integers("in.cuts"))
    func moveW(_ w: Tensor) throws {
      let old = try #require(g.parameters["truncation.w_avg"])
      g.parameters["truncation.w_avg"] = try old + (w - old) * 0.005
    }
    func moveAverage(_ seen: Int) {
      let half = isOriginal ? 100 : min(100, max(10, 2 * Double(seen)))
      MovingAverage.move(&average.parameters, towards: g.parameters, g.tensors, images: 4, halfLife: half)
    }
    let rows = try numbers.values("\(variant).rows")
    for t in 0..<10 {
      func cutsOf(_ which: Int) -> [Int] {
        isOriginal ? [cut[t * 2 + which]] : Array(cuts[(t * 2 + which) * 4..<(t * 2 + which + 1) * 4])
      }
      let reals = try numbers.photographs(
        Array(indexes[t * 4..<t * 4 + 4]), mirrored: Array(flips[t * 4..<t * 4 + 4]))
      let (fakes, w) = try pass(t, 0, cuts: cutsOf(0)).pictures(g, stage: GrowthStage(side: 16))
      try moveW(g.averageW(w))
      let ofD = try AdversarialStep.discriminator(
        d, reals: reals, fakes: fakes, r1Weight: t % every == 0 ? gamma * Double(every) : nil)
      try adamD.update(&d.parameters, gradients: ofD.gradients, rate: 0.002)
      if isOriginal { moveAverage(t * 4) }
      let ofG = try AdversarialStep.generator(g, d, pass(t, 1, cuts: cutsOf(1)))
      try moveW(ofG.averageW)
      try adamG.update(&g.parameters, gradients: Self.withoutNoise(ofG.gradients), rate: 0.002)
      if !isOriginal { moveAverage(t * 4 + 4) }
      func mean(_ scores: [Float]) -> Float { scores.reduce(0, +) / Float(scores.count) }
      let row = [
        Float(ofD.lossReal), Float(ofD.lossFake), Float(ofD.r1 ?? 0), Float(ofG.loss), mean(ofD.scoresReal),
        mean(ofD.scoresFake),
      ]
      for column in 0..<6 {
        let expected = rows[t * 6 + column]
        #expect(abs(row[column] - expected) <= 5e-5 * max(abs(expected), 1e-2), "row \(t), column \(column)")
      }
    }
    guard !isOriginal else { return }
    func image(_ generator: TrainableGenerator) throws -> [Float] {
      try generator.synthesize(generator.codes(w: generator.w(fromZ: numbers.tensor("in.zfix")))).values
    }
    #expect(relativeError(try image(g), try numbers.values("\(variant).image")) < 5e-5)
    #expect(relativeError(try image(average), try numbers.values("\(variant).ema_image")) < 5e-5)
    #expect(relativeError(try #require(g.parameters["truncation.w_avg"]).values, try numbers.values("\(variant).w_avg")) < 5e-5)
    for (name, parameters) in [("norms_G", g.parameters), ("norms_D", d.parameters), ("norms_ema", average.parameters)] {
      // What noise moved has another norm in every program.
      let names = try Self.names(name), kept = names.indices.filter { names[$0] != Self.noisy }
      let norms = try kept.map { names[$0] }.map { key in
        Float(try #require(parameters[key]).values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
      let expected = try numbers.values("\(variant).\(name)")
      #expect(relativeError(norms, kept.map { expected[$0] }) < 3e-6, "\(name)")
    }
  }

  /// Where channels that lie wholly on one side of the leaky ReLU have a gradient that is zero in mathematics and noise in
  /// floats.
  private static let noisy = "synthesis.layer0.epilogue.bias"

  /// Without that noise: Adam without a first moment would turn its sign into a whole step.
  private static func withoutNoise(_ gradients: [String: Tensor]) -> [String: Tensor] {
    var gradients = gradients
    if let gradient = gradients[noisy] {
      let values = gradient.values, largest = values.map(abs).max() ?? 0
      gradients[noisy] = Tensor(values.map { abs($0) < 1e-5 * largest ? 0 : $0 }, gradient.shape)
    }
    return gradients
  }

  /// The order in which the file lists the norms.
  static func names(_ list: String) throws -> [String] {
    struct File: Decodable { let norm_names: [String: [String]] }
    let file = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: URL(fileURLWithPath: Fixtures.path("training/settings.json"))))
    return file.norm_names[list] ?? file.norm_names["norms_G"] ?? []
  }
}
