internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import StrictYAML

/// The first start of a training: settings are chosen from what is asked, photographs are prepared, hours become images.
struct Beginning {
  private let request: TrainingRequest
  private let base: BasePack?
  private let list: PhotographList?
  private let observer: any TrainingObserver

  init(_ request: TrainingRequest, _ base: BasePack?, _ list: PhotographList?, _ observer: any TrainingObserver) {
    self.request = request
    self.base = base
    self.list = list
    self.observer = observer
  }

  /// - Throws: `TrainingRun.Stopped` when it was asked to stop.
  func begin() throws -> (TrainingSettings, PreparedPhotographs) {
    var settings = try wanted()
    try TrainingMemory.check(settings, photographs: list?.entries.count ?? 0, limit: request.memoryLimit)
    let photographs = try prepared(settings)
    try plan(&settings, photographs)
    return (settings, photographs)
  }

  /// The settings that are asked for, checked; hours are no images yet.
  ///
  /// - Throws: `YAMLError` for what stands in the settings' file; `TrainingError`.
  func wanted() throws -> TrainingSettings {
    let from = try request.from.map { try StartingPack($0) }
    var settings = try chosen(base?.description.resolution ?? request.resolution ?? 64, from)
    do {
      if let overrides = request.overrides { try replace(&settings, by: overrides, from) }
      try settings.check()
    } catch let error as TrainingError {
      guard let path = error.setting, let overrides = request.overrides,
        let value = TrainingSettings.value(of: path, in: overrides)
      else { throw error }
      throw value.place.error(error.description)
    }
    return settings
  }

  private func replace(
    _ settings: inout TrainingSettings, by overrides: YAMLValue, _ from: StartingPack?
  ) throws {
    let written = settings
    var given = settings
    let found = try given.apply(overrides)
    if base == nil, found.contains("data.resolution"), TrainingSettings.isSide(given.data.resolution) {
      settings = try chosen(given.data.resolution, from)
    }
    // Sizes first: how images spread over stages follows from them.
    try settings.apply(overrides)
    if !found.contains("generator.stage_images") {
      settings.setImages(settings.generator.images)
      if let images = request.images { settings.setBudget(images) }
      try settings.apply(overrides)
    } else if !found.contains("generator.images") {
      settings.setImages(given.generator.stageImages.reduce(0, +))
      try settings.apply(overrides)
    }
    try refuse(found, settings, written)
    let unused = Set(found.compactMap { $0.split(separator: ".").first.map(String.init) }).intersection(unusedSections)
    if !unused.isEmpty {
      observer.say("note: no use is made of what the settings say of \(unused.sorted().joined(separator: ", ")), for that is not trained")
    }
  }

  /// Sections of what is not made.
  private var unusedSections: Set<String> {
    var used = Set(request.part.map { [$0] } ?? TrainingPart.allCases)
    if request.perceptual != nil { used.remove(.perceptual) }
    let needsFeatures = request.part == .encoder || request.part == .generator
    if needsFeatures, request.perceptual == nil, base?.description.perceptual == nil { used.insert(.perceptual) }
    return Set(Set(TrainingPart.allCases).subtracting(used).map(\.rawValue))
  }

  /// Refuses settings that somebody else writes or that are the pack's, and those that say other than an option does.
  private func refuse(_ found: Set<String>, _ settings: TrainingSettings, _ written: TrainingSettings) throws(TrainingError) {
    for setting in settingsCatalog where found.contains(setting.path) {
      let (wanted, known) = (settings.text(of: setting), written.text(of: setting))
      guard wanted != known else { continue }
      if let writer = setting.writtenBy {
        throw TrainingError(
          setting: setting.path, "is \(wanted) in the settings, and is written by \(writer), for which it is \(known); leave it out of the settings")
      }
      if request.perceptual != nil, setting.path == "networks.perceptual_widths" {
        throw TrainingError(setting: setting.path, "is \(wanted) in the settings; that of --perceptual is \(known); leave it out")
      }
      if let part = request.part, base?.keeps(setting.path, when: part) == true {
        throw TrainingError(setting: setting.path, "is \(wanted) in the settings; the pack's is \(known), and stays; leave it out")
      }
    }
    if request.hours != nil, let path = found.sorted().first(where: Self.decidedByHours.contains) {
      throw TrainingError("--hours decides \(path), which stands in the settings too; leave one of them out", setting: path)
    }
    if let (option, wanted, known, standing) = RequestComparison.option(of: request, against: settings) {
      let path = found.contains(standing) || standing != "generator.images" ? standing : "generator.stage_images"
      throw TrainingError("\(option) is \(wanted), and the settings come to \(known); leave one of them out", setting: path)
    }
  }

  private static let decidedByHours: Set<String> = [
    "generator.images", "generator.stage_images", "encoder.images", "perceptual.images",
  ]

  private func prepared(_ settings: TrainingSettings) throws -> PreparedPhotographs {
    guard let list else {
      return PreparedPhotographs(side: settings.data.resolution, preparation: "none", photographs: [], pixels: [])
    }
    let photographs = try Preparation.prepare(list, settings, decoder: request.decoder) { done in
      if observer.shouldEnd { throw TrainingRun.Stopped() }
      observer.progress("preparing photographs: \(done) of \(list.entries.count)")
    }
    PreparationReport(photographs, list).say(to: observer)
    return photographs
  }

  private func chosen(_ resolution: Int, _ from: StartingPack?) throws(TrainingError) -> TrainingSettings {
    var settings = TrainingSettings.recommended(resolution: resolution, photographs: list?.entries.count ?? 0)
    from?.apply(to: &settings)
    if let base, let part = request.part { base.apply(to: &settings, part) }
    if let given = request.perceptual {
      settings.networks.perceptualWidths = Array(given.network.settings.widths.prefix(10))
      settings.perceptual.from = given.hash
    }
    settings.setImages(settings.generator.images)
    if let images = request.images { settings.setBudget(images) }
    if let seed = request.seed { settings.seed = seed }
    return settings
  }

  /// Hours become images; says what will be done and how long it takes, by the speed measured before.
  private func plan(_ settings: inout TrainingSettings, _ photographs: PreparedPhotographs) throws {
    typealias Text = ProgressText
    switch request.part {
    case .encoder: observer.say("encoders \(Text.count(settings.encoder.images)) images each")
    case .perceptual: observer.say("perceptual network \(Text.count(settings.perceptual.images)) images")
    case .boundaries: observer.say("boundaries of \(printable(request.pack))")
    case nil, .generator:
      var estimate = ""
      // Where it takes minutes, measuring would be most of it.
      if request.hours != nil || settings.generator.images >= 20_000 {
        let budget = try Budget(settings, photographs, observer)
        if let hours = request.hours { budget.settle(&settings, hours: hours) }
        try settings.check()
        estimate = "; about \(Text.duration(budget.seconds(settings) / 0.7)) in all"
      }
      let memory = TrainingMemory.bytes(settings, photographs: photographs.count) / (1 << 20)
      estimate += "; at most \(memory) MiB of memory"
      let stages = zip(settings.generator.stages, settings.generator.stageImages)
        .map { "\($0.0) px: \(Text.count($0.1))" }.joined(separator: ", ")
      var others = request.part != nil ? "" : ", encoders \(Text.count(settings.encoder.images)) each"
      if request.part == nil, request.perceptual == nil { others += ", perceptual network \(Text.count(settings.perceptual.images))" }
      observer.say("generator \(Text.count(settings.generator.images)) images (\(stages))\(others)\(estimate)")
    }
  }
}
