package import Files

/// What a name says about a dropped file.
package enum NameClass: Sendable, Equatable {
  case ignored
  case image
  case sidecar
  case other
}

/// The rules by which names are told apart.
package struct NameRules: Sendable {
  package var imageExtensions: Set<String>
  private let ignored: [NamePattern]

  /// - Parameter ignoring: patterns of names that are left alone without a word, beside all that begin with a dot.
  package init(imageExtensions: Set<String>, ignoring patterns: [String] = NameRules.ignoredByDefault) {
    self.imageExtensions = imageExtensions
    ignored = patterns.map(NamePattern.init)
  }

  /// What other programs leave beside people's files.
  package static let ignoredByDefault = [
    // Not written to the end yet.
    "~$*", "*~", "*.part", "*.partial", "*.tmp", "*.crdownload", "*.filepart", "*.download",
    // Previews and settings of file managers.
    "Thumbs.db", "ehthumbs.db", "desktop.ini", "@eaDir",
    // Waste baskets.
    "#recycle", "@Recycle", "$RECYCLE.BIN", "RECYCLER", "Network Trash Folder",
    // Folders of systems and archives.
    "#snapshot", "@Recently-Snapshot", "@tmp", "lost+found", "System Volume Information", "Temporary Items", "__MACOSX",
    // Conflict copies: Nextcloud and Dropbox, Syncthing, ownCloud.
    "*conflicted copy*", "*.sync-conflict-*", "*_conflict-????????-*",
  ]

  static let sidecarExtensions = ["yaml", "yml"]
  /// What editors add to the name of a text.
  private static let textExtensions = ["txt", "text"] + sidecarExtensions

  package func classify(_ name: Name) -> NameClass {
    if name.hasPrefix(".") { return .ignored }
    let prepared = NamePattern.prepared(name)
    if ignored.contains(where: { $0.matches(prepared) }) { return .ignored }
    let suffix = name.stemAndExtension.extension
    if Self.sidecarExtensions.contains(suffix) { return misnamedSidecar(name) == nil ? .sidecar : .other }
    return imageExtensions.contains(suffix) ? .image : .other
  }

  /// The part of a sidecar's name that says whose it is: `apple.jpg` of `apple.jpg.yaml`, `apple` of `apple.yaml`.
  func sidecarBase(_ name: Name) -> Name { name.stemAndExtension.stem }

  /// The name a sidecar should have that an editor saved as `apple.jpg.yaml.txt`; nil for other names.
  package func misnamedSidecar(_ name: Name) -> Name? {
    let (stem, suffix) = name.stemAndExtension
    guard Self.textExtensions.contains(suffix), Self.sidecarExtensions.contains(stem.stemAndExtension.extension) else {
      return nil
    }
    return misnamedSidecar(stem) ?? stem
  }

  private static let editingFiles: [Name] = ["job.yaml", "job.yml"]
  private static let trainingFiles: [Name] = ["train.yaml", "train.yml"]

  /// Which of a folder's files is the description that makes it a job: of edits, or of a training.
  package func jobFile(among names: [Name]) -> NameMatch {
    let edits = Self.first(of: Self.editingFiles, among: names), training = Self.first(of: Self.trainingFiles, among: names)
    if let edit = edits.name, let training = training.name { return .ambiguous([edit, training]) }
    return edits == .none ? training : edits
  }

  /// Whether a description asks for a training.
  package func isTraining(_ jobFile: Name) -> Bool { Self.first(of: Self.trainingFiles, among: [jobFile]) != .none }

  private static func first(of wanted: [Name], among names: [Name]) -> NameMatch {
    for name in wanted {
      let match = NameMatch(name, among: names)
      if match != .none { return match }
    }
    return .none
  }

  /// Why a folder's description is not clear; nil where it is, or there is none.
  func doubt(among names: [Name]) -> String? {
    guard case .ambiguous(let found) = jobFile(among: names) else { return nil }
    if found.contains(where: isTraining), !found.allSatisfy(isTraining) {
      return found.map(\.description).joined(separator: " and ") + " are both there; a folder is one job: leave one of them"
    }
    return "its description could be " + found.map(\.description).joined(separator: " or ") + "; leave one of them"
  }

  /// The file in a folder that an editor saved under another name than `job.yaml`, and the name it should have.
  func misnamedJobFile(among names: [Name]) -> (found: Name, meant: Name)? {
    for name in names.sorted() {
      if let meant = misnamedSidecar(name), jobFile(among: [meant]) != .none { return (name, meant) }
    }
    return nil
  }

  /// The name of the result: an image without its extension, a sidecar without its own and its image's.
  package func jobName(of name: Name) -> Name {
    var (stem, suffix) = name.stemAndExtension
    if Self.sidecarExtensions.contains(suffix) {
      let inner = stem.stemAndExtension
      if imageExtensions.contains(inner.extension) { (stem, suffix) = inner }
    }
    return stem
  }
}
