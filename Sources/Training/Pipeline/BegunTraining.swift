internal import Files
internal import ModelPacks
internal import PrintableText
internal import StrictYAML

/// What an earlier start decided, from which a training goes on.
struct BegunTraining {
  let settings: TrainingSettings
  let photographs: PreparedPhotographs
  let origin: Origin
  /// That were asked for; 0 for a number of images, nil where there is no knowing.
  let hours: Double?
  let workspace: Workspace

  private static let settingsName = "settings.yaml", photographsName = "photographs.data", hoursName = "hours"

  /// - Returns: nil where nothing was begun.
  /// - Throws: `TrainingError` where something of it is missing or damaged.
  init?(in workspace: Workspace) throws {
    let place = printable(workspace.path)
    guard let text = try workspace.read(Self.settingsName), let bytes = try workspace.read(Self.photographsName) else {
      guard !workspace.hasCheckpoints else {
        throw TrainingError(
          "\(place): has checkpoints, but not both \(Self.settingsName) and \(Self.photographsName); put them back, or remove that folder to begin anew")
      }
      return nil
    }
    var settings = TrainingSettings()
    do {
      try settings.apply(try YAML.parse(text, file: "\(place)/\(Self.settingsName)"))
      try settings.check()
    } catch {
      throw TrainingError("\(error); put it back as it was, or remove \(place) to begin anew")
    }
    self.settings = settings
    photographs = try PreparedPhotographs(fileBytes: bytes, name: "\(place)/\(Self.photographsName)")
    origin = Origin(settings: sha256(text), photographs: photographs.fingerprint)
    hours = try workspace.read(Self.hoursName).flatMap { Double(String(decoding: $0, as: UTF8.self)) }
    self.workspace = workspace
  }

  /// Puts down what was decided.
  static func write(
    _ settings: TrainingSettings, _ photographs: PreparedPhotographs, hours: Double?, in workspace: Workspace
  ) throws -> Origin {
    let text = Array(settings.yaml.utf8)
    do {
      try workspace.write(photographsName, try photographs.fileBytes())
      try workspace.write(hoursName, Array("\(hours ?? 0)".utf8))
      try workspace.write(settingsName, text)
    } catch let error as FileError {
      throw TrainingError(error)
    }
    return Origin(settings: sha256(text), photographs: photographs.fingerprint)
  }

  /// Refuses what is not the training that was begun.
  func check(_ request: TrainingRequest, _ base: BasePack?, _ list: PhotographList?) throws {
    let place = printable(workspace.path)
    if request.isInPlace, let base, base.pack.hash != settings.base {
      throw TrainingError(
        "\(place): was begun with \(printable(request.pack)) as it was before it changed; remove that folder to begin anew")
    }
    if let difference = try difference(request) {
      throw TrainingError("\(place): \(difference); ask for the same again, or remove that folder to begin anew")
    }
    if let difference = photographs.firstDifference(from: list) {
      throw TrainingError(
        "\(printable(request.folder ?? "the folder that was left out")): is not the folder this training began with: \(difference); put it back, or remove \(place) to begin anew")
    }
  }

  /// What differs in what is asked for; nil when nothing does.
  func difference(_ request: TrainingRequest) throws -> String? {
    try RequestComparison(request: request, settings: settings, hours: hours).difference()
  }
}
