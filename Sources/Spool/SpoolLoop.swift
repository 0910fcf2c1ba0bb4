internal import Files
internal import Foundation

/// The order in which the spool's parts do their work, and nothing else: each part owns its state and says in actions what
/// the others are to do. Used by one thread at a time; workers reach it through the queues and the front desk.
///
/// It never waits: `advance` does what is due and says when to come again. So a test can drive it with a clock of its own.
package final class SpoolLoop {
  let clock: SpoolClock
  let desk: FrontDesk
  private let reporter: Reporter
  private let cancelled: CancelledDrops
  private let rules: NameRules
  private(set) var watcher: InboxWatcher
  private var tracker: DropTracker
  private var claims: ClaimQueue
  private(set) var jobs: JobDispatcher
  private var requests: RequestFolder
  private var retention: ResultRetention
  private var statusWriter: StatusWriter
  private var isStopping = false

  /// Opens the state folder and checks the watches.
  ///
  /// - Throws: kind *stop*: another service, an outbox in an inbox, a folder that cannot be made.
  package convenience init(
    _ configuration: SpoolConfiguration, clock: SpoolClock = .system, totals: JobTotals = JobTotals(),
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    try self.init(configuration, clock: clock, totals: totals, waker: try makeWaker(), listener: listener)
  }

  init(
    _ configuration: SpoolConfiguration, clock: SpoolClock, totals: JobTotals, waker: Waker,
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    self.clock = clock
    let store = try JobStore(path: configuration.state)
    desk = FrontDesk(configuration: configuration, clock: clock, totals: totals, waker: waker, listener: listener)
    rules = desk.rules
    reporter = Reporter(desk: desk)
    cancelled = CancelledDrops(store: store)
    watcher = InboxWatcher(configuration.watches, reporter: reporter)
    tracker = DropTracker(
      configuration, rules: rules, clock: clock, incomplete: desk.incomplete, cancelled: cancelled, reporter: reporter)
    claims = ClaimQueue(reporter: reporter)
    jobs = JobDispatcher(configuration, clock: clock, store: store, desk: desk, cancelled: cancelled, reporter: reporter)
    requests = RequestFolder(store: store, clock: clock, reporter: reporter)
    retention = ResultRetention(configuration, clock: clock, reporter: reporter)
    statusWriter = StatusWriter(store: store, reporter: reporter)
    try watcher.checkFolders(jobs.steps)
  }

  /// Whether there may be requests that no event told of.
  package var isRequestsDirty: Bool {
    get { requests.isDirty }
    set { requests.isDirty = newValue }
  }

  /// Takes up what an earlier process left. Once, before the first `advance`.
  package func recover() {
    watcher.start { () throws(FileError) in try requests.folder() }
    do throws(FileError) { try cancelled.load() } catch { reporter.met(error, at: .recovery) }
    recoverJobs(clock.now())
  }

  /// Does all that is due.
  ///
  /// - Returns: when to come again, if nothing happens before.
  package func advance() -> Moment {
    let now = clock.now()
    takeMessages(now)
    follow(watcher.hints(now), now)
    for index in watcher.inboxes.indices where watcher.isDue(index, now) { rescan(index, now) }
    requests.handle { request throws(FileError) in try perform(request, now) }
    tracker.lookAround(now)
    settle(now)
    jobs.resumeDue(now)
    settle(now)
    while jobs.hasRoom, now >= jobs.schedule.claimsPausedUntil, !isStopping, let drop = claims.next() { claim(drop, now) }
    claims.tellBacklog()
    reporter.tellLacks()
    retention.run(now)
    writeStatus(now)
    return nextMoment(now)
  }

  private func nextMoment(_ now: Moment) -> Moment {
    var moments = [watcher.nextRescan, retention.next, tracker.nextLook, jobs.schedule.next]
    if !claims.isEmpty, jobs.hasRoom { moments.append(max(now, jobs.schedule.claimsPausedUntil)) }
    if desk.totals.isDirty { moments.append(statusWriter.next) }
    return moments.compactMap { $0 }.min() ?? now + .seconds(30)
  }

  /// Puts the final status on disk.
  package func stop() {
    isStopping = true
    jobs.close()
    reporter.statusChanged()
    writeStatus(clock.now())
  }

  /// The next claimed job; nil where there is none. For tests that drive the loop themselves.
  package func takeJob(begins: Bool = true) -> ClaimedJob? {
    guard let queue = [jobs.queue, jobs.trainings].first(where: { $0.count > 0 }), let job = queue.next(timeout: .zero) else {
      return nil
    }
    desk.taken(job.record)
    return !begins || job.begin() ? job : nil
  }

  private func writeStatus(_ now: Moment) {
    guard desk.totals.isDirty else { return }
    statusWriter.write(now, isLast: isStopping) {
      var status = SpoolStatus(watcher: watcher, tracker: tracker, jobs: jobs, date: clock.date())
      status.isStopped = isStopping
      desk.totals.fill(&status)
      return status
    }
  }

  // MARK: Inboxes

  private func follow(_ hints: [InboxWatcher.Hint], _ now: Moment) {
    for hint in hints {
      switch hint {
      case .look(let spot, let isCreated, let isClosed):
        tracker.look(at: spot.name, in: spot.place, now, isCreated: isCreated, isClosed: isClosed)
      case .lost(let place) where place.isInbox: lose(place, "the folder was deleted, moved or unmounted", now)
      case .lost(let place): tracker.close(place)
      case .requests: requests.isDirty = true
      }
      settle(now)
    }
  }

  /// Opens an inbox that is not open, notices one that is lost, and looks at everything in it.
  private func rescan(_ index: Int, _ now: Moment) {
    let inbox = Place(watch: index, subfolder: Name(bytes: []))
    do throws(FileError) {
      if let folder = try requests.reopenIfLost() { try watcher.watch(requests: folder) }
    } catch {
      reporter.met(error, at: .requests)
    }
    do throws(FileError) {
      try reopen(inbox, now)
      for place in tracker.places(inWatch: index) {
        try tracker.scan(place, now)
        settle(now)
      }
      reporter.over(at: .watch(index))
    } catch where error.kind != .retry || error.isLostMount {
      lose(inbox, error.message, now)
    } catch {
      reporter.met(error, at: .watch(index))
    }
    settle(now)
    watcher.scanned(index, now)
  }

  private func reopen(_ inbox: Place, _ now: Moment) throws(FileError) {
    let open = tracker.folders[inbox]?.folder
    guard let folder = try watcher.newcomer(at: inbox.watch, instead: open) else { return }
    // Another folder has its path: mounted over, or deleted and made again.
    if open != nil { lose(inbox, "another folder took its place", now) }
    let isFirst = !watcher.hasBeenFound(inbox.watch)
    try watcher.choose(folder, for: inbox.watch)
    watcher.watch(folder, inbox)
    tracker.open(folder, inbox)
    watcher.found(inbox.watch, isFirst: isFirst)
  }

  private func lose(_ inbox: Place, _ reason: String, _ now: Moment) {
    tracker.close(inbox)
    settle(now)
    watcher.lose(inbox.watch, reason: reason)
  }

  // MARK: Jobs

  private func takeMessages(_ now: Moment) {
    if jobs.schedule.takeRecovery(due: now) { recoverJobs(now) }
    for message in desk.takeMessages() {
      switch message {
      case .delayed(let record): jobs.schedule.add(record, now, clock.date())
      case .finished(let record, let folder): tracker.recent.ended(record, folder: folder)
      case .takenBack(let id): tracker.recent.forget(id)
      case .ended: continue
      }
    }
  }

  private func recoverJobs(_ now: Moment) {
    jobs.recover(now)
    settle(now)
  }

  private func claim(_ drop: Drop, _ now: Moment) {
    guard let record = tracker.record(of: drop) else { return tracker.reconsider(drop, now) }
    guard jobs.create(record, now) else { return tracker.reconsider(drop, jobs.schedule.claimsPausedUntil) }
    tracker.recent.claimed(record, in: drop.place, at: clock.date())
    let isClaimed = jobs.finishClaim(record, now)
    if !isClaimed { tracker.recent.forget(record.id) }
    if !isClaimed, jobs.isFolderGone(record) {
      // It has another name by now, under which a scan finds it: the one that is open would go on showing it here.
      tracker.close(drop.place)
      watcher.rescan(drop.place.watch, at: now)
    } else {
      tracker.claimed(drop, record, isClaimed: isClaimed, now)
    }
    settle(now)
  }

  private func perform(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    switch request.action {
    case .cancel: try cancel(request, now)
    case .retry:
      try RetryRequest(request: request, inboxes: watcher.inboxes, steps: jobs.steps).run()
      watcher.rescanAll(at: now)
    }
    settle(now)
  }

  private func cancel(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    let search = CancelSearch(request, among: jobs.candidates + claims.candidates { tracker.settings($0).inbox })
    switch try search.find() {
    case .queued(let job): if !jobs.cancel(queued: job, now) { try cancel(request, now) }
    case .delayed(let record): try jobs.cancel(delayed: record, now)
    case .running(let id): desk.cancel(id)
    case .drop(let index): claims.fail(index, JobDispatcher.cancelled)
    case nil:
      // An earlier process, or an earlier request, may have put it back already.
      let isBack = cancelled.contains { name, inbox in
        (request.inbox ?? inbox) == inbox && (name == request.job || rules.jobName(of: name) == request.job)
      }
      if !isBack { throw search.refusal(isInInbox: tracker.isInInbox(request)) }
    }
  }

  // MARK: Actions

  /// Does what the parts want of each other, until they want nothing more.
  private func settle(_ now: Moment) {
    while true {
      let found = tracker.takeActions(), wanted = jobs.takeActions()
      if found.isEmpty, wanted.isEmpty { return }
      for action in found { perform(action, now) }
      for action in wanted { perform(action, now) }
    }
  }

  private func perform(_ action: DropTracker.Action, _ now: Moment) {
    switch action {
    case .ready(let drop): claims.add(drop)
    case .closed(let place): watcher.unwatch(place)
    case .watch(let folder, let spot): watcher.watch(folder, for: spot)
    case .open(let folder, let place):
      guard tracker.folders[place] == nil else { return }
      watcher.watch(folder, place)
      tracker.open(folder, place)
      do throws(FileError) { try tracker.scan(place, now) } catch { reporter.met(error, at: .watch(place.watch)) }
    }
  }

  private func perform(_ action: JobDispatcher.Action, _ now: Moment) {
    switch action {
    case .rescan(let inbox): if let index = watcher.index(of: inbox) { watcher.rescan(index, at: now + .seconds(1)) }
    case .putBack(let record, let reason):
      guard let index = watcher.index(of: record.inbox) else { return }
      tracker.putBack(record, in: Place(watch: index, subfolder: record.subfolder), reason: reason)
    }
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
