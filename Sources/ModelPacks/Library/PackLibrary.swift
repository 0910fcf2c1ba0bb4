import Files
import Foundation
import PrintableText
import StrictYAML

/// The packs of this machine.
///
/// Searched in this order, the first pack of a name winning:
/// 1. the configured folders, in their order;
/// 2. `../share/idinvert/models` beside the executable's folder: where an installation has them;
/// 3. `Models` of the source tree, when the executable runs from its `.build`.
package struct PackLibrary: Sendable {
  /// A folder with a `pack.yaml`.
  package struct Entry: Sendable {
    package let folder: String
    /// What the description says, or what is wrong with it.
    package let description: Result<PackDescription, PackError>
    /// The pack's hash; nil when the description cannot be read.
    package let hash: String?
  }

  /// Folders of packs, in the order of search.
  package let folders: [String]

  /// - Parameters:
  ///   - folders: the configured ones.
  ///   - executable: the running program; nil leaves out what is beside it.
  package init(folders: [String], executable: String? = PackLibrary.runningExecutable) {
    self.folders = folders + (executable.map { ProgramFiles.places(installed: "models", source: "Models", besideExecutable: $0) } ?? [])
  }

  /// The path of the running program.
  package static var runningExecutable: String? { ProgramFiles.runningExecutable }

  /// All packs, in the order of search, then of folders' names; those hidden by one of the same name included.
  package func entries() -> [Entry] {
    folders.flatMap { folder -> [Entry] in
      // A folder that does not exist or cannot be read has no packs; `find` says where it looked.
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.sorted().filter { !$0.hasPrefix(".") }.map { folder + "/" + $0 }.filter(Self.isPack).map(Self.entry)
    }
  }

  /// Finds a pack by its name; never a path. For names that come from an inbox.
  ///
  /// - Returns: the pack's folder.
  /// - Throws: `PackError` that lists the packs there are and where they were looked for.
  package func folder(ofPackNamed name: String) throws(PackError) -> String {
    let entries = entries()
    for entry in entries {
      if case .success(let description) = entry.description, description.name == name { return entry.folder }
    }
    for entry in entries {
      if case .failure(let error) = entry.description, entry.folder.split(separator: "/").last.map(String.init) == name
      {
        throw PackError(
          "pack \(quoted(name)) in \(printable(entry.folder)) cannot be used: \(error)")
      }
    }
    throw PackError("no pack is named \(quoted(name))" + remedy(for: name, entries))
  }

  /// Finds a pack by its name or, when the text has a `/`, by its folder. For a command line.
  package func folder(ofPack nameOrFolder: String) throws(PackError) -> String {
    guard nameOrFolder.contains("/") || nameOrFolder == "." || nameOrFolder == ".." else {
      return try folder(ofPackNamed: nameOrFolder)
    }
    guard Self.isPack(nameOrFolder) else {
      throw PackError("\(printable(nameOrFolder)): is no pack; it has no \(PackFileName.description)")
    }
    return nameOrFolder
  }

  /// Finds and loads a pack by name or folder.
  package func load(
    _ nameOrFolder: String, verification: ModelPack.Verification = .automatic
  ) throws(PackError) -> ModelPack {
    try ModelPack.load(folder(ofPack: nameOrFolder), verification: verification)
  }

  private func remedy(for name: String, _ entries: [Entry]) -> String {
    let places =
      folders.isEmpty
      ? "no folder of packs is configured" : "looked in " + folders.map(printable).joined(separator: ", ")
    var names: [String] = []
    for entry in entries {
      if case .success(let description) = entry.description, !names.contains(description.name) {
        names.append(description.name)
      }
    }
    guard !names.isEmpty else { return "; there are no packs (\(places))" }
    return Suggestion.clause(for: name, in: names) + "; there are: " + names.joined(separator: ", ") + " (\(places))"
  }

  private static func isPack(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/" + PackFileName.description)
  }

  private static func entry(_ folder: String) -> Entry {
    do {
      let read = try PackDescription.read(folder: folder)
      return Entry(folder: folder, description: .success(read.document), hash: read.hash)
    } catch {
      return Entry(folder: folder, description: .failure(error), hash: nil)
    }
  }
}
