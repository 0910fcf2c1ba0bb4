internal import Files
package import struct Foundation.Date

/// Growing pauses between tries. The one place with their arithmetic.
package enum BackOff {
  private static let steps: [Double] = [2, 5, 15, 60, 300]
  /// Until the state folder is read again, where that failed.
  static let recovery: Double = 2
  /// Until a record is read again that could be neither read nor set aside.
  static let unreadableRecord: Double = 15

  package static func seconds(after attempts: Int) -> Double {
    steps[min(max(attempts, 1), steps.count) - 1]
  }

  /// The first end of the process may be anybody's doing: the job goes on at once.
  package static func seconds(afterCrashes crashes: Int) -> Double {
    crashes > 1 ? seconds(after: crashes - 1) : 0
  }
}

extension JobRecord {
  /// One more try failed: how long it pauses, which the record says from now on.
  ///
  /// - Parameter longest: seconds.
  mutating func backOff(at date: Date, longest: Double = .infinity) -> Double {
    attempts += 1
    let seconds = min(BackOff.seconds(after: attempts), longest)
    nextAttempt = date.addingTimeInterval(seconds)
    return seconds
  }

  /// The process ended in it once more.
  ///
  /// - Returns: how long it pauses; 0 where it goes on at once.
  mutating func backOffAfterCrash(at date: Date) -> Double {
    let seconds = BackOff.seconds(afterCrashes: crashes)
    if seconds > 0 { nextAttempt = date.addingTimeInterval(seconds) }
    return seconds
  }

  /// How long it is to pause still; never longer than it can have been meant, whatever became of the clock.
  func pause(at date: Date) -> Double {
    guard let nextAttempt else { return 0 }
    let longest = max(BackOff.seconds(after: attempts), BackOff.seconds(afterCrashes: crashes))
    return max(0, min(nextAttempt.timeIntervalSince(date), longest))
  }
}

/// What is to be tried again, and when: jobs, claims, the recovery. Knows no clock and no disk: it is told the time.
package struct RetrySchedule {
  /// A job to take up again.
  package struct Item {
    package var id: String
    /// What the worker knew, where the disk may not.
    package var record: JobRecord?
  }

  private var due = DeadlineHeap<Item>()
  private var waiting: [String: JobRecord] = [:]
  private var claimFailures = 0
  package private(set) var claimsPausedUntil: Moment = .zero
  private var recovery: Moment?

  package init() {}

  /// When the first thing is due.
  package var next: Moment? { [due.next, recovery].compactMap { $0 }.min() }

  /// The jobs that wait for another try, or for a person, in order.
  package var jobs: [JobRecord] { waiting.values.sorted { $0.id < $1.id } }

  // MARK: Jobs

  package mutating func pop(due now: Moment) -> Item? { due.pop(due: now) }

  /// A try failed.
  ///
  /// - Parameter longest: seconds.
  /// - Returns: how long it pauses, and whether its trouble is another one than last time.
  package mutating func postpone(
    _ record: JobRecord, reason: String, longest: Double, _ now: Moment, _ date: Date
  ) -> (seconds: Double, isNews: Bool) {
    var record = record
    let seconds = record.backOff(at: date, longest: longest)
    due.add(Item(id: record.id, record: record), at: now + .seconds(seconds))
    let isNews = waiting[record.id]?.reason != reason
    record.reason = reason
    waiting[record.id] = record
    return (seconds, isNews)
  }

  /// A worker ended a try; its record says when the next one is.
  package mutating func add(_ record: JobRecord, _ now: Moment, _ date: Date) {
    waiting[record.id] = record
    let seconds = max(0, record.nextAttempt?.timeIntervalSince(date) ?? 0)
    due.add(Item(id: record.id, record: record), at: now + .seconds(seconds))
  }

  /// Keeps a job until its next try.
  ///
  /// - Returns: false where that is now.
  package mutating func keeps(_ record: JobRecord, _ now: Moment, _ date: Date) -> Bool {
    let seconds = record.pause(at: date)
    guard seconds > 0 else { return false }
    waiting[record.id] = record
    due.add(Item(id: record.id, record: record), at: now + .seconds(seconds))
    return true
  }

  /// A job that waits, visibly, for a person.
  package mutating func park(_ record: JobRecord) {
    waiting[record.id] = record
  }

  /// Looks for a job once more, whatever became of it.
  package mutating func repeatUnreadable(_ item: Item, _ now: Moment) {
    due.add(item, at: now + .seconds(BackOff.unreadableRecord))
  }

  /// It waits no longer.
  package mutating func remove(_ id: String) {
    waiting[id] = nil
  }

  // MARK: Claims

  /// No job could be made; what is there of it is looked at with the next claim.
  package mutating func claimFailed(_ id: String, _ now: Moment) {
    claimFailures += 1
    claimsPausedUntil = now + .seconds(BackOff.seconds(after: claimFailures))
    due.add(Item(id: id), at: claimsPausedUntil)
  }

  package mutating func claimSucceeded() {
    claimFailures = 0
  }

  // MARK: Recovery

  /// The jobs could not be listed.
  package mutating func recoveryFailed(_ now: Moment) {
    recovery = now + .seconds(BackOff.recovery)
  }

  /// Whether they are to be listed again now; said once.
  package mutating func takeRecovery(due now: Moment) -> Bool {
    guard let recovery, recovery <= now else { return false }
    self.recovery = nil
    return true
  }
}
