internal import Files
internal import ModelPacks
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
  /// Has what is not made; nil where everything is.
  let base: BasePack?

  /// Files of the workspace that show how it went.
  package static let shownNames = [TrainingPage.name, "samples.png", "reconstructions.png"]

  static let settingsName = "settings.yaml"
  static let photographsName = "photographs.data"

  /// Prepares the photographs and chooses the settings, or finds both from an earlier start.
  ///
  /// - Throws: `TrainingError` in one line.
  package init(_ request: TrainingRequest, observer: any TrainingObserver) throws {
    self.request = request
    self.observer = observer
    workspace = try Workspace(path: request.workspacePath, patience: request.patience, mayWrite: request.mayWrite)
    try workspace.recover(request.pack)
    base = try request.base.map { path throws(TrainingError) in try BasePack(path) }
    let list = try request.folder.map { path throws(TrainingError) in try PhotographList(folder: path) }
    if let text = try workspace.read(Self.settingsName), let known = try Self.photographs(in: workspace) {
      settings = try Self.settings(text, in: workspace)
      photographs = known
      try Self.check(request, base, against: settings, workspace: workspace)
      if let difference = photographs.firstDifference(from: list?.entries ?? []) {
        throw TrainingError(
          "\(printable(request.folder ?? "the folder that was left out")): is not the folder this training began with: \(difference); put it back, or choose another -o")
      }
      origin = Origin(settings: sha256(text), photographs: photographs.fingerprint)
      observer.say("going on with \(photographs.count) photographs of \(settings.data.resolution) px")
    } else {
      let (settings, photographs) = try Beginning(request, base, list, observer).begin()
      (self.settings, self.photographs) = (settings, photographs)
      let text = Array(settings.yaml.utf8)
      do {
        try workspace.write(Self.photographsName, try photographs.fileBytes())
        try workspace.write(Self.settingsName, text)
      } catch let error as FileError {
        throw TrainingError(error)
      }
      origin = Origin(settings: sha256(text), photographs: photographs.fingerprint)
    }
  }

  /// Those that an earlier start prepared; nil where there was none.
  static func photographs(in workspace: Workspace) throws -> PreparedPhotographs? {
    try workspace.read(photographsName).map {
      try PreparedPhotographs(fileBytes: $0, name: "\(printable(workspace.path))/\(photographsName)")
    }
  }

  static func settings(_ bytes: [UInt8], in workspace: Workspace) throws -> TrainingSettings {
    var settings = TrainingSettings()
    try settings.apply(try YAML.parse(bytes, file: "\(printable(workspace.path))/\(settingsName)"))
    try settings.check()
    return settings
  }

  private static func check(
    _ request: TrainingRequest, _ base: BasePack?, against settings: TrainingSettings, workspace: Workspace
  ) throws(TrainingError) {
    let part = request.part?.rawValue ?? "all"
    guard part == settings.part, base?.pack.hash ?? "" == settings.base else {
      throw TrainingError(
        "the training in \(printable(workspace.path)) makes \(settings.part) of another pack; remove that folder, or choose another -o")
    }
    guard request.perceptual?.hash ?? "" == settings.perceptual.from else {
      throw TrainingError(
        settings.perceptual.from.isEmpty
          ? "this training began without --perceptual; leave it out, or choose another -o"
          : "this training began with another --perceptual; give the same one again")
    }
    if let difference = difference(request, settings) {
      throw TrainingError("\(printable(workspace.path)): \(difference); leave it out, or choose another -o")
    }
  }

  /// Which number is not as it was; nil where all are.
  static func difference(_ request: TrainingRequest, _ settings: TrainingSettings) -> String? {
    let pairs = [
      ("--resolution", request.resolution, settings.data.resolution), ("--images", request.images, settings.budget),
      ("--seed", request.seed, settings.seed),
    ]
    for (name, wanted, known) in pairs {
      if let wanted, wanted != known { return "\(name) is \(wanted); this training was begun with \(known)" }
    }
    return nil
  }

  static func say(_ photographs: PreparedPhotographs, _ observer: any TrainingObserver) {
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

  /// What it is estimated to need of memory.
  package var memoryBytes: Int { TrainingMemory.bytes(settings, photographs: photographs.count) }

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
  var judge: FeatureJudge?
}
