internal import Files
internal import PrintableText

/// The failures that lie in an outbox, those of subfolders too.
struct Failures {
  /// By their paths below the folder of failures: `bad`, or `card/100CANON/bad`.
  var items: [Answer]

  /// Looks through the folder of failures; what is none of ours is left out.
  init(in outbox: Folder) throws(FileError) {
    guard try outbox.contains(AnswerNames.failed) else {
      items = []
      return
    }
    items = try Answer.all(in: try outbox.folder(AnswerNames.failed)).filter(\.marker.isFailure)
  }

  /// Finds the failure that a person means by its path, or by its folder's name alone.
  ///
  /// - Returns: nil where there is none.
  /// - Throws: kind *refuse* where several could be meant.
  func find(_ wanted: Name) throws(FileError) -> Answer? {
    func key(_ item: Answer) -> Name {
      wanted.components.count > 1 ? item.path : item.path.components.last ?? item.path
    }
    let match = NameMatch(wanted, among: items.map(key))
    if let doubt = match.doubt { throw FileError(.open, wanted.description, doubt) }
    guard let name = match.name else { return nil }
    let found = items.filter { key($0) == name }
    // One at the top has the name alone.
    if let top = found.first(where: { $0.path == name }) { return top }
    guard found.count == 1 else {
      let paths = found.map { "'\($0.path)'" }.joined(separator: " or ")
      throw FileError(.open, wanted.description, "could mean \(paths); write it with its folder")
    }
    return found[0]
  }

  /// What to add to a refusal.
  func suggestion(for wanted: Name) -> String {
    guard let word = wanted.string else { return "" }
    let names = items.compactMap(\.path.string) + items.compactMap { $0.path.components.last?.string }
    return Suggestion.clause(for: word, in: names.sorted())
  }
}
