internal import Editing
internal import Files
internal import Inversion
internal import Spool

/// Follows a job in a work folder: tells how far it is, saves its state now and then, and ends it where it must end.
final class WorkWatcher: JobObserver, OutputWriter {
  /// Why it was ended before it was done.
  enum End: Equatable {
    /// The process is to end: another attempt goes on from the checkpoint.
    case stopping
    case cancelled
    /// The folder is gone: nobody wants the result.
    case gone
    case deadline(seconds: Double)
  }

  private let folder: WorkFolder
  private let task: WorkTask
  private let admission: Admission
  private let isStopping: @Sendable () -> Bool
  private let writer: FolderWriter
  private var place: Admission.Place?
  private var start = ContinuousClock.now
  private var lastSave = ContinuousClock.now
  private var lastTold: ContinuousClock.Instant?
  private var lastLook = ContinuousClock.now
  private var told: WorkProgress
  private(set) var end: End?
  /// Steps of the inversion, and the loss at the last.
  private(set) var steps = 0
  private(set) var loss: Double?

  let checkpoint: [UInt8]?

  /// How often the folder is written and looked at, at most.
  private static let pause = Duration.milliseconds(500)

  init(
    _ folder: WorkFolder, _ task: WorkTask, admission: Admission, isStopping: @escaping @Sendable () -> Bool
  ) throws(FileError) {
    self.folder = folder
    self.task = task
    self.admission = admission
    self.isStopping = isStopping
    writer = FolderWriter(try folder.result())
    told = WorkProgress(token: task.attempt.token, count: 0)
    checkpoint = folder.checkpoint(at: task.checkpoint)
  }

  /// Since its work began.
  var seconds: Double { (ContinuousClock.now - start).inSeconds }

  /// Called while other jobs leave no room for this one.
  ///
  /// - Throws: `EditingError` (`stopped`) when it shall not begin any more.
  func checkWhileWaiting() throws {
    start = .now
    tell()
    try endIfDue()
  }

  /// The job has its place among those that run.
  func begin(_ place: Admission.Place, model: String) {
    self.place = place
    start = .now
    told.model = model
  }

  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction {
    if let place { admission.divide(place) }
    told.take(progress, seconds: seconds)
    if progress.step > 0, progress.phase == .inverting { (steps, loss) = (progress.step, told.loss) }
    tell(isImportant: progress.step == 0)
    if let reason = reasonToEnd() {
      end = reason
      if reason == .stopping, let state { save(state()) }
      return .stop
    }
    let now = ContinuousClock.now
    if let state, now - lastSave >= .seconds(task.checkpointSeconds) {
      save(state())
      lastSave = now
    }
    return .go
  }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    tell()
    try endIfDue()
    try writer.write(path, bytes)
  }

  private func endIfDue() throws {
    guard let reason = reasonToEnd() else { return }
    end = reason
    throw EditingError(.stopped, "the job was stopped")
  }

  private func reasonToEnd() -> End? {
    if let end { return end }
    if isStopping() { return .stopping }
    if let limit = task.limits.jobSeconds, seconds > limit { return .deadline(seconds: limit) }
    let now = ContinuousClock.now
    guard now - lastLook >= Self.pause else { return nil }
    lastLook = now
    // What cannot be looked at just now is looked at again.
    return (try? folder.isCancelled()) == true ? .cancelled : nil
  }

  private func tell(isImportant: Bool = false) {
    let now = ContinuousClock.now
    if !isImportant, let lastTold, now - lastTold < Self.pause { return }
    lastTold = now
    told.count += 1
    told.seconds = seconds
    do throws(FileError) {
      try folder.tell(told)
    } catch where WorkFolder.isGone(error) {
      end = .gone
    } catch {
      // Only shown: the next one may be written.
    }
  }

  private func save(_ state: [UInt8]) {
    // Without it the next attempt begins further back.
    try? folder.saveCheckpoint(state)
  }
}
