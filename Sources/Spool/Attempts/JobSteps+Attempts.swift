internal import Files
internal import Glibc

extension JobSteps {
  /// The folder with the files of a drop; a job folder itself.
  func inputFolder(of record: JobRecord) throws(FileError) -> Folder {
    if record.isInPlace { return try dropFolder(of: record).folder(record.inPlaceName) }
    let input = try store.folder(of: record.id).folder(JobStore.inputName)
    guard record.isFolder, let entry = record.entries.first else { return input }
    return try input.folder(entry.name)
  }

  /// The folder of an attempt.
  func folder(of mark: AttemptMark, _ record: JobRecord) throws(FileError) -> WorkFolder {
    WorkFolder(try store.folder(of: record.id).folder(JobStore.attemptsName).folder(Name(String(mark.number))))
  }

  /// Makes the folder of a new attempt with its task, then the record that names it. From then on no earlier attempt
  /// counts, and all of it is on disk, so that what is started next can be found again.
  func newAttempt(
    _ old: JobRecord, executor: String, notes: [String: String], task: (AttemptMark) throws(FileError) -> [UInt8]
  ) throws(FileError) -> (record: JobRecord, folder: WorkFolder) {
    let mark = AttemptMark(number: (old.attempt?.number ?? 0) + 1)
    let job = try store.folder(of: old.id)
    let attempts = try job.makeFolder(JobStore.attemptsName)
    let name = Name(String(mark.number))
    // Made, and never recorded: nobody was told of it.
    try attempts.removeTree(name)
    let folder = try attempts.makeFolder(name, exclusive: true)
    try folder.write(WorkFolder.taskName, try task(mark), durability: .none)
    var group = SyncGroup()
    try group.add(WorkFolder.taskName, in: folder)
    try group.add(folder)
    try group.add(attempts)
    var record = old
    record.attempt = AttemptRecord(number: mark.number, token: mark.token, executor: executor, notes: notes)
    try store.write(record, in: job, after: group)
    try job.sync()
    return (record, WorkFolder(folder))
  }

  /// Gives up the attempt that counts, if any: what it is still going to do is never looked at.
  func giveUpAttempt(_ record: JobRecord) throws(FileError) -> JobRecord {
    guard record.mark != nil else { return record }
    var record = record
    record.attempt?.token = nil
    // A result that was moved here and not published is not wanted.
    try emptyOutput(of: record)
    try store.write(record)
    return record
  }

  /// Takes over the checkpoint of the attempt that counts, where it is whole.
  ///
  /// - Returns: whether the attempt saved one, and so came further than the one before.
  func adoptCheckpoint(of record: JobRecord) throws(FileError) -> Bool {
    guard let mark = record.mark else { return false }
    do throws(FileError) {
      let folder = try folder(of: mark, record).folder
      guard try Checkpoint.load(in: folder) != nil else { return false }
      try folder.move(
        WorkFolder.checkpointName, to: try store.folder(of: record.id), as: WorkFolder.checkpointName, replacing: true)
      return true
    } catch where error.errno == ENOENT {
      return false
    }
  }

  /// Removes the folders of attempts that count no more, as far as that can be done: one that still works ends by it.
  func removeAttempts(before number: Int, of record: JobRecord) {
    guard let attempts = try? store.folder(of: record.id).folder(JobStore.attemptsName), let names = try? attempts.names() else {
      return
    }
    for name in names where name.string.flatMap({ Int($0) }).map({ $0 < number }) ?? false {
      // What is in use goes with the job.
      try? attempts.removeTree(name)
    }
  }

  /// Takes the result of the attempt that counts: compares it with its answer and moves it to where results are published
  /// from. Can be repeated after a stop in between.
  ///
  /// - Throws: kind *refuse* where the answer is another attempt's, or the files are not those that it names.
  func accept(_ answer: WorkAnswer, of record: JobRecord) throws(FileError) {
    let job = try store.folder(of: record.id)
    guard let mark = record.mark, answer.attempt == mark, answer.job == record.id, answer.end == .done else {
      throw FileError(.read, job.printablePath(of: JobStore.attemptsName), "the answer is not that of the attempt that counts")
    }
    let attempt = try folder(of: mark, record).folder
    try returnOriginals(of: record, in: job)
    guard try attempt.contains(WorkFolder.resultName) else {
      // An earlier process had moved it, and may have begun to publish it.
      let output = try job.folder(JobStore.outputName)
      try output.removeTree(AnswerNames.marker)
      return try WorkAnswer.check(output, has: answer.files)
    }
    try WorkAnswer.check(try attempt.folder(WorkFolder.resultName), has: answer.files)
    try job.removeTree(JobStore.outputName)
    try attempt.move(WorkFolder.resultName, to: job, as: JobStore.outputName, isPrivate: true)
    // Without work folder a record that says publishing means that the answer has left: this must be on disk before it.
    try job.sync()
    try attempt.sync()
  }
}
