internal import DequeModule
internal import Files
internal import Foundation

/// The spool's one mind: looks at inboxes, settles, pairs, claims, recovers. Used by one thread at a time; workers reach
/// it through the queue and the front desk.
///
/// It never waits: `advance` does what is due and says when to come again. So a test can drive it with a clock of its own.
package final class SpoolLoop {
  let configuration: SpoolConfiguration
  let clock: SpoolClock
  let store: JobStore
  let steps: JobSteps
  let desk: FrontDesk
  let reporter: Reporter
  let queue: JobQueue
  /// Jobs that take hours and come after all others: they take no room in the queue.
  let trainings: JobQueue
  let rules: NameRules

  var watches: [Watched]
  var inotify: Inotify?
  var placesByWatch: [Int32: Place] = [:]
  /// Watched folders whose changes mean: look at this name in the folder above.
  var hintsByWatch: [Int32: Look] = [:]
  /// The folders above inboxes, and which inboxes.
  var parentWatches: [Int32: Set<Int>] = [:]
  var requestsWatch: Int32?
  var inotifyFailure: String?
  package var isRequestsDirty = true

  var looks = DeadlineHeap<Look>()
  var ready = Deque<Drop>()
  var lastBacklog = 0
  var schedule = RetrySchedule()
  var recent = RecentJobs()
  var cancelledDrops = CancelledDrops()
  var held: [Place: [Name: String]] = [:]
  private var retention: ResultRetention
  private var statusWriter: StatusWriter
  var isStopping = false

  struct Watched {
    var configuration: WatchConfiguration
    /// The inbox's path with links resolved at start.
    var path: Name
    var folders: [Name: DropFolder] = [:]
    var mode: WatchMode = .poll
    var lost: String?
    var hasBeenFound = false
    var hasToldMode = false
    var isParentWatched = false
    var nextRescan: Moment = .zero
  }

  struct Look {
    var place: Place
    var name: Name
    /// A look that failed and is repeated, though nothing may be known of the name.
    var isRepeated = false
  }

  /// Opens the state folder and checks the watches.
  ///
  /// - Throws: kind *stop*: another service, an outbox in an inbox, a folder that cannot be made.
  package convenience init(
    _ configuration: SpoolConfiguration, clock: SpoolClock = .system,
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    try self.init(configuration, clock: clock, waker: try makeWaker(), listener: listener)
  }

  init(
    _ configuration: SpoolConfiguration, clock: SpoolClock, waker: Waker,
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    self.configuration = configuration
    self.clock = clock
    store = try JobStore(path: configuration.state)
    steps = JobSteps(store: store, configuration: configuration, clock: clock)
    desk = FrontDesk(configuration: configuration, clock: clock, waker: waker, listener: listener)
    reporter = Reporter(desk: desk)
    retention = ResultRetention(configuration, clock: clock, reporter: reporter)
    statusWriter = StatusWriter(store: store, reporter: reporter)
    queue = JobQueue()
    trainings = JobQueue()
    rules = desk.rules
    watches = configuration.watches.map { Watched(configuration: $0, path: resolved($0.inbox)) }
    try checkFolders()
  }

  /// Takes up what an earlier process left. Once, before the first `advance`.
  package func recover() {
    if configuration.watches.contains(where: { $0.mode != .poll }) { startInotify() }
    recoverCancelled()
    recoverJobs()
  }

  /// Does all that is due.
  ///
  /// - Returns: when to come again, if nothing happens before.
  package func advance() -> Moment {
    let now = clock.now()
    takeMessages(now)
    readEvents(now)
    for index in watches.indices where watches[index].nextRescan <= now { rescan(watch: index, now) }
    if isRequestsDirty { handleRequests(now) }
    while let look = looks.pop(due: now) { self.look(at: look.name, in: look.place, now, isScheduled: !look.isRepeated) }
    while let item = schedule.pop(due: now) { resume(item, now) }
    claimReady(now)
    tellBacklog()
    reporter.tellLacks()
    retention.run(now)
    writeStatus(now)
    return nextMoment(now)
  }

  private func nextMoment(_ now: Moment) -> Moment {
    var moments = watches.map(\.nextRescan) + [retention.next]
    if let next = looks.next { moments.append(next) }
    if let next = schedule.next { moments.append(next) }
    if hasReady, queue.count < configuration.claimAhead { moments.append(max(now, schedule.claimsPausedUntil)) }
    if desk.isDirty, let next = statusWriter.next { moments.append(next) }
    return moments.min() ?? now + .seconds(30)
  }

  private func tellBacklog() {
    let drops = ready.count
    guard drops != lastBacklog else { return }
    lastBacklog = drops
    reporter.emit(.backlog(drops: drops))
  }

  private func writeStatus(_ now: Moment) {
    guard desk.isDirty else { return }
    statusWriter.write(now, isLast: isStopping) { currentStatus() }
  }

  var hasReady: Bool { !ready.isEmpty }

  /// Puts the final status on disk.
  package func stop() {
    isStopping = true
    queue.close()
    trainings.close()
    reporter.statusChanged()
    writeStatus(clock.now())
  }

  /// The next claimed job; nil where there is none. For tests that drive the loop themselves.
  package func takeJob(begins: Bool = true) -> ClaimedJob? {
    guard let queue = [queue, trainings].first(where: { $0.count > 0 }), let job = queue.next(timeout: .zero) else { return nil }
    desk.taken(job.record)
    return !begins || job.begin() ? job : nil
  }
}

/// The path without symbolic links, as far as it exists.
func resolved(_ path: String) -> Name {
  Name(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
}

func makeWaker() throws(SpoolError) -> Waker {
  do {
    return try Waker()
  } catch {
    throw SpoolError(error)
  }
}
