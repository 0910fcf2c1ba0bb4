import Inversion
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Whole optimizations and single steps against the released program's numbers.
@Suite(.serialized) struct ReferenceInversionTests {
  /// Runs an inversion from the reference's start and gives the codes after some numbers of updates.
  private func codes(
    of target: Tensor, _ networks: any InversionModel, _ settings: InversionSettings, from start: Tensor, at steps: [Int]
  ) throws -> (state: InversionState, codes: [Int: [Float]]) {
    var codes: [Int: [Float]] = [:]
    let model = StartingAt(start, of: target, networks)
    let result = try invert(target: target, model: model, settings: settings) { state in
      if steps.contains(state.step) { codes[state.step] = state.items[0].code }
      return .go
    }
    #expect(result.outcome == .finished)
    return (result.state, codes)
  }

  private func key(_ prefix: String, _ step: Int) -> String {
    prefix + String(repeating: "0", count: 3 - String(step).count) + String(step)
  }

  private func compareCurve(_ losses: [LossTerms], _ reference: [[Double]], _ label: String) {
    for (step, tolerance) in Tolerance.curve.sorted(by: { $0.key < $1.key }) where step <= losses.count {
      for (term, (value, expected)) in zip(losses[step - 1].list, reference[step - 1]).enumerated() where expected != 0 {
        let bound = step == 100 && term == 3 ? Tolerance.lastTotal : tolerance
        expect(abs(value - expected) / expected, within: bound, "\(label): curve, step \(step), term \(term)")
      }
    }
  }

  @Test(arguments: ["invert", "invert_bn_fused"])
  func aHundredStepsAtThePapersSettings(_ name: String) throws {
    let file = try Fixtures.safetensors("tiny32/\(name).safetensors")
    let model = name == "invert" ? try FixtureModels.tiny32.get() : try FixtureModels.tiny32Fused.get()
    let target = try file.picture("target_u8")
    #expect(target.values == (try file.floats(named: "x")))
    let steps = [1, 10, 100]
    let (state, codes) = try codes(of: target, model, InversionSettings(), from: file.tensor("z0"), at: steps)
    let bounds = name == "invert" ? Tolerance.invertCode : Tolerance.fusedCode
    expect(
      relativeError(try model.encode(target).values, try file.floats(named: "z0")), within: Tolerance.encoder,
      "\(name): encoder")
    for step in steps {
      let code = try #require(codes[step])
      expect(
        relativeError(code, try file.floats(named: key("code", step))), within: bounds[step] ?? 0, "\(name): code, step \(step)")
      guard let bound = Tolerance.invertPicture[step] else { continue }
      let picture = try model.synthesize(Tensor(code, [1, 8, 48])).values
      expect(
        Double(maxAbsoluteDifference(picture, try file.floats(named: key("image", step)))), within: bound,
        "\(name): picture, step \(step)")
    }
    compareCurve(state.items[0].losses, try file.rows("curve"), name)
  }

  @Test(arguments: ["invert", "invert_bn_fused"])
  func termsAndGradientsAtTheStart(_ name: String) throws {
    let file = try Fixtures.safetensors("tiny32/\(name).safetensors")
    try compareStart(
      file, name == "invert" ? try FixtureModels.tiny32.get() : try FixtureModels.tiny32Fused.get(), "tiny32 \(name)",
      gradient: Tolerance.gradient32, perceptual: Tolerance.perceptualGradient32)
  }

  @Test func termsAndGradientsAtTheStartAt256Pixels() throws {
    try compareStart(
      try Fixtures.safetensors("tiny256/invert.safetensors"), try FixtureModels.tiny256.get(), "tiny256",
      gradient: Tolerance.gradient256, perceptual: Tolerance.gradient256)
  }

  private func compareStart(
    _ file: SafetensorsFile, _ model: any InversionModel, _ label: String, gradient: Double, perceptual: Double
  ) throws {
    let target = try file.picture("target_u8")
    let start = try file.tensor("z0")
    let cases: [(String, LossWeights, Double)] = [
      ("grad", LossWeights(), gradient),
      ("grad_pix", LossWeights(pixel: 1, perceptual: 0, domain: 0), gradient),
      ("grad_feat", LossWeights(pixel: 0, perceptual: 1, domain: 0), perceptual),
      ("grad_reg", LossWeights(pixel: 0, perceptual: 0, domain: 1), gradient),
    ]
    for (name, weights, bound) in cases {
      let evaluation = try Objective(target: target, model: model, weights: weights).evaluate(start)
      expect(
        relativeError(evaluation.gradient, try file.floats(named: "init.\(name)")), within: bound, "\(label): \(name)")
      guard name == "grad" else { continue }
      for (term, (value, expected)) in zip(evaluation.losses[0].list, try file.doubles(named: "init.terms")).enumerated() {
        expect(abs(value - expected) / expected, within: Tolerance.terms, "\(label): term \(term) at the start")
      }
    }
  }

