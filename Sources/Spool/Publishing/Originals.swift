internal import Files

/// Where an answer keeps what was dropped: a file beside the results where nothing of ours is named like it, else in
/// `originals`, and where even there another one has that name in other letters, in `originals (2)`. A job folder is
/// `originals` itself. The one place that knows.
struct Originals {
  let answer: Folder

  /// The folders of originals, in the order in which they are filled.
  func folders() throws(FileError) -> [Name] {
    var folders: [Name] = []
    let names = try answer.names()
    for number in 1... {
      let name = AnswerNames.originals(number)
      guard names.contains(name) else { break }
      folders.append(name)
    }
    return folders
  }

  /// Where a file that is to come goes: the answer itself, or a folder in it, made if needed.
  func place(for name: Name) throws(FileError) -> Folder {
    let taken = try answer.names()
    if !AnswerNames.isReserved(name), NameMatch(name, among: taken) == .none { return answer }
    for number in 1... {
      let folder = try answer.makeFolder(AnswerNames.originals(number))
      if NameMatch(name, among: try folder.names()) == .none { return folder }
    }
    return answer
  }

  /// The name under which a job folder comes.
  func nameForFolder() throws(FileError) -> Name { AnswerNames.originals(try folders().count + 1) }

  /// The folder that came last as a job folder; nil where there is none.
  func jobFolder() throws(FileError) -> Name? { try folders().last }

  /// Where an original is; nil where it is not. What is beside the results under its name is a result where it is in one
  /// of the folders. By exact letters: some file systems find others too.
  ///
  /// - Parameter isFailure: an answer without results; older versions kept everything beside the reason there.
  func find(_ name: Name, isFailure: Bool = false) throws(FileError) -> Folder? {
    for folder in try folders().reversed() {
      let inner = try answer.folder(folder)
      if try inner.names().contains(name) { return inner }
    }
    guard isFailure || !AnswerNames.isReserved(name) else { return nil }
    return try answer.names().contains(name) ? answer : nil
  }
}
