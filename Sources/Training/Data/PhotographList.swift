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
  /// Empty where the folder has no `labels.csv`.
  package let labels: LabelTable?
  let folder: Folder

  /// Files that are no photographs and mean something else here.
  private static let leftOut: Set<String> = ["labels.csv", "train.yaml", "train.yml"]

  /// Looks through a folder. Hidden files and links are left out, and so are packs and trainings that lie in it.
  ///
  /// - Throws: `TrainingError` when the folder cannot be read or its labels are wrong.
  package init(folder path: String) throws(TrainingError) {
    do throws(FileError) {
      let folder = try Folder(path: Name(path))
      var entries: [Entry] = []
      try Self.collect(folder, below: "", into: &entries, depth: 16)
      entries.sort { $0.path < $1.path }
      self.entries = entries
      self.folder = folder
    } catch {
      throw TrainingError(error)
    }
    labels = try Self.readLabels(folder)
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

  private static func collect(
    _ folder: Folder, below prefix: Name, into entries: inout [Entry], depth: Int
  ) throws(FileError) {
    for name in try folder.names() where !name.hasPrefix(".") {
      // What vanishes between the listing and the look is no photograph.
      guard let status = try folder.statusIfPresent(of: name) else { continue }
      let path = prefix.appending(name)
      switch status.kind {
      case .regular:
        if prefix.bytes.isEmpty, let text = name.string, leftOut.contains(text) { continue }
        entries.append(Entry(name: escaped(path.bytes), path: path, bytes: status.size))
      case .folder where depth > 0:
        let inner = try folder.folder(name)
        if try inner.contains(Name(PackFileName.description)) { continue }
        if try inner.contains(Workspace.lockName) { continue }
        try collect(inner, below: path, into: &entries, depth: depth - 1)
      default: continue
      }
    }
  }

  /// Reads a photograph's file.
  func read(_ entry: Entry, limit: Int) throws(FileError) -> FileContents {
    var folder = folder
    let parts = entry.path.bytes.split(separator: 0x2F).map { Name(bytes: Array($0)) }
    for part in parts.dropLast() { folder = try folder.folder(part) }
    return try folder.read(parts.last ?? entry.path, limit: limit)
  }
}
