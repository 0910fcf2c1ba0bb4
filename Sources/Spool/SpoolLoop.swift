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
  /// Jobs to take up again, by when.
  var later = DeadlineHeap<Later>()
  var delayed: [String: JobRecord] = [:]
  var claimsPausedUntil: Moment = .zero
  var claimFailures = 0
  var troubles = Troubles()
  var recent = RecentJobs()
  var cancelledDrops = CancelledDrops()
  private var toldLacks = 0
  var held: [Place: [Name: String]] = [:]
  var lastStatus: SpoolStatus?
  var lastStatusWrite: Moment?
  var nextRetention: Moment = .zero
  var nextRecovery: Moment?
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

  struct Later {
    var id: String
    /// What the worker knew, where the disk may not.
    var record: JobRecord?
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
    while let item = later.pop(due: now) { resume(item, now) }
    claimReady(now)
    tellBacklog()
    tellLacks()
    if nextRetention <= now { removeOldResults(now) }
    writeStatus(now)
    return nextMoment(now)
  }

  private func nextMoment(_ now: Moment) -> Moment {
    var moments = watches.map(\.nextRescan) + [nextRetention]
    if let next = looks.next { moments.append(next) }
    if let nextRecovery { moments.append(nextRecovery) }
    if let next = later.next { moments.append(next) }
    if hasReady, queue.count < configuration.claimAhead { moments.append(max(now, claimsPausedUntil)) }
    if desk.isDirty, let lastStatusWrite { moments.append(lastStatusWrite + .seconds(1)) }
    return moments.min() ?? now + .seconds(30)
  }

  private func tellBacklog() {
    let drops = ready.count
    guard drops != lastBacklog else { return }
    lastBacklog = drops
    emit(.backlog(drops: drops))
  }

  private func tellLacks() {
    let lacks = FileSystems.current.lacks
    for lack in lacks.dropFirst(toldLacks) {
      emit(.fileSystemLacks(path: lack.path, what: lack.capability.consequence))
    }
    toldLacks = lacks.count
  }

  var hasReady: Bool { !ready.isEmpty }

  /// Puts the final status on disk.
  package func stop() {
    isStopping = true
    queue.close()
    trainings.close()
    desk.markDirty()
    writeStatus(clock.now())
  }

  /// The next claimed job; nil where there is none. For tests that drive the loop themselves.
  package func takeJob(begins: Bool = true) -> ClaimedJob? {
    guard let queue = [queue, trainings].first(where: { $0.count > 0 }), let job = queue.next(timeout: .zero) else { return nil }
    desk.taken(job.record)
    return !begins || job.begin() ? job : nil
  }

  // MARK: Words

  func emit(_ event: SpoolEvent) {
    desk.emit(event)
  }

  /// Says what is wrong, once until all is well.
  func tell(trouble error: FileError, at source: Troubles.Source) {
    if error.message != troubles.reason { desk.markDirty() }
    if troubles.met(error.message, at: source) { emit(.trouble(reason: error.message)) }
  }

  func tellNoTrouble(at source: Troubles.Source) {
    guard troubles.over(at: source) else { return }
    desk.markDirty()
    emit(.troubleOver)
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
