internal import Files

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
  private(set) var inboxes: Inboxes
  private var claims: ClaimQueue
  private(set) var jobs: JobDispatcher
  private var requests: RequestFolder
  private var retention: ResultRetention
  private var statusWriter: StatusWriter
  private var isStopping = false
  /// Another process serves the folder: nothing is touched any more.
  private var isSuperseded = false

  /// Opens the state folder and checks the watches.
  ///
  /// - Throws: kind *stop*: another service, an outbox in an inbox, a folder that cannot be made.
  package convenience init(
    _ configuration: SpoolConfiguration, clock: SpoolClock = .system, totals: JobTotals = JobTotals(),
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    try self.init(configuration, clock: clock, totals: totals, waker: try makeWaker(), alive: {}, listener: listener)
  }

  init(
    _ configuration: SpoolConfiguration, clock: SpoolClock, totals: JobTotals, waker: Waker,
    alive: @escaping @Sendable () -> Void, listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    self.clock = clock
    let store = try JobStore(path: configuration.state, configuration.lease, now: clock.now)
    desk = FrontDesk(configuration: configuration, clock: clock, totals: totals, waker: waker, listener: listener)
    rules = desk.rules
    reporter = Reporter(desk: desk, alive: alive)
    cancelled = CancelledDrops(store: store)
    let tracker = DropTracker(
      configuration, rules: rules, clock: clock, incomplete: desk.incomplete, cancelled: cancelled, reporter: reporter)
    inboxes = Inboxes(
      watcher: InboxWatcher(configuration.watches, reporter: reporter), tracker: tracker, reporter: reporter)
    claims = ClaimQueue(reporter: reporter)
    jobs = JobDispatcher(configuration, clock: clock, store: store, desk: desk, cancelled: cancelled, reporter: reporter)
    requests = RequestFolder(store: store, clock: clock, reporter: reporter)
    retention = ResultRetention(configuration, clock: clock, reporter: reporter)
    statusWriter = StatusWriter(store: store, reporter: reporter)
    try inboxes.watcher.checkFolders(jobs.steps)
  }

  /// Whether there may be requests that no event told of.
  package var isRequestsDirty: Bool {
    get { requests.isDirty }
    set { requests.isDirty = newValue }
  }

  /// Takes up what an earlier process left. Once, before the first `advance`.
  package func recover() {
    inboxes.start { () throws(FileError) in try requests.folder() }
    do throws(FileError) { try cancelled.load() } catch { reporter.met(error, at: .recovery) }
    recoverJobs(clock.now())
  }

  /// Does all that is due.
  ///
  /// - Returns: when to come again, if nothing happens before.
  package func advance() -> Moment {
    let now = clock.now()
    reporter.alive()
    guard mayServe(now) else { return now + .seconds(30) }
    takeMessages(now)
    if inboxes.listen(now) { requests.isDirty = true }
    if inboxes.isRescanDue(now) { reopenState() }
    inboxes.rescanDue(now)
    requests.handle { request throws(FileError) in try perform(request, now) }
    inboxes.lookAround(now)
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
    var moments = [inboxes.next, retention.next, jobs.schedule.next, jobs.store.nextRenewal]
    if !claims.isEmpty, jobs.hasRoom { moments.append(max(now, jobs.schedule.claimsPausedUntil)) }
    if desk.totals.isDirty { moments.append(statusWriter.next) }
    return moments.compactMap { $0 }.min() ?? now + .seconds(30)
  }

  private func mayServe(_ now: Moment) -> Bool {
    if isSuperseded { return false }
    do throws(FileError) {
      if let reason = try jobs.store.renewLease(now) {
        isSuperseded = true
        reporter.emit(.superseded(reason: reason))
        return false
      }
      reporter.over(at: .lease)
    } catch {
      reporter.met(error, at: .lease)
    }
    return true
  }

  /// Puts the final status on disk.
  package func stop() {
    isStopping = true
    jobs.close()
    if isSuperseded { return }
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
      var status = SpoolStatus(watcher: inboxes.watcher, tracker: inboxes.tracker, jobs: jobs, date: clock.date())
      status.isStopped = isStopping
      desk.totals.fill(&status)
      return status
    }
  }

  /// Opens the state folder anew where its mount was lost.
  private func reopenState() {
    do throws(FileError) {
      if let folder = try requests.reopenIfLost() { try inboxes.watch(requests: folder) }
    } catch {
      reporter.met(error, at: .requests)
    }
  }

  // MARK: Jobs

  private func takeMessages(_ now: Moment) {
    if jobs.schedule.takeRecovery(due: now) { recoverJobs(now) }
    for message in desk.takeMessages() {
      switch message {
      case .delayed(let record): jobs.schedule.add(record, now, clock.date())
      case .finished(let record, let folder): inboxes.recent.ended(record, folder: folder)
      case .takenBack(let id): inboxes.recent.forget(id)
      case .ended: continue
      }
    }
  }

  private func recoverJobs(_ now: Moment) {
    jobs.recover(now)
    settle(now)
  }

  private func claim(_ drop: Drop, _ now: Moment) {
    guard let record = inboxes.record(of: drop, now) else { return }
    guard jobs.create(record, now) else { return inboxes.reconsider(drop, jobs.schedule.claimsPausedUntil) }
    inboxes.recent.claimed(record, in: drop.place, at: clock.date())
    if jobs.finishClaim(record, now) {
      inboxes.claimed(drop, record, now)
    } else {
      inboxes.notClaimed(drop, record, isFolderGone: jobs.isFolderGone(record), now)
    }
    settle(now)
  }

  private func perform(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    switch request.action {
    case .cancel: try cancel(request, now)
    case .retry:
      try RetryRequest(request: request, inboxes: inboxes.watcher.inboxes, steps: jobs.steps).run()
      inboxes.rescanAll(at: now)
    }
    settle(now)
  }

  private func cancel(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    let search = CancelSearch(request, among: jobs.candidates + claims.candidates { inboxes.tracker.settings($0).inbox })
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
      if !isBack { throw search.refusal(isInInbox: inboxes.tracker.isInInbox(request)) }
    }
  }

  /// Does what the parts want of each other, until they want nothing more.
  private func settle(_ now: Moment) {
    for action in jobs.takeActions() {
      switch action {
      case .rescan(let inbox): inboxes.rescan(inbox, at: now + .seconds(1))
      case .putBack(let record, let reason): inboxes.putBack(record, reason: reason)
      }
    }
    for drop in inboxes.takeReady() { claims.add(drop) }
  }
}
