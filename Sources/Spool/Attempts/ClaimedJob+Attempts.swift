package import Files
internal import Foundation

/// For work that is not done in this process: see `WorkFolder`.
extension ClaimedJob {
  /// The attempt that counts, made by this process or an earlier one; nil where there is none.
  package var attempt: AttemptMark? { record.mark }

  /// What the executor noted of it, and which executor that was.
  package var attemptNotes: (executor: String, notes: [String: String])? {
    record.attempt.map { ($0.executor, $0.notes) }
  }

  /// The folder of the attempt that counts.
  ///
  /// - Throws: ENOENT where none counts.
  package func attemptFolder() throws(FileError) -> WorkFolder {
    guard let mark = attempt else { throw FileError(.open, id, "no attempt of it counts") }
    return try steps.folder(of: mark, record)
  }

  /// Begins a new attempt. The one before counts no more; its checkpoint is where this one may go on.
  ///
  /// All of it is on disk when this returns: whatever is started then can be found again.
  ///
  /// - Parameters:
  ///   - executor: the configuration's word.
  ///   - notes: what the executor wants to know of it after a restart.
  ///   - task: the bytes of `task.json`, given the attempt.
  package func newAttempt(
    executor: String, notes: [String: String] = [:], task: (AttemptMark) throws(FileError) -> [UInt8]
  ) throws(FileError) -> WorkFolder {
    _ = try adoptCheckpoint()
    let (record, folder) = try steps.newAttempt(record, executor: executor, notes: notes, task: task)
    self.record = record
    steps.removeAttempts(before: record.attempt?.number ?? 0, of: record)
    return folder
  }

  /// Changes what the executor wants to know of the attempt after a restart; on disk when this returns.
  package func note(_ notes: [String: String]) throws(FileError) {
    var record = record
    record.attempt?.notes = notes
    try steps.store.write(record)
    self.record = record
  }

  /// Tells that the attempt has begun its work. No mark that an end of this process would be counted by.
  package func tellBegun() {
    desk.emit(.started(job: id, name: name, inbox: watch.inbox))
  }

  /// Makes the checkpoint of the attempt that counts the job's own.
  ///
  /// - Returns: whether there was one: the attempt came further than the one before.
  package func adoptCheckpoint() throws(FileError) -> Bool {
    guard try steps.adoptCheckpoint(of: record) else { return false }
    try cameFurther()
    return true
  }

  /// From now on no attempt counts. On disk when this returns.
  package func giveUpAttempt() throws(FileError) {
    record = try steps.giveUpAttempt(record)
  }

  /// Checks the result of the attempt that counts and makes it the job's: `publish` comes next.
  ///
  /// - Throws: kind *refuse* where it is another attempt's, or damaged.
  package func accept(_ answer: WorkAnswer) throws(FileError) {
    try steps.accept(answer, of: record)
  }

  /// Ends this try because its attempt ended without a word, which may be the job's doing. It comes again, after pauses
  /// that grow, until that has happened too often without its getting further.
  ///
  /// - Returns: nil where the try has ended; how often it has happened where that is too often, and the job is to be failed.
  package func crashed(_ reason: String) -> Int? {
    var record = record
    do throws(FileError) {
      let cameFurther = try steps.adoptCheckpoint(of: record)
      record.crashes = cameFurther ? 1 : record.crashes + 1
      record.attempt?.token = nil
      if record.crashes >= steps.configuration.crashLimit { return record.crashes }
      record.reason = reason
      record.nextAttempt = steps.clock.date().addingTimeInterval(BackOff.seconds(afterCrashes: record.crashes))
      try steps.store.write(record)
    } catch {
      // The attempt still counts on disk, which is found to be over at the next look.
      record.reason = error.message
    }
    guard end() else { return nil }
    desk.delayed(record, reason: record.reason ?? reason, seconds: BackOff.seconds(afterCrashes: record.crashes))
    return nil
  }

  /// Lets go of the job while its attempt goes on elsewhere: the next process finds both as they are.
  package func leave() {
    guard end() else { return }
    desk.released(record)
  }

  /// Ends this try, for no fault of the job's; it comes again at once.
  package func goOn() {
    guard end() else { return }
    desk.interrupted(record)
  }

  /// Where an attempt finds the job's files: a path that begins at its folder, or at the root for a job folder that could
  /// not leave its inbox.
  package func workInput() throws(FileError) -> Name {
    let record = record
    if record.isInPlace { return try source.folder().path }
    let input = Name("../..").appending(JobStore.inputName)
    guard record.isFolder, let entry = record.entries.first else { return input }
    return input.appending(entry.name)
  }
}
