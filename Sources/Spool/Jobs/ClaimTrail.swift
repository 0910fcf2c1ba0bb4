internal import Files

/// Tells, after an interruption, what became of an entry on its way between an inbox and a job's folder.
///
/// Device numbers are compared only with those of this moment, for they change with each mount. Inode numbers count where
/// the file system keeps them; elsewhere size, time and content do.
struct ClaimTrail {
  private let inbox: Folder
  private let input: Folder
  /// Whether a claim is a rename.
  private let isOneFileSystem: Bool
  private let keepsNumbers: Bool

  init(from inbox: Folder, to input: Folder) throws(FileError) {
    self.inbox = inbox
    self.input = input
    isOneFileSystem = try inbox.status().device == input.status().device
    keepsNumbers = NetworkFileSystems.keepsNumbers(ofType: try inbox.fileSystemType())
  }

  /// Whether it is still the file that settled.
  func matches(_ entry: JobEntry, _ status: FileStatus) -> Bool {
    if keepsNumbers, status.inode != entry.identity.inode { return false }
    return entry.role == .folder || (status.size == entry.size && status.modified == entry.modified)
  }

  /// Whether what the job has is the dropped file itself, and not a copy of it.
  func wasMoved(_ entry: JobEntry, _ taken: FileStatus) -> Bool {
    isOneFileSystem && keepsNumbers && taken.inode == entry.identity.inode
  }

  /// Whether the inbox still has the source of what the job has, unchanged.
  func isLeftBehind(_ entry: JobEntry, taken: FileStatus) throws(FileError) -> Bool {
    guard let source = try inbox.statusIfPresent(of: entry.name), try isSource(entry, taken: taken) else { return false }
    if source.identity == taken.identity || matches(entry, source) { return true }
    return try hasSameContent(entry)
  }

  /// Whether what the inbox has is the source of what the job has (or the other way round, where a drop is given back),
  /// and not a new drop of the same name.
  func isSource(_ entry: JobEntry, taken: FileStatus) throws(FileError) -> Bool {
    let source = try inbox.status(of: entry.name)
    if source.identity == taken.identity { return true }
    if wasMoved(entry, taken) { return false }
    if keepsNumbers, source.inode == entry.identity.inode { return true }
    return try hasSameContent(entry)
  }

  private func hasSameContent(_ entry: JobEntry) throws(FileError) -> Bool {
    try input.hasSameContent(entry.name, as: entry.name, in: inbox)
  }
}
