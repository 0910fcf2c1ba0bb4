internal import NeuralNetworks

/// Turns hours into images, once, by the measured speed: schedules count images, never seconds.
struct Budget {
  /// Shares of the time: the rest is for facts and boundaries.
  private static let generatorShare = 0.62, perceptualShare = 0.06, encoderShare = 0.2

  /// Images a second at the side of each stage.
  let speeds: [Double]

  /// Times two iterations of each stage, after one to warm up.
  ///
  /// - Throws: `TrainingRun.Stopped` when it was asked to stop.
  init(_ settings: TrainingSettings, _ photographs: PreparedPhotographs, _ observer: any TrainingObserver) throws {
    let schedule = settings.schedule, clock = ContinuousClock()
    var start = 0, speeds: [Double] = []
    for (index, images) in schedule.images.enumerated() {
      if observer.shouldEnd { throw TrainingRun.Stopped() }
      observer.progress("measuring the speed at \(schedule.sides[index]) px")
      var trainer = AdversarialTrainer(settings, photographs)
      // Behind the fading, and not at an iteration with a penalty.
      trainer.jump(seen: start + max(schedule.fading[index], min(1, images - 1)), iteration: 1)
      try trainer.step()
      let begin = clock.now, before = trainer.seen
      for _ in 0..<2 { try trainer.step() }
      speeds.append(Double(trainer.seen - before) / max(1e-9, (clock.now - begin) / .seconds(1)))
      start += images
    }
    self.speeds = speeds
  }

  /// Seconds of the generator's training.
  func seconds(_ settings: TrainingSettings) -> Double {
    zip(settings.generator.stageImages, speeds).reduce(0) { $0 + Double($1.0) / $1.1 }
  }

  /// Replaces all numbers of images.
  func settle(_ settings: inout TrainingSettings, hours: Double) {
    let seconds = hours * 3600, last = speeds.last ?? 1
    let shares = TrainingSettings.workShares(settings.generator.stages)
    settings.setImages(max(1000, Int(zip(shares, speeds).reduce(0) { $0 + seconds * Self.generatorShare * $1.0 * $1.1 })))
    settings.generator.stageImages = zip(shares, speeds).map { max(1, Int(seconds * Self.generatorShare * $0 * $1)) }
    settings.generator.images = settings.generator.stageImages.reduce(0, +)
    // The conventional encoder's step costs a third of the other's; both see as many pictures.
    settings.encoder.images = max(settings.encoder.batch * 4, Int(seconds * Self.encoderShare * last * 0.65))
    settings.perceptual.images = max(settings.perceptual.batch * 4, Int(seconds * Self.perceptualShare * last * 3))
  }
}
