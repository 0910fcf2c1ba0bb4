internal import Files
internal import Foundation

/// The inboxes: who watches them and who knows what lies in them, in the order in which the two work.
struct Inboxes {
  private(set) var watcher: InboxWatcher
  private(set) var tracker: DropTracker
  private let reporter: Reporter
  private var ready: [Drop] = []

  init(watcher: InboxWatcher, tracker: DropTracker, reporter: Reporter) {
    self.watcher = watcher
    self.tracker = tracker
    self.reporter = reporter
  }

  /// When there is something to do.
  var next: Moment? { [watcher.nextRescan, tracker.nextLook].compactMap { $0 }.min() }

  /// The drops that became complete since the last call.
  mutating func takeReady() -> [Drop] {
    defer { ready = [] }
    return ready
  }

  /// Listens to the kernel.
  ///
  /// - Parameter requests: the folder of requests, which is listened to as well.
  mutating func start(requests: () throws(FileError) -> Folder) {
    watcher.start(requests: requests)
  }

  /// The folder of requests is another one.
  mutating func watch(requests folder: Folder) throws(FileError) {
    try watcher.watch(requests: folder)
  }

  /// Follows what the kernel tells.
  ///
  /// - Returns: whether there may be requests.
  mutating func listen(_ now: Moment) -> Bool {
    var hasRequests = false
    for hint in watcher.hints(now) {
      switch hint {
      case .look(let spot, let isCreated, let isClosed):
        tracker.look(at: spot.name, in: spot.place, now, isCreated: isCreated, isClosed: isClosed)
      case .lost(let place) where place.isInbox: lose(place, "the folder was deleted, moved or unmounted", now)
      case .lost(let place): tracker.close(place)
      case .requests: hasRequests = true
      }
      settle(now)
    }
    return hasRequests
  }

  /// Takes all looks that are due.
  mutating func lookAround(_ now: Moment) {
    tracker.lookAround(now)
    settle(now)
  }

  // MARK: Scans

  func isRescanDue(_ now: Moment) -> Bool { watcher.inboxes.indices.contains { watcher.isDue($0, now) } }

  mutating func rescanDue(_ now: Moment) {
    for index in watcher.inboxes.indices where watcher.isDue(index, now) { rescan(index, now) }
  }

  /// Scans an inbox soon.
  mutating func rescan(_ inbox: String, at moment: Moment) {
    if let index = watcher.index(of: inbox) { watcher.rescan(index, at: moment) }
  }

  mutating func rescanAll(at moment: Moment) { watcher.rescanAll(at: moment) }

  /// Opens an inbox that is not open, notices one that is lost, and looks at everything in it.
  private mutating func rescan(_ index: Int, _ now: Moment) {
    let inbox = Place(watch: index, subfolder: Name(bytes: []))
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

  private mutating func reopen(_ inbox: Place, _ now: Moment) throws(FileError) {
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

  private mutating func lose(_ inbox: Place, _ reason: String, _ now: Moment) {
    tracker.close(inbox)
    settle(now)
    watcher.lose(inbox.watch, reason: reason)
  }

  // MARK: Claims

  /// The record of a new job; nil where the drop is not what it was, and is looked at again.
  mutating func record(of drop: Drop, _ now: Moment) -> JobRecord? {
    guard let record = tracker.record(of: drop) else {
      tracker.reconsider(drop, now)
      return nil
    }
    return record
  }

  /// No job could be made of it: it is looked at again.
  mutating func reconsider(_ drop: Drop, _ moment: Moment) { tracker.reconsider(drop, moment) }

  mutating func claimed(_ drop: Drop, _ record: JobRecord, _ now: Moment) {
    tracker.claimed(drop, record, isClaimed: true, now)
    settle(now)
  }

  /// Nothing was taken of it after all.
  ///
  /// - Parameter isFolderGone: whether its folder has another name by now, under which a scan finds it: the one that is open
  ///   would go on showing it here.
  mutating func notClaimed(_ drop: Drop, _ record: JobRecord, isFolderGone: Bool, _ now: Moment) {
    tracker.recent.forget(record.id)
    if isFolderGone {
      tracker.close(drop.place)
      watcher.rescan(drop.place.watch, at: now)
    } else {
      tracker.claimed(drop, record, isClaimed: false, now)
    }
    settle(now)
  }

  /// What a cancelled job was made of lies in its inbox again.
  mutating func putBack(_ record: JobRecord, reason: String) {
    guard let index = watcher.index(of: record.inbox) else { return }
    tracker.putBack(record, in: Place(watch: index, subfolder: record.subfolder), reason: reason)
  }

  /// What became of the drops that were claimed last.
  var recent: RecentJobs {
    get { tracker.recent }
    _modify { yield &tracker.recent }
  }

  // MARK: Actions

  /// Does what the tracker wants, until it wants nothing more.
  private mutating func settle(_ now: Moment) {
    while true {
      let actions = tracker.takeActions()
      if actions.isEmpty { return }
      for action in actions { perform(action, now) }
    }
  }

  private mutating func perform(_ action: DropTracker.Action, _ now: Moment) {
    switch action {
    case .ready(let drop): ready.append(drop)
    case .closed(let place): watcher.unwatch(place)
    case .watch(let folder, let spot): watcher.watch(folder, for: spot)
    case .open(let folder, let place):
      guard tracker.folders[place] == nil else { return }
      watcher.watch(folder, place)
      tracker.open(folder, place)
      do throws(FileError) { try tracker.scan(place, now) } catch { reporter.met(error, at: .watch(place.watch)) }
    }
  }
}

/// The path without symbolic links, as far as it exists.
func resolved(_ path: String) -> Name {
  Name(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
}
