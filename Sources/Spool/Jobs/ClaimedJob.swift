package import Files
internal import Synchronization

/// How an answer fared.
package enum Delivery: Sendable, Equatable {
  /// The folder in the outbox.
  case delivered(Name)
  /// The answer is complete and kept; the spool moves it by itself when the trouble is over.
  case delayed(reason: String)
}

/// A job in a worker's hands. Ends with exactly one of `publish`, `fail`, `retryLater`, `settleAgain` and `release`;
/// a second ending is ignored. All methods block on the disk: call them on a thread of yours.
package final class ClaimedJob: Sendable {
  package let id: String
  /// The name of the result: the image's without its extension.
  package let name: Name
  package let watch: WatchConfiguration
  /// The folder below the inbox where it was dropped; empty for the inbox itself.
  package let subfolder: Name
  /// What was dropped.
  package let source: JobSource
  /// How often it was tried before.
  package let attempts: Int
  /// How often the process ended while it ran, since it last came further.
  package let crashes: Int
  /// Whether a model is made of the photographs in the folder.
  package let isTraining: Bool

  private struct State {
    var record: JobRecord
    var isEnded = false
  }

  private let state: Mutex<State>
  let steps: JobSteps
  let desk: FrontDesk

  init(record: JobRecord, watch: WatchConfiguration, steps: JobSteps, desk: FrontDesk) {
    id = record.id
    name = record.name
    self.watch = watch
    subfolder = record.subfolder
    source = JobSource(JobDescription(record, steps.configuration)) { () throws(FileError) in
      try steps.inputFolder(of: record)
    }
    attempts = record.attempts
    crashes = record.crashes
    isTraining = record.isTraining ?? false
    state = Mutex(State(record: record))
    self.steps = steps
    self.desk = desk
  }

  /// Newer than the one on disk where that could not be written.
  var record: JobRecord {
    get { state.withLock { $0.record } }
    set { state.withLock { $0.record = newValue } }
  }

  /// Whether somebody asked to end it: fail it with the reason "cancelled".
  package var isCancelled: Bool { desk.isCancelled(id) }

  // MARK: Work

  /// The folder whose content becomes the answer; empty at the start of each try.
  package func outputFolder() throws(FileError) -> Folder {
    try steps.store.folder(of: id).makeFolder(JobStore.outputName)
  }

  /// Its path.
  package var outputPath: Name {
    steps.store.root.path.appending(Name(id)).appending(JobStore.outputName)
  }

  /// Puts the state of the work on disk, so that a restart goes on from it.
  package func saveCheckpoint(_ bytes: [UInt8]) throws(FileError) {
    try Checkpoint.save(bytes, in: try steps.store.folder(of: id))
    try cameFurther()
  }

  /// A checkpoint was written: the job is not the one that ends the process at the same place again and again.
  package func cameFurther() throws(FileError) {
    guard record.crashes > 0 else { return }
    record.crashes = 0
    try steps.store.write(record)
  }

  /// The last state saved; nil where there is none or it is damaged.
  package func loadCheckpoint() throws(FileError) -> [UInt8]? {
    try Checkpoint.load(in: try steps.store.folder(of: id))
  }

  /// The folder that was dropped, and one beside it for what the job needs to go on after a restart, by their paths: for
  /// work that reads and writes folders itself.
  package func workPaths() throws(FileError) -> (input: Name, state: Name) {
    (try source.folder().path, steps.store.root.path.appending(Name(id)).appending(JobStore.workName))
  }

  /// Tells `status` how far the work is.
  package func report(step: Int, steps: Int, loss: Double?) {
    desk.report(id, step: step, steps: steps, loss: loss)
  }

  /// The same for a training.
  package func report(training line: String) {
    desk.report(id, training: line)
  }

  // MARK: Beginning and endings

  /// Marks the job as running: from now on an end of the process counts as one that it may have caused.
  ///
  /// - Returns: false where that cannot be written; the job has ended then and comes again after a pause.
  package func begin() -> Bool {
    do throws(FileError) {
      record = try steps.start(record)
    } catch {
      if end() { desk.delayed(record, reason: error.message) }
      return false
    }
    desk.emit(.started(job: id, name: name, inbox: watch.inbox))
    return true
  }

  /// Puts the work folder and the originals in the outbox.
  @discardableResult
  package func publish() -> Delivery { deliver(failure: nil) }

  /// Puts the originals and the reason in the outbox's folder `failed`.
  @discardableResult
  package func fail(_ reason: String) -> Delivery { deliver(failure: reason) }

  private func deliver(failure: String?) -> Delivery {
    guard end() else { return .delayed(reason: "the job has ended already") }
    var record = record
    do throws(FileError) {
      record = try steps.beginPublishing(record, failure: failure)
      let folder = try steps.finishPublishing(record) ?? Name(record.outbox)
      desk.finished(record, folder: folder)
      return .delivered(folder)
    } catch {
      if record.state != .publishing {
        // Not even the intention is on disk: kept in memory, with what the work folder holds.
        record.state = .publishing
        record.isFailure = failure != nil
        record.reason = failure
      }
      desk.delayed(record, reason: error.message)
      return .delayed(reason: error.message)
    }
  }

  /// Ends this try; the job comes again after a growing pause. For trouble that may pass.
  package func retryLater(_ reason: String) {
    guard end() else { return }
    var delayed = steps.delayed(record, reason: reason)
    do throws(FileError) {
      delayed = try steps.delay(record, reason: reason)
    } catch {
      // The record still says running: the pause is kept in memory, and a restart tries at once.
    }
    desk.delayed(delayed, reason: reason)
  }

  /// Gives the drop back to the inbox until its size or time changes: for an image that is cut short.
  ///
  /// - Parameter reason: begins with the name of the file that is cut short and a colon, unless it is the job's own image.
  /// - Returns: false where it has waited long enough or a new drop has its name: the job goes on and is to be failed.
  package func settleAgain(_ reason: String) -> Bool {
    let record = record
    guard !state.withLock({ $0.isEnded }),
      let entry = record.entries.first(where: { reason.hasPrefix("\($0.name): ") }) ?? record.entries.first,
      let content = try? content(of: entry),  // what cannot be read is no more incomplete
      desk.incomplete.mayWait(record, entry, content: content, desk.clock.now())
    else { return false }
    do throws(FileError) {
      guard try steps.takeBack(record) else { return false }
      let inbox = try steps.dropFolder(of: record)
      if let status = try inbox.statusIfPresent(of: entry.name) {
        let content = entry.role == .folder ? try Settling.content(of: inbox.folder(entry.name), desk.rules) : 0
        desk.incomplete.move(entry, to: status, content: content)
      }
    } catch {
      // Half of it may be back: the claim is begun again and puts it together.
      guard end() else { return true }
      desk.interrupted(record)
      return true
    }
    guard end() else { return true }
    desk.takenBack(record, reason: reason)
    return true
  }

  private func content(of entry: JobEntry) throws(FileError) -> UInt64 {
    entry.role == .folder ? try Settling.content(of: source.folder(), desk.rules) : 0
  }

  /// Ends this try because the service stops; a restart goes on from the last checkpoint.
  package func release() {
    guard end() else { return }
    // Where the record cannot be written it says running, which a restart takes up as well.
    _ = try? steps.release(record)
    desk.released(record)
  }

  func end() -> Bool {
    state.withLock { state in
      if state.isEnded { return false }
      state.isEnded = true
      return true
    }
  }
}
