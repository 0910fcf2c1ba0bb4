internal import Files

/// An answer of ours that lies in an outbox.
struct Answer {
  /// Below the folder that was looked through.
  var path: Name
  /// The folder it lies in.
  var parent: Folder
  var folder: Folder
  var marker: ResultMarker

  var name: Name { path.components.last ?? path }

  private static let removedStart: Name = ".removed-"

  /// Removes it, under a hidden name first: nobody sees it half-removed.
  ///
  /// - Parameter folder: where it is hidden, on the same file system.
  func remove(hiddenIn folder: Folder) throws(FileError) {
    let hidden = Self.hiddenName(of: name)
    try folder.removeTree(hidden)
    try parent.move(name, to: folder, as: hidden)
    try folder.removeTree(hidden)
  }

  /// Ends removals that were interrupted.
  ///
  /// - Returns: the names under which the answers were hidden.
  @discardableResult
  static func endRemovals(in folder: Folder) throws(FileError) -> [Name] {
    let names = try folder.names().filter { $0.bytes.starts(with: removedStart.bytes) }
    for name in names { try folder.removeTree(name) }
    return names
  }

  static func hiddenName(of name: Name) -> Name {
    removedStart + (name.string.map { String($0.prefix(50)) } ?? hexadecimal(name.bytes.prefix(50)))
  }

  /// The deepest that an inbox is followed, and one more for the folder of failures.
  private static let depth = 18

  /// Every answer in a folder and in those below it. What lies in answers is not looked at, nor what cannot be opened.
  ///
  /// - Parameter skipped: a name that is left out at the top.
  static func all(in folder: Folder, skipping skipped: Name? = nil) throws(FileError) -> [Answer] {
    var answers: [Answer] = []
    try add(from: folder, names: try folder.names().filter { $0 != skipped }, below: Name(bytes: []), to: &answers)
    return answers
  }

  private static func add(
    from folder: Folder, names: [Name], below path: Name, to answers: inout [Answer]
  ) throws(FileError) {
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = path.appending(name)
      do throws(FileError) {
        guard let status = try folder.statusIfPresent(of: name), status.kind == .folder else { continue }
        let inner = try folder.folder(name)
        if let marker = try ResultMarker.read(in: inner) {
          answers.append(Answer(path: path, parent: folder, folder: inner, marker: marker))
        } else if path.components.count < depth {
          try add(from: inner, names: try inner.names(), below: path, to: &answers)
        }
      } catch where error.kind == .refuse {
        continue  // somebody else's
      }
    }
  }
}
