internal import Files
internal import NeuralNetworks
internal import Statistics
internal import Tensors

extension AdversarialTrainer: StagedTraining {
  package static let stage = "generator"
  static let bestName = "generator-best.safetensors"

  package var seen: Int { state.seen }
  package var total: Int { schedule.total }
  var shownSide: Int? { stage.side }

  func checkpoint(_ origin: Origin) throws -> Checkpoint { try state.checkpoint(origin) }

  mutating func restore(_ checkpoint: Checkpoint) throws(TrainingError) {
    replaceState(try AdversarialState(checkpoint, settings))
  }

  var line: [String] {
    let shown = state.shown
    typealias Text = ProgressText
    var parts = [
      "G \(Text.number(shown.lossGenerator))",
      "D \(Text.number(shown.lossDiscriminator)) (real \(Text.number(shown.real, digits: 1)), fake \(Text.number(shown.fake, digits: 1)); held out \(Text.number(shown.heldOut, digits: 1)))",
      "R1 \(Text.number(shown.r1, digits: 3))",
    ]
    if let distance = shown.distance {
      parts.append("FD \(Text.number(distance, digits: 3)) (best \(Text.number(state.best?.distance, digits: 3)))")
    }
    if state.isAugmenting { parts.append("augmented") }
    return parts
  }

  func secondsLeft(_ imagesPerSecond: Double) -> Double {
    settings.secondsLeft(after: state.seen, imagesPerSecond: imagesPerSecond)
  }

  mutating func slowDown() { slow() }

  var values: [String: Double] {
    let shown = state.shown
    let all = [
      "G": shown.lossGenerator, "D": shown.lossDiscriminator, "real": shown.real, "fake": shown.fake, "R1": shown.r1,
      "held_out": shown.heldOut, "overfitting": shown.overfitting, "FD": shown.distance,
    ]
    return all.compactMapValues { $0 }
  }

  func draw(_ workspace: Workspace) throws {
    let picture = try PictureGrid.samples(
      state.average, RandomNumbers(seed: UInt64(settings.seed)), stage: stage)
    workspace.show("samples.png", picture)
  }

  /// The feature distance, each time another `distance_every` images have been shown; the best of the last stage is kept.
  mutating func measure(_ run: TrainingRun) throws {
    let every = settings.generator.distanceEvery, batch = settings.generator.stageBatches[schedule.stageIndex(at: state.seen)]
    guard let judge = run.judge, isFinished || state.seen / every > (state.seen - batch) / every else { return }
    let stage = stage
    let (distance, spread) = try judge.distance(of: state.average, stage: stage)
    let counts = stage.side == settings.data.resolution && stage.fade == 0
    let isBest = counts && distance < state.best?.distance ?? .infinity
    note(distance: distance, isBest: isBest)
    run.warn(warnings.new(state.shown, best: state.best, isAugmenting: state.isAugmenting, spread: spread))
    if isBest {
      do {
        try run.workspace.save(try state.checkpoint(run.origin), as: Self.bestName)
      } catch let error as FileError {
        throw TrainingError("no checkpoint could be written: \(error.message)")
      }
    }
    try draw(run.workspace)
  }
}

extension TrainingSettings {
  /// Of the generator's training, from the present stage's speed; later stages cost more by their operations.
  func secondsLeft(after seen: Int, imagesPerSecond: Double) -> Double {
    let schedule = schedule, present = schedule.stageIndex(at: seen)
    let unit = operationsAnImage(side: schedule.sides[present])
    var start = 0, seconds = 0.0
    for (index, images) in schedule.images.enumerated() {
      let left = max(0, min(images, start + images - seen))
      seconds += Double(left) * operationsAnImage(side: schedule.sides[index]) / unit / imagesPerSecond
      start += images
    }
    return seconds
  }
}
