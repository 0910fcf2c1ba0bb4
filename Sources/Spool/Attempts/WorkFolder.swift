package import Files
internal import Glibc

/// The folder of one attempt, `attempts/NUMBER` in a job's folder: all that passes between the daemon and whoever works.
///
/// The daemon writes `task.json`, and `cancel` where the attempt is to end. The worker writes the rest, and nothing
/// anywhere else: `begun` first, `answer.json` last.
package struct WorkFolder: Sendable {
  /// What is to be done.
  package static let taskName: Name = "task.json"
  /// A file whose being there asks the worker to end.
  package static let cancelName: Name = "cancel"
  /// Made once, exclusively: whoever comes second does nothing.
  package static let begunName: Name = "begun"
  /// How far it is, for people to see.
  package static let progressName: Name = "progress.json"
  /// The result in the making.
  package static let resultName: Name = "work"
  /// Finished inversions, by their key in the cache.
  package static let codesName: Name = "codes"
  /// The saved state of the work.
  package static let checkpointName: Name = "checkpoint"
  /// What became of it; written last.
  package static let answerName: Name = "answer.json"

  private static let taskLimit = 4 << 20
  private static let answerLimit = 16 << 20

  package let folder: Folder

  package init(_ folder: Folder) {
    self.folder = folder
  }

  /// Opens a work folder by its path.
  package init(path: Name) throws(FileError) {
    folder = try Folder(path: path)
  }

  /// Whether an error says that the folder is gone: the job was given up, or answered otherwise.
  package static func isGone(_ error: FileError) -> Bool { error.errno == ENOENT || error.errno == ESTALE }

  // MARK: The daemon's part

  /// Asks the worker to end.
  package func cancel() throws(FileError) {
    try folder.createFile(Self.cancelName).close()
  }

  /// The answer; nil as long as there is none.
  ///
  /// The folder is listed before a name is looked for: a share asks its server then, and not its memory.
  ///
  /// - Throws: kind *refuse* where it is no answer that this program knows.
  package func answer() throws(FileError) -> WorkAnswer? {
    guard try folder.names().contains(Self.answerName) else { return nil }
    let bytes = try folder.read(Self.answerName, limit: Self.answerLimit).bytes
    guard let answer = WorkAnswer(json: bytes) else {
      throw FileError(.read, folder.printablePath(of: Self.answerName), "it is no answer that this program knows")
    }
    return answer
  }

  /// How far the worker is; nil where it has not said, or where that cannot be read just now.
  package func progress() -> WorkProgress? {
    // Only shown: whatever is wrong with it, the next one is better.
    guard let contents = try? folder.read(Self.progressName, limit: 1 << 16) else { return nil }
    return WorkProgress(json: contents.bytes)
  }

  /// The finished inversions that came with the answer.
  package func codes() throws(FileError) -> Folder { try folder.folder(Self.codesName) }

  /// Whether a worker has it, or had it.
  package func hasBegun() throws(FileError) -> Bool { try folder.names().contains(Self.begunName) }

  // MARK: The worker's part

  package func hasTask() throws(FileError) -> Bool { try folder.names().contains(Self.taskName) }

  /// The bytes of the task.
  package func task() throws(FileError) -> [UInt8] {
    try folder.read(Self.taskName, limit: Self.taskLimit).bytes
  }

  /// Takes the attempt.
  ///
  /// - Parameter worker: random text that only this call of this process knows.
  /// - Returns: false where another worker has it.
  package func begin(_ worker: String) throws(FileError) -> Bool {
    do throws(FileError) {
      let file = try folder.createFile(Self.begunName, exclusive: true)
      try file.write(Array((worker + "\n").utf8))
      try file.sync()
      try file.close()
      return true
    } catch where error.errno == EEXIST {
      // On a share the call may have been made twice, and the first reply lost.
      return try folder.read(Self.begunName, limit: 1 << 12).bytes == Array((worker + "\n").utf8)
    }
  }

  /// Where a path of the task leads: it begins here, or at the root.
  package func place(of path: Name) -> Name { path.hasPrefix("/") ? path : folder.path.appending(path) }

  /// The state to go on from; nil where there is none that is whole.
  ///
  /// - Parameter path: the folder it lies in: a path that begins here, or at the root.
  package func checkpoint(at path: Name) -> [UInt8]? {
    // One that cannot be read costs time, nothing else.
    (try? Checkpoint.load(in: Folder(path: place(of: path)))) ?? nil
  }

  /// Whether the daemon asks for the end.
  package func isCancelled() throws(FileError) -> Bool { try folder.contains(Self.cancelName) }

  /// The folder whose content becomes the result.
  package func result() throws(FileError) -> Folder { try folder.makeFolder(Self.resultName) }

  /// Tells how far the work is.
  package func tell(_ progress: WorkProgress) throws(FileError) {
    let bytes = try encodeJSON(progress, folder.printablePath(of: Self.progressName))
    try folder.write(Self.progressName, bytes, durability: .none)
  }

  /// Puts the state of the work on disk, for the next attempt.
  package func saveCheckpoint(_ bytes: [UInt8]) throws(FileError) {
    try Checkpoint.save(bytes, in: folder)
  }

  /// Keeps a finished inversion for the daemon's cache. Losing it costs time only.
  package func keepCode(_ bytes: [UInt8], for key: String) throws(FileError) {
    try folder.makeFolder(Self.codesName).write(Name(key), bytes, durability: .none)
  }

  /// Ends the attempt: all files of the result get on disk, then the answer that names them, whole.
  ///
  /// - Parameter answer: its lists of files and codes are filled in here.
  package func finish(_ answer: WorkAnswer) throws(FileError) {
    var answer = answer
    var group = SyncGroup()
    let names = try folder.names()
    if names.contains(Self.resultName), answer.end == .done {
      let result = try folder.folder(Self.resultName)
      answer.files = try WorkAnswer.files(in: result)
      try group.addTree(result)
    }
    if names.contains(Self.codesName) {
      let codes = try folder.folder(Self.codesName)
      answer.codes = try WorkAnswer.files(in: codes)
      try group.addTree(codes)
    }
    let bytes = try encodeJSON(answer, folder.printablePath(of: Self.answerName))
    let draft = try folder.writeDraft(of: Self.answerName, bytes)
    try group.add(draft, in: folder)
    // The names in it, before the answer has its own.
    try group.add(folder)
    try group.sync()
    try folder.placeDraft(of: Self.answerName)
    try folder.sync()
  }
}
