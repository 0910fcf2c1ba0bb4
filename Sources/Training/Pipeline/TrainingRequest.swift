internal import Files
package import Images
internal import ModelPacks
internal import PrintableText
package import StrictYAML

/// What somebody asks for.
package struct TrainingRequest: Sendable {
  /// Photographs; nil for none, which boundaries alone can do without.
  package var folder: String?
  /// Where the pack comes to lie; it must not exist yet.
  package var pack: String
  package var resolution: Int?
  package var images: Int?
  package var hours: Double?
  package var seed: Int?
  /// A pack from which it continues.
  package var from: String?
  /// nil makes everything.
  package var part: TrainingPart?
  /// The pack that has the other parts.
  package var base: String?
  /// nil trains one, or keeps the base pack's.
  package var perceptual: GivenPerceptual?
  /// Settings that replace the chosen ones.
  package var overrides: YAMLValue?
  /// The folder for what it needs to go on; nil for the one beside the pack.
  package var workspace: String?
  /// What it may need of memory; nil for what the machine has.
  package var memoryLimit: Int?
  /// Seconds between two checkpoints.
  package var checkpointSeconds = 120.0
  /// Asked before what a later start goes by, or the pack, is written; throws where another process has this training by now.
  package var mayWrite: @Sendable () throws(TrainingError) -> Void = {}
  /// Seconds that another process which trains the same pack is waited for.
  package var patience = 0.0
  /// What decodes the photographs.
  package let decoder: any PictureDecoding

  package init(folder: String?, pack: String, decoder: any PictureDecoding) {
    self.folder = folder
    self.pack = pack
    self.decoder = decoder
  }

  /// Whether a pack lies there.
  ///
  /// - Throws: `TrainingError` when there is something else.
  package static func isFinished(_ path: String) throws(TrainingError) -> Bool {
    do throws(FileError) {
      let folder = try Folder(path: Name(path))
      if try folder.contains(Name(PackFileName.description)) { return true }
    } catch {
      // Nothing there, as it should be.
      if error.call == .open, error.finding.hasSuffix("does not exist") {
        if let (parent, last) = try? Workspace.split(path), (try? parent.contains(last)) == true {
          throw TrainingError("\(printable(path)): is a link that leads nowhere; choose another -o")
        }
        return false
      }
      throw TrainingError(error)
    }
    throw TrainingError("\(printable(path)): is a folder, and no pack; choose another -o")
  }

  /// Whether the base pack itself gets the new part.
  package var isInPlace: Bool { base == pack }

  /// Whether the pack got its new part from this training already.
  ///
  /// - Throws: `TrainingError` when it did from other photographs or with other options.
  package func isRenewed() throws -> Bool {
    guard isInPlace, let known = try? ModelPack.load(pack, verification: .sizes) else { return false }
    let workspace = try Workspace(path: workspacePath)
    guard try workspace.isFinished(known.hash), let text = try workspace.read(TrainingRun.settingsName) else { return false }
    var difference = TrainingRun.difference(self, try TrainingRun.settings(text, in: workspace))
    let list = try folder.map { path throws(TrainingError) in try PhotographList(folder: path) }
    if let photographs = try TrainingRun.photographs(in: workspace), photographs.firstDifference(from: list?.entries ?? []) != nil {
      difference = "these are other photographs than this training was begun with"
    }
    guard let difference else { return true }
    throw TrainingError(
      "\(printable(pack)): has a new part already, and \(difference); to make it once more, remove \(printable(workspacePath))")
  }

  /// What it needs to go on: chosen, or beside the pack; of a part, beside that of the whole.
  package var workspacePath: String {
    if let workspace { return workspace }
    var path = pack
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path + (part.map { ".\($0.rawValue)" } ?? "") + ".training"
  }
}

/// A part of a model that can be trained by itself, for a pack that has the others.
package enum TrainingPart: String, Sendable, CaseIterable {
  case generator
  case perceptual
  /// Both encoders: the domain-guided one and the paper's baseline.
  case encoder
  case boundaries
}