  @Test(arguments: [("tiny32", [1, 2, 3, 10, 50, 99]), ("tiny256", [1, 5, 20])])
  func singleStepsFromLaterInARun(_ name: String, _ steps: [Int]) throws {
    let is32 = name == "tiny32"
    let model = is32 ? try FixtureModels.tiny32.get() : try FixtureModels.tiny256.get()
    let target = try Fixtures.safetensors("\(name)/invert.safetensors").picture("target_u8")
    let file = try Fixtures.safetensors("\(name)/steps.safetensors")
    let objective = try Objective(target: target, model: model, weights: LossWeights())
    for step in steps {
      let prefix = key("t", step) + "."
      let z = try file.tensor(prefix + "z")
      let gradient = try file.floats(named: prefix + "grad")
      let evaluation = try objective.evaluate(z)
      expect(
        relativeError(evaluation.gradient, try file.floats(named: prefix + "grad_f64")),
        within: is32 ? Tolerance.stepGradient32 : Tolerance.stepGradient256, "\(name): gradient, step \(step)")
      let loss = try file.doubles(named: prefix + "loss")[0]
      expect(
        abs(Double(evaluation.losses[0].total) - loss) / loss, within: Tolerance.terms, "\(name): loss, step \(step)")
      var adam = Adam(count: gradient.count)
      try adam.restore(
        OptimizerState(
          kind: "adam", step: step - 1,
          arrays: ["m": file.floats(named: prefix + "m"), "v": file.floats(named: prefix + "v")]))
      var code = z.values
      adam.update(&code, gradient: gradient)
      expect(
        Double(maxAbsoluteDifference(code, try file.floats(named: prefix + "z_next"))), within: Tolerance.update,
        "\(name): update \(step)")
    }
  }

  @Test func aHundredSlowStepsHardlyDrift() throws {
    let file = try Fixtures.safetensors("tiny32/invert_lr001.safetensors")
    let target = try Fixtures.safetensors("tiny32/invert.safetensors").picture("target_u8")
    let model = try FixtureModels.tiny32.get()
    let steps = file.names.filter { $0.hasPrefix("code") && $0.count == 7 }.compactMap { Int($0.dropFirst(4)) }
    #expect(steps.contains(100))
    let (state, codes) = try codes(of: target, model, InversionSettings(learningRate: 0.001), from: file.tensor("z0"), at: steps)
    for step in steps {
      expect(
        relativeError(try #require(codes[step]), try file.floats(named: key("code", step))), within: Tolerance.slowCode,
        "lr 0.001: code, step \(step)")
    }
    let curve = try file.rows("curve")
    for term in 0..<4 {
      expect(
        relativeError(state.items[0].losses.map { $0.list[term] }, curve.map { $0[term] }), within: Tolerance.slowCurve,
        "lr 0.001: curve, term \(term)")
    }
    for name in file.names where name.hasPrefix("image") && !name.hasSuffix("_f64") {
      let step = try #require(Int(name.dropFirst(5)))
      let picture = try model.synthesize(Tensor(try #require(codes[step]), [1, 8, 48])).values
      expect(
        Double(maxAbsoluteDifference(picture, try file.floats(named: name))), within: Tolerance.slowPicture,
        "lr 0.001: picture, step \(step)")
    }
  }

  @Test(arguments: ["nofeat", "noreg", "pixonly", "strong"])
  func otherWeights(_ name: String) throws {
    let file = try Fixtures.safetensors("tiny32/invert_weights.safetensors")
    let run = try Fixtures.safetensors("tiny32/invert.safetensors")
    let target = try run.picture("target_u8")
    let weights = try file.floats(named: "\(name).weights")
    let settings = InversionSettings(
      steps: 10, weights: LossWeights(pixel: weights[0], perceptual: weights[1], domain: weights[2]))
    let (state, codes) = try codes(
      of: target, FixtureModels.tiny32.get(), settings, from: run.tensor("z0"), at: [1, 5, 10])
    for (step, bound) in [(1, 1e-6), (10, 1e-3)] {
      expect(
        relativeError(try #require(codes[step]), try file.floats(named: key("\(name).code", step))), within: bound,
        "\(name): code, step \(step)")
    }
    compareCurve(state.items[0].losses, try file.rows("\(name).curve"), name)
    let skipped = state.items[0].losses[0]
    #expect((skipped.perceptual == 0) == (weights[1] == 0) && (skipped.domain == 0) == (weights[2] == 0))
  }

  @Test func stepsAt256Pixels() throws {
    let file = try Fixtures.safetensors("tiny256/invert.safetensors")
    let (state, codes) = try codes(
      of: file.picture("target_u8"), FixtureModels.tiny256.get(), InversionSettings(steps: 10), from: file.tensor("z0"),
      at: [1, 10])
    for (step, bound) in Tolerance.invertCode256.sorted(by: { $0.key < $1.key }) {
      expect(
        relativeError(try #require(codes[step]), try file.floats(named: key("code", step))), within: bound,
        "tiny256: code, step \(step)")
    }
    compareCurve(state.items[0].losses, try file.rows("curve"), "tiny256")
  }
}
