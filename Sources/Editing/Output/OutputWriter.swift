package import Files

/// Where a job's results go. Paths are relative, with `/` between folders, which are made as needed.
package protocol OutputWriter {
  func write(_ path: String, _ bytes: [UInt8]) throws
}

/// Writes below a folder on disk. Durability is for whoever publishes the folder.
package final class FolderWriter: OutputWriter {
  private let root: Folder
  private var folders: [String: Folder] = [:]

  package init(_ folder: Folder) {
    root = folder
  }

  package func write(_ path: String, _ bytes: [UInt8]) throws {
    var parts = path.split(separator: "/").map(String.init)
    guard let name = parts.popLast() else { return }
    do {
      try folder(parts).write(Name(name), bytes, durability: .none)
    } catch {
      throw EditingError(error.kind == .refuse ? .refuse : .retry, error.message)
    }
  }

  private func folder(_ parts: [String]) throws(FileError) -> Folder {
    var folder = root
    var path = ""
    for part in parts {
      path += part + "/"
      if let known = folders[path] {
        folder = known
      } else {
        folder = try folder.makeFolder(Name(part))
        folders[path] = folder
      }
    }
    return folder
  }
}

/// Hands paths on and remembers them, so that no file of a job can replace another one.
final class OutputRecord {
  private let writer: any OutputWriter
  private(set) var paths: [String] = []
  private var taken: Set<FoldedName> = []

  init(_ writer: any OutputWriter) {
    self.writer = writer
  }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    try writer.write(path, bytes)
    paths.append(path)
    // A file system may ignore case.
    taken.insert(Name(path).folded)
    if let folder = path.split(separator: "/").first, folder.count < path.count { taken.insert(Name(String(folder)).folded) }
  }

  /// Whether a name in the results' folder is in use, in whatever case.
  func isTaken(_ path: String) -> Bool { taken.contains(Name(path).folded) }
}
