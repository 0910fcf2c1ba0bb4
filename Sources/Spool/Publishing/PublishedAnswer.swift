package import Files

/// An answer that lies in an outbox, for those who show what is there.
package struct PublishedAnswer: Sendable {
  /// Below the outbox.
  package let path: Name
  package let folder: Folder
  package let isFailure: Bool
  /// Nanoseconds since 1970 when it was made.
  package let made: Int64

  /// One answer by its path; nil where there is none of ours.
  ///
  /// - Parameter path: below the outbox.
  package init?(_ path: Name, in outbox: Folder) throws(FileError) {
    var folder = outbox
    for component in path.components {
      guard let status = try folder.statusIfPresent(of: component), status.kind == .folder else { return nil }
      folder = try folder.folder(component)
    }
    guard let marker = try ResultMarker.read(in: folder) else { return nil }
    try self.init(path, folder, marker)
  }

  private init?(_ path: Name, _ folder: Folder, _ marker: ResultMarker) throws(FileError) {
    guard let made = try folder.statusIfPresent(of: AnswerNames.marker)?.modified else { return nil }
    self.path = path
    self.folder = folder
    isFailure = marker.isFailure
    self.made = made
  }

  /// All of an outbox, also those below folders and the failures.
  package static func all(in outbox: Folder) throws(FileError) -> [PublishedAnswer] {
    var answers: [PublishedAnswer] = []
    for answer in try Answer.all(in: outbox) {
      if let published = try PublishedAnswer(answer.path, answer.folder, answer.marker) { answers.append(published) }
    }
    return answers
  }
}
