internal import Files
internal import Glibc

/// A name in a folder that is looked through.
struct Spot {
  var place: Place
  var name: Name
}

/// Follows what lies in inboxes and is no job yet: looks at it until it is settled, finds out who belongs to whom, and says
/// why something waits. Owns the entries of all open folders and the moments of the looks at them.
struct DropTracker {
  /// What others are to do about what was found.
  enum Action {
    /// It can be claimed.
    case ready(Drop)
    /// A folder in an inbox that is an inbox too.
    case open(Folder, Place)
    /// Nothing is known of that folder any more.
    case closed(Place)
    /// A folder whose changes are changes of its name.
    case watch(Folder, Spot)
  }

  struct Look {
    var spot: Spot
    /// One that failed and is repeated, though nothing may be known of the name.
    var isRepeated = false
  }

  let configuration: SpoolConfiguration
  let rules: NameRules
  let clock: SpoolClock
  private let incomplete: IncompleteDrops
  let cancelled: CancelledDrops
  let reporter: Reporter
  var folders: [Place: DropFolder] = [:]
  var looks = DeadlineHeap<Look>()
  var held = HeldDrops()
  /// What became of the drops that were claimed last.
  var recent = RecentJobs()
  var actions: [Action] = []

  init(
    _ configuration: SpoolConfiguration, rules: NameRules, clock: SpoolClock, incomplete: IncompleteDrops,
    cancelled: CancelledDrops, reporter: Reporter
  ) {
    self.configuration = configuration
    self.rules = rules
    self.clock = clock
    self.incomplete = incomplete
    self.cancelled = cancelled
    self.reporter = reporter
  }

  /// What was found since the last call.
  mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  func settings(_ place: Place) -> WatchConfiguration { configuration.watches[place.watch] }

  // MARK: Folders

  /// The open folders of an inbox, that itself first.
  func places(inWatch index: Int) -> [Place] {
    folders.keys.filter { $0.watch == index }.sorted { $0.subfolder < $1.subfolder }
  }

  func countOfEntries(inWatch index: Int) -> Int {
    folders.reduce(0) { $0 + ($1.key.watch == index ? $1.value.entries.count : 0) }
  }

  mutating func open(_ folder: Folder, _ place: Place) {
    folders[place] = DropFolder(folder: folder, rules: rules)
  }

  /// Forgets a folder, with those below it.
  mutating func close(_ place: Place) {
    let prefix = place.subfolder.bytes
    for inner in places(inWatch: place.watch) {
      let isBelow = prefix.isEmpty || inner == place || inner.subfolder.bytes.starts(with: prefix + [0x2F])
      guard isBelow else { continue }
      folders[inner] = nil
      held.remove(inner)
      reporter.forget(inner)
      actions.append(.closed(inner))
    }
  }

  /// Looks at every name in a folder, and at every name that was in it.
  mutating func scan(_ place: Place, _ now: Moment) throws(FileError) {
    guard let folder = folders[place] else { return }
    let names = try folder.folder.names()
    let present = Set(names)
    for name in folder.entries.keys where !present.contains(name) { forget(name, in: place, now) }
    for name in names.sorted() { look(at: name, in: place, now) }
  }

  // MARK: Looks

  /// When the next look is due.
  var nextLook: Moment? { looks.next }

  /// Takes all looks that are due.
  mutating func lookAround(_ now: Moment) {
    while let look = looks.pop(due: now) { self.look(at: look.spot.name, in: look.spot.place, now, isScheduled: !look.isRepeated) }
  }

  /// Looks at one name in an inbox and does what follows from it.
  ///
  /// - Parameter isScheduled: whether this is the look that was scheduled, so that none is pending any more.
  mutating func look(
    at name: Name, in place: Place, _ now: Moment, isScheduled: Bool = false, isCreated: Bool = false, isClosed: Bool = false
  ) {
    guard rules.classify(name) != .ignored, let folder = folders[place] else { return }
    reporter.alive()
    if isScheduled {
      guard let next = folder[name]?.nextLook, next <= now else { return }
      folders[place]?[name]?.nextLook = nil
    }
    do throws(FileError) {
      if let status = try folder.folder.statusIfPresent(of: name) {
        try consider(name, status, in: place, now, isCreated: isCreated, isClosed: isClosed)
      } else {
        forget(name, in: place, now)
      }
      reporter.over(at: .look(place, name))
    } catch {
      // A failing look is one of those that pass (or the watch is lost, which the rescan finds out).
      if error.kind != .refuse { reporter.met(error, at: .look(place, name)) }
      looks.add(Look(spot: Spot(place: place, name: name), isRepeated: true), at: now + quiet(place))
    }
  }

  private mutating func consider(
    _ name: Name, _ status: FileStatus, in place: Place, _ now: Moment, isCreated: Bool, isClosed: Bool
  ) throws(FileError) {
    guard let folder = folders[place] else { return }
    let settings = settings(place)
    var (kind, strangeness) = kind(of: name, status)
    let content = kind == .other ? content(of: name, status, in: folder.folder) : nil
    if content == .subject { kind = .image }
    if let strangeness {
      guard folder[name]?.settling.observation.identity != status.identity || folder[name]?.kind != .stranger else { return }
      var entry = newEntry(.stranger, Settling.Observation(status), now, settings)
      say(Saying(reason: strangeness, kind: .ignored), name, &entry, in: place)
      return
    }
    if kind == .folder {
      guard try considerFolder(name, status, in: place, now) else { return }
    }
    let seen = Settling.Observation(status, content: kind == .folder ? try Settling.content(of: folder.folder.folder(name), rules) : 0)
    var entry: DropEntry
    if let known = folder[name], known.kind == kind {
      entry = known
      if entry.settledAt != nil, seen == entry.settling.observation, !isClosed {
        decide(name, in: place, now)
        return
      }
      if entry.settledAt != nil { unsettle(&entry, name, in: place) }
    } else {
      entry = newEntry(kind, seen, now, settings, isUnclosed: isCreated)
    }
    entry.content = content
    if isClosed { entry.settling.closed(at: now) }
    try settle(name, entry, seen, status, in: place, now)
  }

