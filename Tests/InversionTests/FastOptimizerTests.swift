import Images
import Inversion
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct FastOptimizerTests {
  private func photograph(_ name: String) throws -> Tensor {
    let picture = try Picture.decode(Fixtures.bytes("fruits64/\(name)-64.png"), name: name).picture
    return Tensor(floatPixels(from: picture.pixels), [1, 3, 64, 64])
  }

  /// Evaluations until the total is at most `goal`; nil when it never is.
  private func evaluations(_ item: InversionState.Item, to goal: Float) -> Int? {
    (item.losses.map(\.total) + [item.finalLosses?.total ?? .infinity]).firstIndex { $0 <= goal }.map { $0 + 1 }
  }

  @Test(arguments: ["apple-fuji", "apple-green", "apple-red"])
  func aHundredStepsOfAdamAreReachedInSixtyEvaluations(_ name: String) throws {
    let (fast, goal) = try both(name)
    let needed = evaluations(fast, to: goal) ?? .max
    #expect(needed <= 60, "\(name)")
    let reached = try #require(fast.finalLosses).total
    #expect(reached <= goal, "\(name): \(reached), Adam \(goal)")
  }

  /// The fast optimizer's run of 60 steps, and the total after 100 steps of Adam.
  private func both(_ name: String) throws -> (fast: InversionState.Item, goal: Float) {
    let model = try FixtureModels.fruits64.get()
    let target = try photograph(name)
    let adam = try invert(target: target, model: model).state.items[0]
    let fast = try invert(target: target, model: model, settings: InversionSettings(steps: 60, optimizer: .fast)).state.items[0]
    return (fast, try #require(adam.finalLosses).total)
  }

  @Test func randomNetworksAreNoHarder() throws {
    let file = try Fixtures.safetensors("tiny32/invert.safetensors")
    let (model, target) = (try FixtureModels.tiny32.get(), try file.picture("target_u8"))
    let goal = try file.rows("curve")[99][3]
    let fast = try invert(target: target, model: model, settings: InversionSettings(steps: 50, optimizer: .fast)).state.items[0]
    #expect(Double(try #require(fast.finalLosses).total) < goal)
  }

  @Test func theResultIsTheBestCodeOnTheWay() throws {
    for steps in 1...12 {
      let settings = InversionSettings(steps: steps, optimizer: .fast, learningRate: 1, snapshots: 2)
      let item = try invert(target: ToyModel.targets(1), model: ToyModel(), settings: settings).state.items[0]
      let best = try #require(item.best)
      #expect(item.code == best.code && item.finalLosses == best.losses)
      #expect(item.result(keep: .last).updates == best.updates && item.result(keep: .last) == item.result(keep: .best))
      #expect(item.snapshots.last?.code == item.code && item.snapshots.last?.updates == steps)
      #expect(item.losses.allSatisfy { $0.total >= best.losses.total })
    }
  }

  @Test func aMinimumIsFoundAndKept() throws {
    let settings = InversionSettings(steps: 60, optimizer: .fast)
    let item = try invert(target: ToyModel.targets(1), model: ToyModel(), settings: settings).state.items[0]
    let long = try invert(
      target: ToyModel.targets(1), model: ToyModel(), settings: InversionSettings(steps: 3000)).state.items[0]
    let (found, minimum) = (try #require(item.finalLosses).total, try #require(long.finalLosses).total)
    #expect(found < minimum * 1.0001, "\(found), Adam comes to \(minimum)")
  }

  @Test(arguments: [1, 2, 8, 9, 10, 19, 20])
  func aContinuedRunHasTheSameBytes(_ pause: Int) throws {
    let settings = InversionSettings(steps: 20, optimizer: .fast, snapshots: 4)
    let targets = ToyModel.targets(3)
    let whole = try invert(target: targets, model: ToyModel(), settings: settings).state
    let first = try invert(target: targets, model: ToyModel(), settings: settings) { $0.step == pause ? .stop : .go }.state
    let second = try invert(
      target: targets, model: ToyModel(), settings: settings, resuming: InversionState(bytes: first.bytes)).state
    #expect(second.bytes == whole.bytes)
  }

  /// Past the capacity of the memory, where the oldest pair leaves.
  @Test func aLongContinuedRunOfRealNetworksHasTheSameBytes() throws {
    let file = try Fixtures.safetensors("tiny32/invert.safetensors")
    let (model, target) = (try FixtureModels.tiny32.get(), try file.picture("target_u8"))
    let settings = InversionSettings(steps: 60, optimizer: .fast)
    let whole = try invert(target: target, model: model, settings: settings).state
    let paused = try invert(target: target, model: model, settings: settings) { $0.step == 55 ? .stop : .go }.state
    let resumed = try invert(
      target: target, model: model, settings: settings, resuming: InversionState(bytes: paused.bytes)).state
    #expect(resumed.bytes == whole.bytes)
  }

  @Test func aBatchsItemsDoNotInfluenceEachOther() throws {
    let settings = InversionSettings(steps: 20, optimizer: .fast)
    let targets = ToyModel.targets(3)
    let together = try invert(target: targets, model: ToyModel(), settings: settings).state
    for item in 0..<3 {
      let alone = try invert(target: targets.sliced(0, item..<item + 1), model: ToyModel(), settings: settings).state
      #expect(relativeError(together.items[item].code, alone.items[0].code) < 1e-4)
    }
  }

  @Test func numbersThatStopBeingFiniteEndOneItemAtItsBestCode() throws {
    let targets = ToyModel.targets(2)
    let settings = InversionSettings(steps: 12, optimizer: .fast)
    let model = ToyModel(poison: ToyModel.Poison(item: 0, firstCall: 6))
    let state = try invert(target: targets, model: model, settings: settings).state
    #expect(state.items[0].divergedAt == 6)
    let best = try #require(state.items[0].best)
    #expect(state.items[0].code == best.code && best.losses.isFinite)
    let healthy = try invert(target: targets, model: ToyModel(), settings: settings).state
    #expect(state.items[1] == healthy.items[1], "the other item is not touched")
  }

  @Test func memoryOfAnotherOptimizerIsRefused() {
    var fast = LBFGS(count: 6, items: 2)
    let fresh = fast.state
    #expect(refusal { try fast.restore(Adam(count: 6).state) } == "the stored state belongs to another run: it was made by another optimizer")
    #expect(refusal { try fast.restore(LBFGS(count: 6, items: 1).state) } == "the stored state belongs to another run: the memory of item 0 does not fit the code")
    #expect(refusal { try fast.restore(LBFGS(count: 8, items: 2).state.steppedBy(-1)) } == "the stored state belongs to another run: its count of updates is negative")
    var damaged = fresh
    damaged.arrays["1.moves"] = [1, 2]
    damaged.arrays["1.changes"] = [1, 2]
    #expect(refusal { try fast.restore(damaged) } == "the stored state belongs to another run: the memory of item 1 does not fit the code")
    damaged = fresh
    damaged.arrays["0.squares"] = [1]
    #expect(refusal { try fast.restore(damaged) } == "the stored state belongs to another run: the memory of item 0 does not fit the code")
    #expect(fast.state == fresh, "a refused memory changes nothing")
  }

  @Test func theDefaultNumberOfStepsIsTheOptimizers() {
    #expect(OptimizerKind.adam.defaultSteps == 100)
    #expect(OptimizerKind.fast.defaultSteps == 60)
    #expect([0, 1, 2, 5, 7, 200].map(OptimizerKind.fast.steps(forPlain:)) == [0, 1, 2, 3, 5, 120])
  }
}

extension OptimizerState {
  fileprivate func steppedBy(_ count: Int) -> OptimizerState {
    OptimizerState(kind: kind, step: step + count, arrays: arrays)
  }
}
