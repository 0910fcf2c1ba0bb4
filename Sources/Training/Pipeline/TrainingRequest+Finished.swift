internal import Files
internal import ModelPacks
internal import PrintableText
internal import StrictYAML

/// Whether there is anything left to do.
extension TrainingRequest {
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

  /// Whether what is asked for is there already: the pack, or in the pack its new part.
  ///
  /// - Throws: `TrainingError` when there is a pack, and it is not the one that is asked for.
  package func isFinished() throws -> Bool { try isInPlace ? isRenewed() : isMade() }

  private func isMade() throws -> Bool {
    guard try Self.isFinished(pack) else { return false }
    let remedy = from == nil ? "choose another -o, or remove it" : "choose another -o for the model that goes on from --from"
    func refusal(_ finding: String) -> TrainingError {
      TrainingError("\(printable(pack)): is there already, and \(finding); \(remedy)")
    }
    do throws(PackError) {
      _ = try ModelPack.load(pack, verification: .full)
    } catch {
      throw refusal("is damaged (\(error.description))")
    }
    let name = PackStage.settingsName(part)
    guard let text = try? readFile(Name(pack + "/" + name), limit: 1 << 20).bytes else {
      throw refusal("was not made by this command (it has no \(name))")
    }
    var settings = TrainingSettings()
    do {
      try settings.apply(try YAML.parse(text, file: printable(pack) + "/" + name))
    } catch {
      throw refusal("its settings cannot be read (\(error))")
    }
    // The folder of the training may be gone, wholly or in part: the pack is whole.
    let begun = (try? begun()) ?? nil
    let difference = try RequestComparison(request: self, settings: settings, hours: begun?.hours).difference()
    if let difference = try difference ?? otherPhotographs(begun) { throw refusal(difference) }
    return true
  }

  private func isRenewed() throws -> Bool {
    guard let known = try? ModelPack.load(pack, verification: .sizes) else { return false }
    guard let begun = try begun(), try begun.workspace.isFinished(known.hash) else { return false }
    guard let difference = try begun.difference(self) ?? otherPhotographs(begun) else { return true }
    throw TrainingError(
      "\(printable(pack)): has a new part already, and \(difference); to make it once more, remove \(printable(workspacePath))")
  }

  /// The training that made it, where its folder is still there.
  private func begun() throws -> BegunTraining? {
    guard (try? Folder(path: Name(workspacePath))) != nil else { return nil }
    return try BegunTraining(in: Workspace(path: workspacePath, patience: patience))
  }

  /// Whether the training's folder still tells of which photographs it was.
  package var knowsPhotographs: Bool { ((try? begun()) ?? nil) != nil }

  private func otherPhotographs(_ begun: BegunTraining?) throws -> String? {
    let list = try folder.map { path throws(TrainingError) in try PhotographList(folder: path) }
    guard let begun else { return nil }
    return begun.photographs.firstDifference(from: list).map { "these are other photographs than that training was begun with: \($0)" }
  }
}
