internal import Files
internal import ModelPacks
internal import PrintableText

/// The files of a folder of photographs, found in any structure of subfolders.
package struct PhotographList: Sendable {
  package struct Entry: Sendable, Equatable {
    /// The path within the folder, made safe to print.
    package let name: String
    let path: Name
    package let bytes: Int64
  }

  /// In the order of their paths' bytes.
  package let entries: [Entry]
  /// What is no photograph by what it is, with the reason.
  let leftOut: [PreparedPhotographs.Refusal]
  /// How many names that begin with a point were passed over.
  let hidden: Int
  /// nil where the folder has no `labels.csv`.
  package let labels: LabelTable?
  let folder: Folder

  /// Files that are no photographs and mean something else here.
  private static let notPhotographs: Set<String> = ["labels.csv", "train.yaml", "train.yml"]

  /// Looks through a folder. Hidden files are passed over; links, packs and trainings that lie in it are left out.
  ///
  /// - Throws: `TrainingError` when the folder cannot be read or its labels are wrong.
  package init(folder path: String) throws(TrainingError) {
    do throws(FileError) {
      let folder = try Folder(path: Name(path))
      var found = Found()
      try Self.collect(folder, below: "", into: &found, depth: 16)
      entries = found.entries.sorted { $0.path < $1.path }
      leftOut = found.leftOut.sorted { $0.name < $1.name }
      hidden = found.hidden
      self.folder = folder
    } catch {
      throw TrainingError(error)
    }
    labels = try Self.readLabels(folder)
    guard let labels, !labels.rows.isEmpty else { return }
    let (unmatched, first) = unmatchedLabels
    if let first, unmatched == labels.rows.count {
      throw TrainingError(
        "\(folder.printablePath(of: "labels.csv")): none of its \(unmatched) names is that of a file, the first is \(first); its column 'file' has paths within the folder, such as \(entries.first?.name ?? "a.jpg")")
    }
  }

  /// How many lines of the labels belong to no file, and the first of them.
  var unmatchedLabels: (count: Int, first: String?) {
    let names = Set((labels?.rows ?? [:]).keys).subtracting(entries.map(\.name))
    return (names.count, names.min().map { printable($0) })
  }

  private static func readLabels(_ folder: Folder) throws(TrainingError) -> LabelTable? {
    let contents: FileContents
    do throws(FileError) {
      guard try folder.contains("labels.csv") else { return nil }
      contents = try folder.read("labels.csv", limit: 256 << 20)
    } catch {
      throw TrainingError(error)
    }
    return try LabelTable(contents.bytes, name: folder.printablePath(of: "labels.csv"))
  }

  private struct Found {
    var entries: [Entry] = []
    var leftOut: [PreparedPhotographs.Refusal] = []
    var hidden = 0
  }

  private static func collect(
    _ folder: Folder, below prefix: Name, into found: inout Found, depth: Int
  ) throws(FileError) {
    for name in try folder.names() {
      if name.hasPrefix(".") {
        found.hidden += 1
        continue
      }
      // What vanishes between the listing and the look is no photograph.
      guard let status = try folder.statusIfPresent(of: name) else { continue }
      let path = prefix.appending(name)
      func leaveOut(_ reason: String) { found.leftOut.append(.init(name: escaped(path.bytes), reason: reason)) }
      switch status.kind {
      case .regular:
        if prefix.bytes.isEmpty, let text = name.string, notPhotographs.contains(text) { continue }
        found.entries.append(Entry(name: escaped(path.bytes), path: path, bytes: status.size))
      case .folder where depth > 0:
        let inner = try folder.folder(name)
        if try inner.contains(Name(PackFileName.description)) {
          leaveOut("is a pack")
        } else if try inner.contains(Workspace.lockName) {
          leaveOut("is what a training needs to go on")
        } else {
          try collect(inner, below: path, into: &found, depth: depth - 1)
        }
      case .folder: leaveOut("lies too deep; 16 folders in each other are looked into")
      case .symbolicLink: leaveOut("is a link, and links are not followed; put the photograph itself there")
      default: leaveOut("is neither a file nor a folder")
      }
    }
  }

  /// What a folder and its `labels.csv` say of a photograph.
  func labels(of entry: Entry) -> [String: String] {
    var labels = labels?.rows[entry.name] ?? [:]
    if let slash = entry.name.lastIndex(of: "/") { labels["folder"] = String(entry.name[..<slash]) }
    return labels
  }

  /// Reads a photograph's file.
  func read(_ entry: Entry, limit: Int) throws(FileError) -> FileContents {
    var folder = folder
    let parts = entry.path.bytes.split(separator: 0x2F).map { Name(bytes: Array($0)) }
    for part in parts.dropLast() { folder = try folder.folder(part) }
    return try folder.read(parts.last ?? entry.path, limit: limit)
  }
}