  private mutating func settle(
    _ name: Name, _ old: DropEntry, _ seen: Settling.Observation, _ status: FileStatus, in place: Place, _ now: Moment
  ) throws(FileError) {
    guard let folder = folders[place]?.folder else { return }
    let limits = configuration.limits
    var entry = old
    // Too large to be read, so it is not opened to look for writers either.
    let isOpened = entry.kind != .folder && status.size <= Int64(limits.fileBytes)
    let verdict: Settling.Verdict
    do throws(FileError) {
      verdict = try entry.settling.look(seen, at: now) { () throws(FileError) -> Bool? in
        guard isOpened else { return nil }
        let file = try folder.openFile(name)
        return try file.hasWriter()
      }
    } catch where error.errno == EAGAIN {
      // Another program holds a lease on it: it is not done with it.
      set(entry, name, in: place)
      schedule(name, in: place, at: now + quiet(place))
      return
    } catch where error.errno == EACCES || error.errno == EPERM {
      hold(name, &entry, in: place, unreadable(status, "g+r"))
      return
    }
    switch verdict {
    case .wait(let until):
      set(entry, name, in: place)
      schedule(name, in: place, at: until)
    case .settled:
      entry.settledAt = now
      (entry.references, entry.nearby) = try references(of: name, entry.kind, in: folder)
      if holdsCancelled(name, entry, in: place) { return }
      set(entry, name, in: place)
      reviveCancelled(beside: name, in: place)
      decide(name, in: place, now)
      decidePartners(of: name, in: place, now)
    }
  }

  /// Why the service cannot read something, and what helps: the mode alone only where the group is one of the service's.
  func unreadable(_ status: FileStatus, _ change: String) -> String {
    let mode = String(status.mode, radix: 8)
    let found = "cannot be read by the service (mode 0\(mode), uid \(status.owner), gid \(status.group))"
    if isGroupOfProcess(status.group) { return "\(found); chmod \(change), or copy instead of moving" }
    return "\(found); chgrp \(getegid()) and chmod \(change), or copy instead of moving"
  }

  /// Asks the pairing rules about a settled entry and acts on the answer.
  mutating func decide(_ name: Name, in place: Place, _ now: Moment) {
    guard let folder = folders[place], let entry = folder[name],
      entry.settledAt != nil, !entry.isReady
    else { return }
    let settings = settings(place)
    if waitsForRest(name, entry, in: place, now) { return }
    let pairing = Pairing(
      rules: rules, watch: settings, limits: configuration.limits, place: place, recent: recent, date: clock.date())
    switch pairing.decide(name, in: folder, at: now) {
    case .leave:
      if !entry.isReady, !entry.isCancelled { release(name, in: place) }
    case .wait(let until, let wanted):
      if entry.wanted != wanted { folders[place]?[name]?.wanted = wanted }
      schedule(name, in: place, at: until)
    case .say(let saying):
      var entry = entry
      say(saying, name, &entry, in: place)
      if let until = saying.until { schedule(name, in: place, at: until) }
    case .ready(var drop):
      for part in drop.parts {
        guard let entry = folder[part.name] else { return }
        if part.role != .sidecar, waitsForRest(part.name, entry, in: place, now) { return }
      }
      drop.problem = drop.problem ?? problem(of: drop, in: folder)
      for part in drop.parts {
        folders[place]?[part.name]?.standing = .ready
        release(part.name, in: place)
      }
      actions.append(.ready(drop))
      reporter.statusChanged()
    }
  }

  mutating func decidePartners(of name: Name, in place: Place, _ now: Moment) {
    guard let folder = folders[place] else { return }
    for partner in folder.partners(of: name) { decide(partner, in: place, now) }
  }

  /// Whether an empty image, or one that was taken back as cut short, waits for more; or a job folder with one.
  private mutating func waitsForRest(_ name: Name, _ entry: DropEntry, in place: Place, _ now: Moment) -> Bool {
    guard entry.kind == .image || entry.kind == .folder else { return false }
    let isFolder = entry.kind == .folder, isEmpty = !isFolder && entry.settling.observation.size == 0
    let patience = Duration.seconds(settings(place).incompleteSeconds)
    let hold = incomplete.hold(of: entry.settling.observation)?.until
    guard let until = hold ?? (isEmpty ? entry.settling.lastChange + patience : nil), now < until else { return false }
    var entry = entry
    let reason = isEmpty ? "is empty; waits for its content" : isFolder
      ? "a picture in it ends too early; waits for the rest" : "ends too early; waits for the rest"
    say(Saying(reason: reason, kind: .shown), name, &entry, in: place)
    schedule(name, in: place, at: until)
    // Its sidecar decides, where it has one, or those that name it.
    if let folder = folders[place] {
      var sidecars = folder.sidecars(naming: name)
      if case .one(let sidecar) = folder.sidecar(ofImage: name) { sidecars.insert(sidecar) }
      for sidecar in sidecars { schedule(sidecar, in: place, at: until) }
    }
    return true
  }

  mutating func unready(_ name: Name, in place: Place) {
    if folders[place]?[name]?.isReady == true { folders[place]?[name]?.standing = .open }
  }
}
