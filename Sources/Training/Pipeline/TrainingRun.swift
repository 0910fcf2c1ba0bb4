internal import Files
internal import NeuralNetworks
internal import PrintableText
internal import StrictYAML
internal import Tensors

/// From a folder of photographs to a pack, one stage after the other, each going on where it stopped.
package final class TrainingRun {
  package enum Outcome: Sendable, Equatable {
    case finished
    /// Saved; the same command goes on.
    case stopped
  }

  package let request: TrainingRequest
  package let settings: TrainingSettings
  package let photographs: PreparedPhotographs
  let workspace: Workspace
  let observer: any TrainingObserver
  let origin: Origin

  static let settingsName = "settings.yaml"
  static let photographsName = "photographs.data"

  /// Prepares the photographs and chooses the settings, or finds both from an earlier start.
  ///
  /// - Throws: `TrainingError` in one line.
  package init(_ request: TrainingRequest, observer: any TrainingObserver) throws {
    self.request = request
    self.observer = observer
    workspace = try Workspace(path: request.workspacePath)
    let list = try PhotographList(folder: request.folder)
    if let text = try workspace.read(Self.settingsName), let data = try workspace.read(Self.photographsName) {
      settings = try Self.settings(text, name: "\(printable(workspace.path))/\(Self.settingsName)")
      photographs = try PreparedPhotographs(fileBytes: data, name: "\(printable(workspace.path))/\(Self.photographsName)")
      try Self.check(request, against: settings, workspace: workspace)
      if let difference = photographs.firstDifference(from: list) {
        throw TrainingError(
          "\(printable(request.folder)): is not the folder this training began with: \(difference); put it back, or choose another -o")
      }
      origin = Origin(settings: sha256(text), photographs: photographs.fingerprint)
      observer.say("going on with \(photographs.count) photographs of \(settings.data.resolution) px")
    } else {
      let (settings, photographs) = try Self.begin(request, list, observer)
      (self.settings, self.photographs) = (settings, photographs)
      let text = Array(settings.yaml.utf8)
      do {
        try workspace.write(Self.photographsName, try photographs.fileBytes())
        try workspace.write(Self.settingsName, text)
      } catch let error as FileError {
        throw TrainingError(error.message)
      }
      origin = Origin(settings: sha256(text), photographs: photographs.fingerprint)
    }
  }

  private static func settings(_ bytes: [UInt8], name: String) throws -> TrainingSettings {
    var settings = TrainingSettings()
    try settings.apply(try YAML.parse(bytes, file: name))
    try settings.check()
    return settings
  }

  private static func check(
    _ request: TrainingRequest, against settings: TrainingSettings, workspace: Workspace
  ) throws(TrainingError) {
    let pairs = [
      ("--resolution", request.resolution, settings.data.resolution), ("--images", request.images, settings.generator.images),
      ("--seed", request.seed, settings.seed),
    ]
    for (name, wanted, known) in pairs {
      if let wanted, wanted != known {
        throw TrainingError(
          "\(name) is \(wanted); the training in \(printable(workspace.path)) was begun with \(known); leave it out, or choose another -o")
      }
    }
  }

  private static func begin(
    _ request: TrainingRequest, _ list: PhotographList, _ observer: any TrainingObserver
  ) throws -> (TrainingSettings, PreparedPhotographs) {
    var settings = TrainingSettings.recommended(resolution: request.resolution ?? 64, photographs: list.entries.count)
    let from = try request.from.map { try StartingPack($0) }
    from?.apply(to: &settings)
    settings.setImages(request.images ?? settings.generator.images)
    if let seed = request.seed { settings.seed = seed }
    if let overrides = request.overrides {
      var given = settings
      let found = try given.apply(overrides)
      if found.contains("data.resolution") {
        settings = .recommended(resolution: given.data.resolution, photographs: list.entries.count)
        from?.apply(to: &settings)
        settings.setImages(request.images ?? settings.generator.images)
        if let seed = request.seed { settings.seed = seed }
      }
      // Sizes first: how images spread over stages follows from them.
      try settings.apply(overrides)
      if !found.contains("generator.stage_images") {
        settings.setImages(settings.generator.images)
        try settings.apply(overrides)
      }
    }
    try settings.check()
    let photographs = try Preparation.prepare(list, settings) { done in
      observer.progress("preparing photographs: \(done) of \(list.entries.count)")
    }
    say(photographs, observer)
    try plan(&settings, request, photographs, observer)
    return (settings, photographs)
  }

  /// Hours become images; says what will be done and how long it takes, by the speed measured before.
  private static func plan(
    _ settings: inout TrainingSettings, _ request: TrainingRequest, _ photographs: PreparedPhotographs,
    _ observer: any TrainingObserver
  ) throws {
    var estimate = ""
    // Where it takes minutes, measuring would be most of it.
    if request.hours != nil || settings.generator.images >= 20_000 {
      let budget = try Budget(settings, photographs, observer)
      if let hours = request.hours { budget.settle(&settings, hours: hours) }
      try settings.check()
      estimate = "; about \(ProgressText.duration(budget.seconds(settings) / 0.7)) in all"
    }
    let stages = zip(settings.generator.stages, settings.generator.stageImages)
      .map { "\($0.0) px: \(ProgressText.count($0.1))" }.joined(separator: ", ")
    observer.say(
      "generator \(ProgressText.count(settings.generator.images)) images (\(stages)), encoders \(ProgressText.count(settings.encoder.images)) each, perceptual network \(ProgressText.count(settings.perceptual.images))\(estimate)")
  }

  private static func say(_ photographs: PreparedPhotographs, _ observer: any TrainingObserver) {
    observer.say(
      "\(photographs.count) photographs of \(photographs.side) px, \(photographs.heldOut.count) of them kept apart; \(photographs.refused.count) files refused")
    for refusal in photographs.refused.prefix(10) { observer.say("  \(refusal.name): \(refusal.reason)") }
    if photographs.refused.count > 10 { observer.say("  … and \(photographs.refused.count - 10) more") }
    if photographs.grayCount > 0 { observer.say("warning: \(photographs.grayCount) photographs are gray") }
    if photographs.enlargedCount > 0 {
      observer.say("warning: \(photographs.enlargedCount) photographs are smaller than \(photographs.side) px and were enlarged")
    }
    if photographs.count < 1000 {
      observer.say("warning: \(photographs.count) photographs are few; below 1000 a model learns them by heart rather than their kind")
    }
  }

  private var warnings: [String] = []
  private var history: History?

  /// Says what goes wrong, and shows it on the page.
  func warn(_ new: [String]) {
    for text in new { observer.say("warning: \(text)") }
    warnings += new
  }

  /// Renews the page.
  func show(_ stage: String, _ seen: Int, _ values: [String: Double], line: String) {
    let text = (try? workspace.read(History.name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    var history = history ?? History(text)
    history.add(stage, seen, values)
    self.history = history
    workspace.show(History.name, Array(history.text.utf8))
    let pictures = [("Samples, left half truncated", "samples.png"), ("Photographs kept apart and their inversions by the encoder", "reconstructions.png")]
    let page = TrainingPage.html(
      title: request.pack.split(separator: "/").last.map(String.init) ?? request.pack, line: line, warnings: warnings,
      pictures: pictures.filter { workspace.contains($0.1) }, history: history)
    workspace.show(TrainingPage.name, Array(page.utf8))
  }

  /// Judges pictures once the perceptual network is there.
  private(set) var judge: FeatureJudge?

  /// Runs what is left.
  package func run() throws -> Outcome {
    var perceptual = PerceptualTrainer(settings, photographs)
    guard try StageLoop(run: self).run(&perceptual) == .finished else { return .stopped }
    let features = try perceptual.finished()
    let network = try PerceptualNetwork(
      settings: settings.perceptualSettings, resolution: settings.data.resolution, weights: ParameterSource(features))
    judge = FeatureJudge(network, photographs, settings)

    var start = AdversarialState(settings)
    if let from = request.from {
      let pack = try StartingPack(from)
      guard pack.hash == settings.generator.from else {
        throw TrainingError("--from \(printable(from)): is not the pack this training began with")
      }
      try pack.start(&start)
    } else if !settings.generator.from.isEmpty, !workspace.hasCheckpoint(of: AdversarialTrainer.stage) {
      throw TrainingError("this training began with --from another pack; give it again")
    }
    var adversarial = AdversarialTrainer(settings, photographs, state: start)
    guard try StageLoop(run: self).run(&adversarial) == .finished else { return .stopped }
    let generator = try finished(adversarial)

    var guided = try EncoderTrainer(
      settings, photographs, generator,
      perceptual: TrainablePerceptual(settings: settings.perceptualSettings, parameters: features))
    guard try StageLoop(run: self).run(&guided) == .finished else { return .stopped }
    let encoder = try guided.finished()

    var conventional: [String: Tensor]?
    if settings.encoder.conventional {
      var trainer = try ConventionalTrainer(settings, generator)
      guard try StageLoop(run: self).run(&trainer) == .finished else { return .stopped }
      conventional = trainer.encoder.parameters
    }

    observer.say("boundaries and facts")
    let packed = try Encoder(settings: settings.encoderSettings, weights: ParameterSource(encoder))
    let boundaries = BoundaryStage(
      settings: settings, generator: generator, encoder: packed, photographs: photographs, observer: observer)
    guard let attributes = try boundaries.find() else { return .stopped }
    let facts = try MeasuredFacts(settings, photographs, generator, packed, network)
    try PackStage(
      run: self, generator: generator, encoder: encoder, conventional: conventional, perceptual: features,
      attributes: attributes, facts: facts, state: adversarial.state).write()
    observer.say("\(printable(request.pack)) is ready")
    return .finished
  }

  /// The best generator by feature distance, or the last one where none was measured.
  private func finished(_ trainer: AdversarialTrainer) throws -> TrainedGenerator {
    var state = trainer.state
    if let best = state.best, workspace.contains(AdversarialTrainer.bestName) {
      let checkpoint = try workspace.load(AdversarialTrainer.bestName)
      try origin.check(checkpoint, workspace: workspace.path)
      if try checkpoint.integer("seen") == best.seen { state = try AdversarialState(checkpoint, settings) }
    }
    return try TrainedGenerator(
      average: state.average, discriminator: state.discriminator, random: RandomNumbers(seed: UInt64(settings.seed)))
  }
}
