internal import Files
internal import Foundation
internal import Glibc

/// The transitions of a job, one function each. All of them can be repeated after an interruption at any call: what is
/// left to do is read from the record and from where the files are.
struct JobSteps: Sendable {
  let store: JobStore
  let configuration: SpoolConfiguration
  let clock: SpoolClock

  /// claimed → running: the job is in a worker's hands.
  func start(_ record: JobRecord) throws(FileError) -> JobRecord {
    _ = try store.folder(of: record.id).createFile(JobStore.runningName)
    var record = record
    record.state = .running
    record.started = clock.date()
    record.nextAttempt = nil
    return record
  }

  /// Whether the process that last had the job ended while it ran.
  func wasRunning(_ record: JobRecord) throws(FileError) -> Bool {
    guard record.state == .claimed else { return record.state == .running }
    return try store.folder(of: record.id).contains(JobStore.runningName)
  }

  /// running → claimed: the service stops, the job goes on later.
  func release(_ record: JobRecord) throws(FileError) -> JobRecord {
    var record = record
    record.state = .claimed
    record.crashes = 0
    try stopRunning(record)
    return record
  }

  /// running → claimed, with a pause: something failed that may pass.
  func delay(_ record: JobRecord, reason: String) throws(FileError) -> JobRecord {
    let record = delayed(record, reason: reason)
    try stopRunning(record)
    return record
  }

  /// Takes the mark away and puts the record on disk; in this order, so that a stop between them is no crash of the job.
  func stopRunning(_ record: JobRecord) throws(FileError) {
    let job = try store.folder(of: record.id)
    if try job.contains(JobStore.runningName) { try job.remove(JobStore.runningName) }
    try store.write(record)
  }

  /// The record of a job that tries again after a pause.
  func delayed(_ record: JobRecord, reason: String) -> JobRecord {
    var record = record
    if record.state == .running { record.state = .claimed }
    record.reason = reason
    _ = record.backOff(at: clock.date())
    return record
  }

  /// The folder a job was dropped in.
  func dropFolder(of record: JobRecord) throws(FileError) -> Folder {
    var folder = try Folder(path: Name(record.inbox))
    for component in record.subfolder.components { folder = try folder.folder(component) }
    return folder
  }

  /// The same; nil where the inbox is there and the subfolder is not, renamed or removed by somebody.
  func dropFolderIfPresent(of record: JobRecord) throws(FileError) -> Folder? {
    let inbox = try Folder(path: Name(record.inbox))
    guard !record.subfolder.components.isEmpty else { return inbox }
    do {
      return try dropFolder(of: record)
    } catch where error.errno == ENOENT || error.errno == ENOTDIR {
      return nil
    }
  }
}

extension Name {
  /// The names between the slashes.
  var components: [Name] {
    bytes.split(separator: 0x2F).map { Name(bytes: Array($0)) }
  }
}
