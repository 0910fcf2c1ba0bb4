internal import Files
internal import Glibc
internal import ModelPacks
internal import NeuralNetworks
internal import PrintableText
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
  private(set) var base: BasePack?

  /// Files of the workspace that show how it went.
  package static let shownNames = [TrainingPage.name, "samples.png", "reconstructions.png"]

  /// Held as long as the pack itself is to get a part: two parts at once would each end with a pack without the other's.
  private let pack: Folder?

  /// Prepares the photographs and chooses the settings, or finds both from an earlier start.
  ///
  /// - Throws: `TrainingError` in one line; `Stopped` when it was asked to stop before there was anything to save.
  package init(_ request: TrainingRequest, observer: any TrainingObserver) throws {
    self.request = request
    self.observer = observer
    let workspace = try Workspace(path: request.workspacePath, patience: request.patience, mayWrite: request.mayWrite)
    self.workspace = workspace
    do {
      try workspace.recover(request.pack)
      pack = request.isInPlace ? try Self.locked(request) : nil
      base = try request.base.map { path throws(TrainingError) in try BasePack(path) }
      let list = try request.folder.map { path throws(TrainingError) in try PhotographList(folder: path) }
      if let begun = try BegunTraining(in: workspace) {
        try begun.check(request, base, list)
        (settings, photographs, origin) = (begun.settings, begun.photographs, begun.origin)
        observer.say("going on with \(photographs.count) photographs of \(settings.data.resolution) px")
      } else {
        (settings, photographs) = try Beginning(request, base, list, observer).begin()
        origin = try BegunTraining.write(settings, photographs, hours: request.hours, in: workspace)
      }
    } catch {
      workspace.removeIfUnused()
      throw error
    }
  }

  /// It was asked to stop, and what it needs to go on is saved.
  package struct Stopped: Error {}

  private static func locked(_ request: TrainingRequest) throws(TrainingError) -> Folder {
    do throws(FileError) {
      let folder = try Folder(path: Name(request.pack))
      try Workspace.waiting(request.patience, path: folder.printablePath) { () throws(FileError) in
        do throws(FileError) {
          try folder.lock()
        } catch where error.errno != EAGAIN {
          // Some shares have no locks of folders; a pack that changed meanwhile is not replaced there either.
        }
      }
      return folder
    } catch {
      throw TrainingError(error)
    }
  }

  /// Reads the pack that gets a part in place once more: its title may be another one by now.
  ///
  /// - Throws: `TrainingError` where it is another pack.
  func renewBase() throws(TrainingError) {
    guard request.isInPlace else { return }
    let now = try BasePack(request.pack)
    guard now.pack.hash == settings.base else {
      throw TrainingError(
        "\(printable(request.pack)): has changed since this part was begun, and stays as it is; put the old one back and give the same command again, or remove \(printable(workspace.path)) to begin anew")
    }
    base = now
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
