package import Files
internal import Foundation
internal import PrintableText
internal import Synchronization

/// The state folder: one folder per job, each with its record, what was dropped and what is to be published.
package final class JobStore: Sendable {
  static let recordName: Name = "job.json"
  static let inputName: Name = "input"
  static let outputName: Name = "output"
  /// What a training keeps to go on.
  static let workName: Name = "training"
  /// A folder for each attempt of work outside of the daemon.
  static let attemptsName: Name = "attempts"
  /// An empty file: the job is in a worker's hands. Not part of the record, for a power cut may take it, which is worth
  /// no fsync: the job is then merely claimed.
  static let runningName: Name = "running"
  static let quarantineName: Name = "quarantine"
  static let requestsName: Name = "requests"
  static let statusName: Name = "status.json"
  static let lockName: Name = "lock"
  static let cancelledName: Name = "cancelled.json"
  /// What an executor keeps whose work is done on other machines.
  package static let remoteName: Name = "remote"
  static let recordLimit = 1 << 20
  private static let reserved: Set<Name> = [quarantineName, requestsName, statusName, lockName, cancelledName, remoteName, StateLease.fileName, "cache"]

  private struct Opened: ~Copyable {
    let root: Folder
    /// Held as long as the store lives: one service per state folder.
    let lock: RegularFile
  }

  private let path: String
  private let opened: Mutex<Opened>
  /// On a share, where the lock may not be seen by others; else nil.
  private let lease: Mutex<StateLease?>
  /// Opens when the lock is let go of, and another spool may serve the folder.
  let released = Latch()

  var root: Folder { opened.withLock { $0.root } }

  /// Opens a state folder and makes what is missing in it.
  ///
  /// - Parameter now: the time, for waiting.
  /// - Throws: kind *stop* when another process holds it.
  package init(path: String, _ rules: LeaseRules = LeaseRules(), now: () -> Moment = SpoolClock.system.now) throws(SpoolError) {
    let taken: StateLease.Taken?
    do throws(FileError) {
      let root = try makeFolders(Name(path))
      _ = try root.makeFolder(Self.quarantineName)
      _ = try root.makeFolder(Self.requestsName, mode: 0o770)
      opened = Mutex(Opened(root: root, lock: try Self.lock(root)))
      self.path = path
      let isShare = NetworkFileSystems.name(ofType: try root.fileSystemType()) != nil
      taken = isShare || rules.isEverywhere ? try StateLease.take(root, rules, now: now) : nil
    } catch where error.call == .lock && error.errno == EWOULDBLOCK {
      let holder = try? readFile(Name(path).appending(Self.lockName), limit: 64)  // only to name it
      let process = holder.map { " (process \(escaped($0.bytes.prefix { $0 != 0x0A })))" } ?? ""
      throw SpoolError("\(escaped(path)): another idinvert\(process) already serves this state folder; stop it first")
    } catch {
      throw SpoolError(error)
    }
    switch taken {
    case .mine(let mine): lease = Mutex(mine)
    case .others(let mark): throw SpoolError(Self.refusal(path, mark))
    case nil: lease = Mutex(nil)
    }
  }

  private static func refusal(_ path: String, _ mark: StateLease.Mark?) -> String {
    let holder = mark.map { " (\($0.holder))" } ?? ""
    return "\(escaped(path)): another idinvert\(holder) already serves this state folder; stop it first"
  }

  /// When `renewLease` is due; nil where there is none.
  var nextRenewal: Moment? { lease.withLock { $0?.next } }

  /// Gives a sign of life to those who look whether the state folder is served.
  ///
  /// - Returns: why this process must not serve it any more; nil where it may.
  /// - Throws: where that cannot be known now.
  func renewLease(_ now: Moment) throws(FileError) -> String? {
    let root = root
    return try lease.withLock { lease throws(FileError) in try lease?.renew(root, now: now) }.map { Self.refusal(path, $0) }
  }

  deinit {
    lease.withLock { [root] lease in lease?.release(root) }
    opened.withLock { $0.lock.unlock() }
    released.open()
  }

  private static func lock(_ root: Folder) throws(FileError) -> RegularFile {
    let file = try root.openLockFile(lockName)
    try file.lock()
    // Only for people and the message above: the lock itself is what counts.
    try root.createFile(lockName).write(Array("\(ProcessInfo.processInfo.processIdentifier)\n".utf8))
    return file
  }

  /// Opens the state folder by its path, and takes its lock, where what was open belongs to a mount that is gone.
  ///
  /// - Returns: whether it was opened.
  /// - Throws: kind *retry* as long as another folder is in its place: the one it is mounted on.
  func reopenIfLost() throws(FileError) -> Bool {
    do {
      _ = try root.status()
      return false
    } catch where error.isLostMount {
      let found = try Folder(path: Name(path))
      guard try found.contains(Self.requestsName), try found.contains(Self.lockName) else {
        throw FileError(.open, found.printablePath, "the state folder is away; mount it again", kind: .retry)
      }
      try opened.withLock { opened throws(FileError) in opened = Opened(root: found, lock: try Self.lock(found)) }
      return true
    }
  }

  /// The identifiers of all job folders, oldest first, and the names that are none of ours.
  func identifiers() throws(FileError) -> (jobs: [String], strangers: [Name]) {
    var jobs: [String] = []
    var strangers: [Name] = []
    for name in try root.names() where !Self.reserved.contains(name) && !name.hasPrefix(".") {
      if JobIdentifier.isValid(name), let id = name.string { jobs.append(id) } else { strangers.append(name) }
    }
    return (jobs.sorted(), strangers)
  }

  func folder(of id: String) throws(FileError) -> Folder {
    try root.folder(Name(id))
  }

  /// Makes the folder of a new job and puts its first record on disk. Nothing of the drop has moved yet.
  func create(_ record: JobRecord) throws(FileError) {
    let folder = try root.makeFolder(Name(record.id), exclusive: true)
    _ = try folder.makeFolder(Self.inputName)
    _ = try folder.makeFolder(Self.outputName)
    // Whole or not when the power fails: until all of this is on disk nothing moves, and a start removes the folder.
    try folder.write(Self.recordName, try bytes(of: record), durability: .none)
    var group = SyncGroup()
    try group.add(Self.recordName, in: folder)
    try group.add(folder)
    try group.add(root)
    try group.sync()
  }

  /// Replaces the record on disk.
  func write(_ record: JobRecord) throws(FileError) {
    try folder(of: record.id).write(Self.recordName, try bytes(of: record))
  }

  /// Replaces the record on disk, together with what must be there before the record says so. A power cut leaves the
  /// record as it was, or as it is now; `folder.sync()` makes sure of the latter.
  func write(_ record: JobRecord, in folder: Folder, after group: consuming SyncGroup) throws(FileError) {
    let draft = try folder.writeDraft(of: Self.recordName, try bytes(of: record))
    try group.add(draft, in: folder)
    try group.sync()
    try folder.placeDraft(of: Self.recordName)
  }

  private func bytes(of record: JobRecord) throws(FileError) -> [UInt8] {
    try encodeJSON(record, root.printablePath(of: Name(record.id).appending(Self.recordName)))
  }

  /// Reads a job's record and checks that it is one.
  ///
  /// - Throws: kind *retry* when it may be readable later, else *refuse*: damaged, newer, or another job's; ENODATA where
  ///   its content never came to disk.
  func record(of id: String) throws(FileError) -> JobRecord {
    let folder = try folder(of: id)
    let path = folder.printablePath(of: Self.recordName)
    let contents = try folder.read(Self.recordName, limit: Self.recordLimit)
    guard contents.bytes.contains(where: { $0 != 0 }) else { throw FileError(.read, path, errno: ENODATA) }
    guard let version = try? JSONDecoder().decode(FormatOnly.self, from: Data(contents.bytes)) else {  // said below
      throw FileError(.read, path, "it is not a job record: damaged or cut short")
    }
    guard version.format == JobRecord.currentFormat else {
      throw FileError(.read, path, "it has format \(version.format); this program knows \(JobRecord.currentFormat)")
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let record: JobRecord
    do {
      record = try decoder.decode(JobRecord.self, from: Data(contents.bytes))
    } catch {
      throw FileError(.read, path, "it is not a job record: damaged or cut short")
    }
    guard record.id == id else { throw FileError(.read, path, "it belongs to job '\(escaped(record.id))'") }
    guard record.name.isPlain, !record.entries.isEmpty, record.entries.allSatisfy(\.name.isPlain),
      record.subfolder.bytes.split(separator: 0x2F).allSatisfy({ Name(bytes: Array($0)).isPlain })
    else { throw FileError(.read, path, "it holds a name that leads elsewhere") }
    return record
  }

  private struct FormatOnly: Codable { var format: Int }

  /// Removes a job's folder; the record goes last, so that what is left always says what it is.
  func remove(_ id: String) throws(FileError) {
    guard try root.contains(Name(id)) else { return }
    let folder = try folder(of: id)
    for name in try folder.names() where name != Self.recordName { try folder.removeTree(name) }
    try folder.removeTree(Self.recordName)
    try root.removeFolder(Name(id))
  }

  /// Sets a job's folder aside, with all that is in it.
  func quarantine(_ id: String) throws(FileError) {
    let quarantine = try root.folder(Self.quarantineName)
    _ = try moveToFreeName(Name(id), from: root, to: quarantine, base: Name(id))
    try quarantine.sync()
    try root.sync()
  }
}

/// The value as JSON that a person can read, with a line end.
package func encodeJSON(_ value: some Encodable, _ path: String) throws(FileError) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.dateEncodingStrategy = .iso8601
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(value)) + [0x0A]
  } catch {
    throw FileError(.write, path, "it cannot be written as JSON: \(error.localizedDescription)")
  }
}

/// The folders of a spool are its group's too.
func makeFolders(_ path: Name) throws(FileError) -> Folder { try Folder.making(path, mode: 0o770) }
