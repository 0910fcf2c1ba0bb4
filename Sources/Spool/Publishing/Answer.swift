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
