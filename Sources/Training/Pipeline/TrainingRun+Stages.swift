internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import Tensors

extension TrainingRun {
  /// Runs what is left.
  package func run() throws -> Outcome {
    do {
      try make()
      return .finished
    } catch is Stopped {
      return .stopped
    }
  }

  private func makes(_ part: TrainingPart) -> Bool { request.part == nil || request.part == part }

  private func train(_ training: inout some StagedTraining) throws {
    guard try StageLoop(run: self).run(&training) == .finished else { throw Stopped() }
  }

  private func make() throws {
    var stage = PackStage(run: self)
    var features: TrainablePerceptual?
    if request.part != .boundaries {
      features = try perceptual(&stage)
      if let features { judge = try FeatureJudge(frozen(features), photographs, settings) }
    }
    var generator: TrainedGenerator?
    if makes(.generator) {
      generator = try adversarial(&stage)
    } else if makes(.encoder) || makes(.boundaries), let base {
      generator = try base.generator(RandomNumbers(seed: UInt64(settings.seed)))
    }
    var encoder = try base?.encoder()
    if makes(.encoder), let generator, let features {
      encoder = try encoders(generator, features, &stage)
      observer.say("facts")
      if let encoder {
        stage.facts = try MeasuredFacts(settings, photographs, generator, encoder, frozen(features), observer)
      }
    }
    if makes(.boundaries), let generator {
      observer.say("boundaries")
      let search = BoundaryStage(
        settings: settings, generator: generator, encoder: encoder, photographs: photographs,
        domainDistance: stage.facts?.domainDistance ?? base?.description.domainDistance, observer: observer)
      guard let attributes = try search.find() else { throw Stopped() }
      stage.attributes = attributes
    }
    try renewBase()
    try stage.write()
    observer.say("\(printable(request.pack)) is ready")
  }

  private func frozen(_ features: TrainablePerceptual) throws -> PerceptualNetwork {
    try PerceptualNetwork(
      settings: features.settings, resolution: settings.data.resolution, weights: ParameterSource(features.parameters))
  }

  /// Given, or of the base pack, or trained.
  private func perceptual(_ stage: inout PackStage) throws -> TrainablePerceptual {
    if request.part != .perceptual {
      if let given = request.perceptual {
        let network = rounded(given.network)
        stage.perceptual = network
        if base?.description.perceptual != nil { observer.say("the pack gets the perceptual network of --perceptual in place of its own") }
        return network
      }
      if let kept = try base?.perceptual() { return kept }
    }
    var trainer = PerceptualTrainer(settings, photographs)
    try train(&trainer)
    let made = rounded(TrainablePerceptual(settings: settings.perceptualSettings, parameters: try trainer.finished()))
    stage.perceptual = made
    return made
  }

  private func adversarial(_ stage: inout PackStage) throws -> TrainedGenerator {
    var start = AdversarialState(settings)
    if let from = request.from {
      let pack = try StartingPack(from)
      guard pack.hash == settings.generator.from else {
        throw TrainingError("--from \(printable(from)): is not the pack this training began with")
      }
      let anew = try pack.start(&start)
      if anew > 0, !workspace.hasCheckpoint(of: AdversarialTrainer.stage) {
        observer.say("note: \(anew) tensors of \(printable(from)) have other shapes than the settings ask for, and begin anew")
      }
    } else if !settings.generator.from.isEmpty, !workspace.hasCheckpoint(of: AdversarialTrainer.stage) {
      throw TrainingError("this training began with --from another pack; give it again")
    }
    var trainer = AdversarialTrainer(settings, photographs, state: start)
    try train(&trainer)
    stage.state = trainer.state
    let made = try best(trainer)
    stage.generator = made
    return made
  }

  /// The best generator by feature distance, or the last one where none was measured.
  private func best(_ trainer: AdversarialTrainer) throws -> TrainedGenerator {
    var state = trainer.state
    if let best = state.best, workspace.contains(AdversarialTrainer.bestName) {
      let checkpoint = try workspace.load(AdversarialTrainer.bestName)
      try origin.check(checkpoint, workspace: workspace.path)
      if try checkpoint.integer("seen") == best.seen { state = try AdversarialState(checkpoint, settings) }
    }
    return try TrainedGenerator(
      average: rounded(state.average), discriminator: rounded(state.discriminator),
      random: RandomNumbers(seed: UInt64(settings.seed)))
  }

  private func encoders(
    _ generator: TrainedGenerator, _ features: TrainablePerceptual, _ stage: inout PackStage
  ) throws -> Encoder {
    if generator.discriminator == nil { warn(["the pack has no discriminator: the encoder is trained without its term"]) }
    var guided = try EncoderTrainer(settings, photographs, generator, perceptual: features)
    try train(&guided)
    let made = rounded(TrainableEncoder(settings: guided.encoder.settings, parameters: try guided.finished()))
    stage.encoder = made
    if settings.encoder.conventional {
      var trainer = try ConventionalTrainer(settings, generator)
      try train(&trainer)
      stage.conventional = rounded(trainer.encoder)
    }
    return try Encoder(settings: made.settings, weights: ParameterSource(made.parameters))
  }

  /// As it will be read from the pack, so that what follows and what is measured fits the files.
  private func rounded<Network: TrainableNetwork>(_ network: Network) -> Network {
    guard settings.card.isHalf else { return network }
    var network = network
    for (name, tensor) in network.parameters where PackStage.fitsHalf(tensor) {
      network.parameters[name] = Tensor(tensor.values.map { Float(Float16($0)) }, tensor.shape)
    }
    return network
  }
}
