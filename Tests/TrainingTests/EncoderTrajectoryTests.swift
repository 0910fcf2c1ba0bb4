import NeuralNetworks
import Tensors
import TestSupport
import Testing
import Training
import WeightFiles

@Suite("Ten steps of the encoders are PyTorch's")
struct EncoderTrajectoryTests {
  let numbers: TrainingFixtures
  let frozen: EncoderStep.Frozen

  init() throws {
    numbers = try TrainingFixtures("trajectories")
    frozen = EncoderStep.Frozen(
      generator: try numbers.generator(),
      perceptual: try TrainablePerceptual(
        settings: TrainingFixtures.perceptualSettings,
        weights: TrainingFixtures.Source(file: numbers.networks, prefix: "P.")))
  }

  /// `5e-4 · 0.8^(t / 5)`, by multiplication of the fifth root.
  private func rate(_ t: Int) -> Double {
    (0..<t).reduce(5e-4) { rate, _ in rate * 0.95635249979003728 }
  }

  @Test("the domain-guided encoder with the original's settings and with ours",
    arguments: ["encoder_original", "encoder_recommended"])
  func domainGuided(variant: String) throws {
    let isOriginal = variant == "encoder_original"
    let every = isOriginal ? 1 : 4, gamma = isOriginal ? 10.0 : 1
    var e = try numbers.encoder(), d = try numbers.discriminator()
    let adam = Adam(beta1: 0.9), adamD = Adam(beta1: isOriginal ? 0.9 : 0)
    let (indexes, flips) = (try numbers.integers("in.idx"), try numbers.integers("in.flip"))
    let rows = try numbers.values("\(variant).rows")
    for t in 0..<10 {
      let reals = try numbers.photographs(
        Array(indexes[t * 4..<t * 4 + 4]), mirrored: Array(flips[t * 4..<t * 4 + 4]))
      let step = try EncoderStep.domainGuided(e, frozen, d, reals: reals, weights: .init())
      try adam.update(&e.parameters, gradients: step.gradients, rate: rate(t))
      for statistics in step.statistics { statistics.move(&e.parameters) }
      var fakes = step.pictures
      if isOriginal {
        let (codes, again) = try e.encodeInTraining(reals)
        fakes = try frozen.generator.synthesize(codes).plain()
        for statistics in again { statistics.move(&e.parameters) }
      }
      let other = try AdversarialStep.discriminator(
        d, reals: reals, fakes: fakes, r1Weight: t % every == 0 ? gamma * Double(every) : nil)
      try adamD.update(&d.parameters, gradients: other.gradients, rate: rate(t))
      let row = [step.pixel, step.perceptual, step.adversarial, other.lossReal, other.lossFake, other.r1 ?? 0]
      // As with the original's, a switch of a ReLU or a pooling shows late.
      let tolerance = !isOriginal ? 2e-4 : t < 4 ? 1e-4 : t < 7 ? 1e-3 : 5e-2
      for column in 0..<6 {
        let expected = Double(rows[t * 6 + column])
        #expect(
          abs(row[column] - expected) <= tolerance * max(abs(expected), 1e-3),
          "row \(t), column \(column): \(row[column]), expected \(expected)")
      }
    }
    guard !isOriginal else { return }
    let codes = try e.encode(numbers.photographs([0, 1]))
    #expect(relativeError(codes.values, try numbers.values("\(variant).code_eval")) < 2e-4)
  }

  @Test("the conventional encoder")
  func conventional() throws {
    var e = try numbers.encoder()
    let g = try numbers.generator(), adam = Adam(beta1: 0.9)
    let rows = try numbers.values("conventional.rows"), z = try numbers.tensor("in.zc")
    for t in 0..<10 {
      let codes = try g.codes(w: g.w(fromZ: z.sliced(0, t..<t + 1).reshaped([4, 16])))
      let step = try EncoderStep.conventional(
        e, codes: codes, pictures: frozen.generator.synthesize(codes).plain())
      try adam.update(&e.parameters, gradients: step.gradients, rate: rate(t))
      for statistics in step.statistics { statistics.move(&e.parameters) }
      #expect(abs(step.loss - Double(rows[t])) <= 5e-5 * Double(rows[t]), "row \(t): \(step.loss), expected \(rows[t])")
    }
    let codes = try e.encode(numbers.photographs([0, 1]))
    #expect(relativeError(codes.values, try numbers.values("conventional.code_eval")) < 5e-5)
    for (list, tolerance) in [("norms_E", 3e-6), ("norms_running", 3e-6)] {
      let norms = try AdversarialTrajectoryTests.names(list).map { key in
        Float(try #require(e.parameters[key]).values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
      #expect(relativeError(norms, try numbers.values("conventional.\(list)")) < tolerance, "\(list)")
    }
  }
}
