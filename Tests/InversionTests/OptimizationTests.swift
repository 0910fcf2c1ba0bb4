import Inversion
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct OptimizationTests {
  private let target = ToyModel.targets(1)

  @Test func theLossFalls() throws {
    let item = try invert(target: target, model: ToyModel(), settings: InversionSettings(steps: 50)).state.items[0]
    #expect(item.losses.count == 50)
    #expect(try #require(item.finalLosses).total < item.losses[0].total * 0.9)
    #expect(item.result(keep: .last).code == item.code && item.result(keep: .last).updates == 50)
  }

  @Test func theEncoderMethodMakesNoStepButReportsItsLosses() throws {
    let model = ToyModel()
    let state = try invert(target: target, model: model, settings: InversionSettings(method: .encoder)).state
    #expect(state.items[0].losses.isEmpty)
    #expect(state.items[0].code == (try model.encode(target).values))
    let losses = try Objective(target: target, model: model, weights: LossWeights())
      .evaluate(model.encode(target), wantsGradient: false).losses
    #expect(state.items[0].finalLosses == losses[0])
  }

  @Test("Pictures that a result hands on are those of its last codes", arguments: OptimizerKind.allCases)
  func lastPictures(_ optimizer: OptimizerKind) throws {
    let model = ToyModel(), settings = InversionSettings(steps: 12, optimizer: optimizer, learningRate: 2)
    let last = try #require(try invert(target: target, model: model, settings: settings).last)
    #expect(last.pictures.values == (try model.synthesize(last.codes).values))
  }

  @Test func image2styleganBeginsAtTheAverageWithoutTheEncoder() throws {
    let model = ToyModel()
    let settings = InversionSettings(method: .image2stylegan, steps: 3)
    let item = try invert(target: target, model: model, settings: settings).state.items[0]
    #expect(item.start == model.averageCode.values)
    #expect(item.losses.allSatisfy { $0.domain == 0 })
    let weights = LossWeights()
    #expect(item.losses[0].total == item.losses[0].pixel * weights.pixel + item.losses[0].perceptual * weights.perceptual)
  }

  @Test func theBestCodeIsTheOneWithTheLowestTotal() throws {
    let model = ToyModel()
    // So large a step overshoots: the last code is worse than one on the way.
    let item = try invert(target: target, model: model, settings: InversionSettings(steps: 12, learningRate: 2)).state.items[0]
    let best = try #require(item.best)
    let totals = item.losses.map(\.total) + [try #require(item.finalLosses).total]
    #expect(best.updates == totals.firstIndex(of: totals.min() ?? 0))
    #expect(best.updates < 12, "the case does not show the difference")
    #expect(item.result(keep: .best).code == best.code)
    let objective = try Objective(target: target, model: model, weights: LossWeights())
    let losses = try objective.evaluate(Tensor(best.code, [1, 2, 3]), wantsGradient: false).losses
    #expect(losses[0] == best.losses, "the losses belong to the kept code")
  }

  @Test(arguments: [
    (10, 0, []), (10, 5, [2, 4, 6, 8, 10]), (10, 3, [3, 6, 10]), (4, 9, [1, 2, 3, 4]), (100, 1, [100]), (0, 3, []),
  ])
  func snapshotsAreEquallySpacedAndEndAtTheEnd(_ steps: Int, _ count: Int, _ expected: [Int]) throws {
    let settings = InversionSettings(steps: steps, snapshots: count)
    #expect(settings.snapshotSteps == expected)
    let item = try invert(target: target, model: ToyModel(), settings: settings).state.items[0]
    #expect(item.snapshots.map(\.updates) == expected)
    if let last = item.snapshots.last { #expect(last.code == item.code) }
  }

  @Test func severalPicturesAreIndependent() throws {
    let model = ToyModel()
    let both = ToyModel.targets(2)
    let together = try invert(target: both, model: model, settings: InversionSettings(steps: 20)).state
    for item in 0..<2 {
      let alone = try invert(
        target: both.sliced(0, item..<item + 1), model: model, settings: InversionSettings(steps: 20)).state
      #expect(relativeError(together.items[item].code, alone.items[0].code) < 1e-5)
      #expect(together.items[item].losses.count == 20)
    }
  }

  @Test func aStoppedRunSaysSo() throws {
    var steps: [Int] = []
    let result = try invert(target: target, model: ToyModel(), settings: InversionSettings(steps: 20)) { state in
      steps.append(state.step)
      return state.step == 7 ? .stop : .go
    }
    #expect(result.outcome == .stopped && result.state.step == 7 && steps == Array(1...7))
  }

  @Test(arguments: [1, 2, 9, 19, 20])
  func aContinuedRunHasTheSameBytes(_ pause: Int) throws {
    let settings = InversionSettings(steps: 20, keep: .best, snapshots: 4)
    let targets = ToyModel.targets(3)
    let whole = try invert(target: targets, model: ToyModel(), settings: settings, identity: "a").state
    let first = try invert(target: targets, model: ToyModel(), settings: settings, identity: "a") {
      $0.step == pause ? .stop : .go
    }
    #expect(first.outcome == .stopped)
    let restored = try InversionState(bytes: first.state.bytes)
    #expect(restored == first.state)
    let second = try invert(target: targets, model: ToyModel(), settings: settings, identity: "a", resuming: restored).state
    #expect(second == whole)
    #expect(second.bytes == whole.bytes)
  }

  @Test func aContinuedRunOfRealNetworksHasTheSameBytes() throws {
    let file = try Fixtures.safetensors("tiny32/invert.safetensors")
    let (model, target) = (try FixtureModels.tiny32.get(), try file.picture("target_u8"))
    let settings = InversionSettings(steps: 8)
    let whole = try invert(target: target, model: model, settings: settings).state
    let paused = try invert(target: target, model: model, settings: settings) { $0.step == 3 ? .stop : .go }.state
    let resumed = try invert(
      target: target, model: model, settings: settings, resuming: InversionState(bytes: paused.bytes)).state
    #expect(resumed.bytes == whole.bytes)
  }

  @Test func aStateOfAnotherRunIsRefused() throws {
    let settings = InversionSettings(steps: 5)
    let state = try invert(target: target, model: ToyModel(), settings: settings, identity: "a").state
    #expect(throws: InversionError.foreignState("pixels, model or settings differ")) {
      try invert(target: target, model: ToyModel(), settings: settings, identity: "b", resuming: state)
    }
    #expect(refusal {
      try invert(target: ToyModel.targets(2), model: ToyModel(), settings: settings, identity: "a", resuming: state)
    } == "the stored state belongs to another run: its codes have another shape")
    #expect(refusal {
      try invert(target: target, model: ToyModel(), settings: InversionSettings(steps: 4), identity: "a", resuming: state)
    } == "the stored state belongs to another run: it has made 5 of 4 steps")
  }

  @Test func numbersThatStopBeingFiniteEndOneItemAtItsBestCode() throws {
    let targets = ToyModel.targets(2)
    let model = ToyModel(poison: ToyModel.Poison(item: 0, firstCall: 6))
    let state = try invert(target: targets, model: model, settings: InversionSettings(steps: 12)).state
    #expect(state.step == 12)
    #expect(state.items[0].divergedAt == 6)
    #expect(state.items[0].losses.count == 5)
    let best = try #require(state.items[0].best)
    #expect(state.items[0].code == best.code && state.items[0].result(keep: .last).code == best.code)
    #expect(best.losses.isFinite && best.code.allSatisfy(\.isFinite))
    let healthy = try invert(target: targets, model: ToyModel(), settings: InversionSettings(steps: 12)).state
    #expect(state.items[1] == healthy.items[1], "the other item is not touched")
  }

  @Test func aStartThatIsNotFiniteIsAnError() {
    let model = ToyModel(poison: ToyModel.Poison(item: 0, firstCall: 1))
    #expect(throws: InversionError.startIsNotFinite(item: 0)) { try invert(target: target, model: model) }
  }

  @Test func picturesOfAnotherSizeAreRefused() {
    #expect(refusal { try invert(target: Tensor(repeating: 0, [1, 3, 8, 8]), model: ToyModel()) } == "the target has the shape [1, 3, 8, 8]; expected [n, 3, 4, 4]")
    #expect(refusal { try invert(target: Tensor(repeating: 0, [3, 4, 4]), model: ToyModel()) } == "the target has the shape [3, 4, 4]; expected [n, 3, 4, 4]")
  }

  @Test func theAreaNormalizationDividesByTheBox() throws {
    let box = Box(x: 1, y: 1, width: 2, height: 2)
    let code = Tensor([0.3, 0.1, -0.2, 0.4, 0, 0.5], [1, 2, 3])
    func losses(_ normalization: Objective.Normalization) throws -> LossTerms {
      try Objective(
        target: target, model: ToyModel(), weights: LossWeights(domain: 0), mask: box.mask(resolution: 4),
        normalization: normalization
      ).evaluate(code, wantsGradient: false).losses[0]
    }
    let (whole, area) = (try losses(.picture), try losses(.area))
    #expect(abs(area.pixel - whole.pixel * 4) < 1e-5 && abs(area.perceptual - whole.perceptual * 4) < 1e-2)
  }
}
