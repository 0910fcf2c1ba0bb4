internal import Files
internal import Foundation
internal import Glibc
internal import PrintableText

/// Takes jobs from claim to end: hands them to workers, answers those that need none, takes them up again after a pause.
/// Owns the queues and the schedule of what is tried again; the steps on disk are `JobSteps`.
struct JobDispatcher {
  /// What others are to do about what became of a job.
  enum Action {
    /// Something of it is in its inbox again.
    case rescan(inbox: String)
    /// It was cancelled, could be neither answered nor kept, and lies in its inbox again.
    case putBack(JobRecord, reason: String)
  }

  static let cancelled = "cancelled"

  let configuration: SpoolConfiguration
  let clock: SpoolClock
  let store: JobStore
  let steps: JobSteps
  let desk: FrontDesk
  let cancelled: CancelledDrops
  let reporter: Reporter
  /// Claimed jobs that wait for a worker, oldest first.
  let queue = BlockingQueue<ClaimedJob>()
  /// Jobs that take hours and come after all others: they take no room in the queue.
  let trainings = BlockingQueue<ClaimedJob>()
  var schedule = RetrySchedule()
  private var actions: [Action] = []

  init(
    _ configuration: SpoolConfiguration, clock: SpoolClock, store: JobStore, desk: FrontDesk, cancelled: CancelledDrops,
    reporter: Reporter
  ) {
    self.configuration = configuration
    self.clock = clock
    self.store = store
    self.desk = desk
    self.cancelled = cancelled
    self.reporter = reporter
    steps = JobSteps(store: store, configuration: configuration, clock: clock)
  }

  /// What is to be done since the last call.
  mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  /// Whether another job may be claimed.
  var hasRoom: Bool { queue.count < configuration.claimAhead }

  func close() {
    queue.close()
    trainings.close()
  }

  // MARK: Claiming

  /// Makes the folder of a new job.
  ///
  /// - Returns: false where that cannot be; no job is claimed for a while then.
  mutating func create(_ record: JobRecord, _ now: Moment) -> Bool {
    reporter.alive()
    do throws(FileError) {
      try store.create(record)
      schedule.claimSucceeded()
      reporter.over(at: .claim)
      return true
    } catch {
      reporter.met(error, at: .claim)
      schedule.claimFailed(record.id, now)
      return false
    }
  }

  /// waiting → claimed, or back; also for jobs found waiting at a start.
  ///
  /// - Returns: false where nothing was taken: what is still there is a drop as before.
  @discardableResult
  mutating func finishClaim(_ record: JobRecord, _ now: Moment) -> Bool {
    do throws(FileError) {
      switch try steps.claim(record) {
      case .claimed(let record):
        reporter.emit(.accepted(job: record.id, name: record.name, inbox: record.inbox))
        enqueue(record, now)
      case .vanished, .givenBack:
        schedule.remove(record.id)
        actions.append(.rescan(inbox: record.inbox))
        return false
      }
    } catch {
      postpone(record, error, now)
    }
    return true
  }

  /// Whether the folder that a drop lay in has another name by now.
  func isFolderGone(_ record: JobRecord) -> Bool {
    guard !record.subfolder.components.isEmpty else { return false }
    do throws(FileError) {
      return try steps.dropFolderIfPresent(of: record) == nil
    } catch {
      return false  // the whole inbox is: the rescan tells
    }
  }

  // MARK: Working and answering

  /// Hands a claimed job to the workers, or keeps it until its next try.
  mutating func enqueue(_ record: JobRecord, _ now: Moment) {
    if cancelled.contains(record) { return answer(record, failure: Self.cancelled, now) }
    if record.reason != nil, record.nextAttempt == nil {
      // Failed before any work: answered here, so that no worker needs to know.
      return answer(record, failure: record.reason, now)
    }
    if schedule.keeps(record, now, clock.date()) { return reporter.statusChanged() }
    guard let watch = configuration.watches.first(where: { $0.inbox == record.inbox }) else { return park(record) }
    schedule.remove(record.id)
    reporter.statusChanged()
    let job = ClaimedJob(record: record, watch: watch, steps: steps, desk: desk)
    (job.isTraining ? trainings : queue).add(job)
    desk.changes.ring()
  }

