package import NeuralNetworks
package import Tensors

/// Trains a generator against a discriminator, iteration by iteration, as a function of settings, photographs and state.
package struct AdversarialTrainer {
  /// Iterations from one look at scores without augmentation to the next.
  private static let lookEvery = 16
  /// Above this part of a discriminator's scores learned by heart, augmentation is switched on.
  package static let overfittingLimit = 0.4
  /// Each photograph shown more often than this: augmentation from the start.
  private static let manyShowings = 200

  package let settings: TrainingSettings
  package let schedule: GrowingSchedule
  package private(set) var state: AdversarialState
  var warnings = TrainingWarnings()
  private let random: RandomNumbers
  private let reals: RealBatches
  private let training: [Int]
  private let heldOut: [Int]
  private var order: EpochOrder
  private var heldOutOrder: EpochOrder?

  /// - Parameter state: where it starts; nil draws everything from the seed.
  package init(_ settings: TrainingSettings, _ photographs: PreparedPhotographs, state: AdversarialState? = nil) {
    self.settings = settings
    schedule = settings.schedule
    random = RandomNumbers(seed: UInt64(settings.seed))
    reals = RealBatches(photographs)
    training = photographs.training
    heldOut = photographs.heldOut
    order = EpochOrder(random, .order, count: training.count)
    heldOutOrder = heldOut.count >= 4 ? EpochOrder(random, .heldOutOrder, count: heldOut.count) : nil
    self.state = state ?? AdversarialState(settings)
    self.state.isAugmenting = switch settings.generator.augment {
    case "on": true
    case "off": false
    default: schedule.total / max(1, training.count) > Self.manyShowings
    }
  }

  package var isFinished: Bool { state.seen >= schedule.total }

  mutating func replaceState(_ state: AdversarialState) { self.state = state }

  mutating func slow() { state.rateFactor /= 2 }

  /// Where to measure the speed; the state means nothing then.
  mutating func jump(seen: Int, iteration: Int) {
    state.seen = seen
    state.iteration = iteration
    state.phase = schedule.phase(at: seen)
  }

  package var stage: GrowthStage { schedule.stage(at: state.seen) }

  package mutating func note(distance: Double, isBest: Bool) {
    state.shown.distance = distance
    if isBest { state.best = .init(distance: distance, seen: state.seen) }
  }

  /// One step of the discriminator, one of the generator, one of the average.
  ///
  /// - Throws: `NotFinite` when a number is no longer finite, naming it and the iteration.
  package mutating func step() throws {
    let phase = schedule.phase(at: state.seen)
    if phase != state.phase {
      state.generatorAdam.clear()
      state.discriminatorAdam.clear()
      state.phase = phase
    }
    let stage = stage, batch = settings.generator.stageBatches[schedule.stageIndex(at: state.seen)]
    let rate = learningRate
    let photographs = try realBatch(batch, stage)
    try stepDiscriminator(photographs, stage, batch, rate)
    try stepGenerator(stage, batch, rate)
    let halfLife = min(Double(settings.generator.averageImages), max(1000, 0.05 * Double(state.seen)))
    MovingAverage.move(
      &state.average.parameters, towards: state.generator.parameters, state.generator.tensors, images: batch,
      halfLife: halfLife)
    if state.iteration % Self.lookEvery == 0 { try look(photographs, stage, batch) }
    state.seen += batch
    state.iteration += 1
  }

  private var learningRate: Double {
    let settings = settings.generator
    let full = settings.learningRate * state.rateFactor
    let start = 1 - settings.fallingShare, progress = schedule.progressOfLastStage(at: state.seen)
    guard progress > start else { return full }
    return full * (1 - (1 - settings.finalRate) * (progress - start) / settings.fallingShare)
  }

  private mutating func realBatch(_ batch: Int, _ stage: GrowthStage) throws -> Tensor {
    let items = order.items(from: state.seen, count: batch).map { training[$0] }
    let mirrored = (0..<batch).map { item in
      settings.data.mirror && random.uniform(.mirror, state.iteration, item) < 0.5
    }
    return try reals.tensor(items, mirrored: mirrored, stage: stage)
  }

  private func augmentation(_ stream: RandomStream, _ batch: Int, _ stage: GrowthStage) -> Augmentation? {
    state.isAugmenting ? Augmentation(random, stream, state.iteration, count: batch, side: stage.side) : nil
  }

  private mutating func stepDiscriminator(_ reals: Tensor, _ stage: GrowthStage, _ batch: Int, _ rate: Double) throws {
    let pass = GeneratorPass(
      .ofDiscriminator, random, state.iteration, count: batch, state.generator.settings, stage: stage,
      mixing: settings.generator.mixing)
    let (fakes, w) = try pass.pictures(state.generator, stage: stage)
    try state.moveAverageW(towards: try state.generator.averageW(w))
    let every = settings.generator.r1Every
    let takesR1 = state.iteration % every == 0 && settings.generator.r1Gamma > 0
    let step = try AdversarialStep.discriminator(
      state.discriminator, reals: reals, fakes: fakes, stage: stage,
      r1Weight: takesR1 ? settings.generator.r1Gamma * Double(every) : nil,
      augmentReals: augmentation(.augmentRealsOfD, batch, stage),
      augmentFakes: augmentation(.augmentFakesOfD, batch, stage))
    try check(step.gradients, of: "the discriminator", loss: step.lossReal + step.lossFake)
    try state.discriminatorAdam.update(&state.discriminator.parameters, gradients: step.gradients, rate: rate)
    ShownValues.smooth(&state.shown.lossDiscriminator, towards: step.lossReal + step.lossFake, images: batch)
    // R1 comes every few iterations only: each counts for those between.
    if let r1 = step.r1 { ShownValues.smooth(&state.shown.r1, towards: r1, images: batch * every) }
  }

  private mutating func stepGenerator(_ stage: GrowthStage, _ batch: Int, _ rate: Double) throws {
    let pass = GeneratorPass(
      .ofGenerator, random, state.iteration, count: batch, state.generator.settings, stage: stage,
      mixing: settings.generator.mixing)
    let step = try AdversarialStep.generator(
      state.generator, state.discriminator, pass, stage: stage,
      augment: augmentation(.augmentFakesOfG, batch, stage))
    try check(step.gradients, of: "the generator", loss: step.loss)
    try state.moveAverageW(towards: step.averageW)
    try state.generatorAdam.update(&state.generator.parameters, gradients: step.gradients, rate: rate)
    ShownValues.smooth(&state.shown.lossGenerator, towards: step.loss, images: batch)
  }

  /// Scores of all three kinds of pictures as they are: what tells a discriminator that learns by heart.
  private mutating func look(_ reals: Tensor, _ stage: GrowthStage, _ batch: Int) throws {
    let images = batch * Self.lookEvery
    func mean(_ pictures: Tensor) throws -> Double {
      let scores = try state.discriminator.score(pictures, stage: stage).values
      return scores.reduce(0) { $0 + Double($1) } / Double(scores.count)
    }
    let pass = GeneratorPass(
      .ofDiscriminator, random, state.iteration, count: batch, state.generator.settings, stage: stage,
      mixing: settings.generator.mixing)
    ShownValues.smooth(&state.shown.real, towards: try mean(reals), images: images)
    ShownValues.smooth(
      &state.shown.fake, towards: try mean(pass.pictures(state.generator, stage: stage).pictures), images: images)
    guard heldOutOrder != nil else { return }
    let position = state.iteration / Self.lookEvery * batch
    let items = (heldOutOrder?.items(from: position, count: batch) ?? []).map { heldOut[$0] }
    ShownValues.smooth(
      &state.shown.heldOut, towards: try mean(self.reals.tensor(items, stage: stage)), images: images)
    if settings.generator.augment == "auto", !state.isAugmenting, state.seen > 4000,
      let overfitting = state.shown.overfitting, overfitting > Self.overfittingLimit
    {
      state.isAugmenting = true
    }
  }

  private func check(_ gradients: [String: Tensor], of network: String, loss: Double) throws(NotFinite) {
    guard loss.isFinite else {
      throw NotFinite("the loss of \(network) is \(loss) at iteration \(state.iteration)")
    }
    // One sum tells: what is not finite stays so.
    for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) where !gradient.buffer.sumIsFinite {
      throw NotFinite("the gradient of \(network)'s '\(name)' is not finite at iteration \(state.iteration)")
    }
  }
}

extension AdversarialState {
  /// `w_avg += 0.005 · (mean - w_avg)`.
  package mutating func moveAverageW(towards mean: Tensor) throws {
    let name = "truncation.w_avg"
    guard let old = generator.parameters[name] else { return }
    generator.parameters[name] = try old + (mean.detached.reshaped(old.shape) - old) * 0.005
  }
}
