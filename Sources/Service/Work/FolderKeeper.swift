internal import Files
internal import Spool

/// A work folder has the job. It is written and looked at twice a second at most.
struct FolderKeeper: JobKeeper {
  let admission: Admission
  private let folder: WorkFolder
  private let task: WorkTask
  private let isStopping: @Sendable () -> Bool
  private var count = 0
  private var isGone = false
  private var lastTold: ContinuousClock.Instant?
  private var lastLook = ContinuousClock.now

  private static let pause = Duration.milliseconds(500)

  init(_ folder: WorkFolder, _ task: WorkTask, admission: Admission, isStopping: @escaping @Sendable () -> Bool) {
    self.admission = admission
    self.folder = folder
    self.task = task
    self.isStopping = isStopping
  }

  var jobSeconds: Double? { task.limits.jobSeconds }
  var checkpointSeconds: Double { task.checkpointSeconds }

  mutating func signOfLife(_ progress: WorkProgress) { write(progress, isImportant: false) }

  mutating func tell(_ progress: WorkProgress) { write(progress, isImportant: progress.step == 0) }

  mutating func reasonToEnd() -> JobEnd? {
    if isGone { return .gone }
    if isStopping() { return .stopping }
    let now = ContinuousClock.now
    guard now - lastLook >= Self.pause else { return nil }
    lastLook = now
    // What cannot be looked at just now is looked at again.
    return (try? folder.isCancelled()) == true ? .cancelled : nil
  }

  func save(_ state: [UInt8]) { try? folder.saveCheckpoint(state) }

  private mutating func write(_ progress: WorkProgress, isImportant: Bool) {
    let now = ContinuousClock.now
    if !isImportant, let lastTold, now - lastTold < Self.pause { return }
    lastTold = now
    count += 1
    var signed = progress
    (signed.token, signed.count) = (task.attempt.token, count)
    do throws(FileError) {
      try folder.tell(signed)
    } catch where WorkFolder.isGone(error) {
      isGone = true
    } catch {
      // Only shown: the next one may be written.
    }
  }
}