  /// A job whose inbox is no longer configured waits, visibly, for a configuration that has it.
  private mutating func park(_ record: JobRecord) {
    var parked = record
    parked.reason = "its inbox \(escaped(record.inbox)) is not configured any more; configure it again to go on"
    schedule.park(parked)
    reporter.statusChanged()
    reporter.emit(.held(inbox: record.inbox, name: record.name, reason: parked.reason ?? ""))
  }

  /// Brings a job's answer to the outbox on the loop's own thread.
  mutating func answer(_ record: JobRecord, failure: String?, _ now: Moment) {
    var current = record
    do throws(FileError) {
      if current.state != .publishing { current = try steps.beginPublishing(current, failure: failure) }
      let folder = try steps.finishPublishing(current) ?? Name(current.outbox)
      schedule.remove(current.id)
      if failure == Self.cancelled { try? cancelled.remove(record) }  // at worst the same file is held once more
      desk.finished(current, folder: folder)
    } catch {
      if failure == Self.cancelled, giveBack(record.id, undelivered: error) { return }
      current.state = .publishing
      current.isFailure = failure != nil || record.isFailure
      current.reason = failure ?? record.reason
      postpone(current, error, now)
    }
  }

  /// Takes a job up again after a growing pause.
  mutating func postpone(_ record: JobRecord, _ error: FileError, _ now: Moment) {
    var longest = Double.infinity
    if error.errno == EACCES || error.errno == EPERM,
      let rescan = configuration.watches.first(where: { $0.inbox == record.inbox })?.rescanSeconds
    {
      // A person helps, and expects to see it: as soon as a scan would.
      longest = rescan
    }
    let (seconds, isNews) = schedule.postpone(record, reason: error.message, longest: longest, now, clock.date())
    reporter.statusChanged()
    // The same trouble is said once, however often it is met.
    guard isNews else { return }
    reporter.emit(.delayed(job: record.id, name: record.name, inbox: record.inbox, reason: error.message, seconds: seconds))
  }

  // MARK: Giving back

  /// Puts the originals of a cancelled job back into its inbox where its outbox cannot be written.
  ///
  /// - Returns: false where that is not possible either, or where the trouble will pass by itself.
  private mutating func giveBack(_ id: String, undelivered error: FileError) -> Bool {
    guard [EACCES, EPERM, EROFS, ENOSPC, EDQUOT, ENOENT, ENOTDIR].contains(error.errno) else { return false }
    do throws(FileError) {
      var record = try store.record(of: id)
      if record.state == .publishing {
        guard let stopped = try steps.stopPublishing(record) else { return false }
        record = stopped
      }
      guard [.claimed, .running].contains(record.state) else { return false }
      return try putBack(record, "its outbox cannot be written (\(error.message))")
    } catch {
      return false  // delayed as it was
    }
  }

  /// Puts what a cancelled job was made of back into its inbox. It stays there and is not done until it changes.
  ///
  /// - Returns: false where a new drop has a name of it; nothing was moved then.
  mutating func putBack(_ record: JobRecord, _ cause: String) throws(FileError) -> Bool {
    let reason = "cancelled; \(cause): remove it, or change it to have it done"
    // First, so that it is not done where the process ends between the two.
    try cancelled.add(record, reason: reason)
    guard record.state == .waiting ? try steps.giveBack(record) : try steps.takeBack(record) else {
      try cancelled.remove(record)
      return false
    }
    schedule.remove(record.id)
    reporter.statusChanged()
    reporter.emit(.takenBack(job: record.id, name: record.name, inbox: record.inbox, reason: reason))
    actions += [.putBack(record, reason: reason), .rescan(inbox: record.inbox)]
    var back = record
    let inbox = try steps.dropFolder(of: record)
    for index in back.entries.indices {
      // A copy that came from another file system has a time of its own.
      guard let status = try inbox.statusIfPresent(of: back.entries[index].name) else { continue }
      (back.entries[index].size, back.entries[index].modified) = (status.size, status.modified)
    }
    if back.entries != record.entries { try cancelled.add(back, reason: reason) }
    return true
  }
}
