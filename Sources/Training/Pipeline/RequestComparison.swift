internal import ModelPacks
internal import PrintableText

/// What somebody asks for, beside what a training was begun with: an option that would change nothing is refused rather
/// than passed over.
struct RequestComparison {
  let request: TrainingRequest
  /// Of the training that was begun.
  let settings: TrainingSettings
  /// What `--hours` said then; nil where there is no knowing.
  var hours: Double?

  /// - Returns: what differs, in words; nil when nothing does.
  /// - Throws: `YAMLError` and `TrainingError` for settings and packs that cannot be read.
  func difference() throws -> String? {
    let part = Self.name(request.part)
    guard part == settings.part else { return "this is a training of \(part), and that one of \(settings.part)" }
    if let base = request.base, !request.isInPlace, try BasePack(base).pack.hash != settings.base {
      return "--pack \(printable(base)) is not the pack that training began with"
    }
    if let difference = Self.option(of: request, against: settings) {
      return "\(difference.option) is \(difference.wanted); that training was begun with \(difference.known)"
    }
    if let wanted = request.hours, let hours, wanted != hours {
      return "--hours is \(shortNumber(wanted)); that training was begun with \(hours > 0 ? shortNumber(hours) : "a number of images")"
    }
    if let difference = try override() { return difference }
    return try source()
  }

  static func name(_ part: TrainingPart?) -> String { part?.rawValue ?? "all" }

  /// The first option that says something else than settings do, and the setting it stands for.
  static func option(
    of request: TrainingRequest, against settings: TrainingSettings
  ) -> (option: String, wanted: Int, known: Int, path: String)? {
    let options = [
      ("--resolution", request.resolution, settings.data.resolution, "data.resolution"),
      ("--images", request.images, settings.budget, settings.budgetPath), ("--seed", request.seed, settings.seed, "seed"),
    ]
    for (option, wanted, known, path) in options {
      if let wanted, wanted != known { return (option, wanted, known, path) }
    }
    return nil
  }

  private func override() throws -> String? {
    guard let overrides = request.overrides else { return nil }
    var again = settings
    let found = try again.apply(overrides)
    for setting in settingsCatalog where found.contains(setting.path) {
      let (wanted, known) = (again.text(of: setting), settings.text(of: setting))
      if wanted != known { return "\(setting.path) is \(wanted) in the settings; that training was begun with \(known)" }
    }
    return nil
  }

  /// Where it begins, and the network that was given: what is needed to go on must be given again.
  private func source() throws -> String? {
    if request.part == nil, request.from == nil, !settings.generator.from.isEmpty {
      return "that training began with --from another pack; give it again"
    }
    if let from = request.from, request.part == nil, try StartingPack(from).hash != settings.generator.from {
      return settings.generator.from.isEmpty
        ? "that training began without --from" : "--from \(printable(from)) is not the pack that training began with"
    }
    guard request.perceptual?.hash ?? "" == settings.perceptual.from else {
      return settings.perceptual.from.isEmpty ? "that training began without --perceptual" : "that training began with another --perceptual, or with one that is left out here"
    }
    return nil
  }
}
