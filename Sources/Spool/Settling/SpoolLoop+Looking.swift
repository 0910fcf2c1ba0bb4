internal import DequeModule
internal import Files
internal import Glibc

extension SpoolLoop {
  /// Looks at one name in an inbox and does what follows from it.
  ///
  /// - Parameter isScheduled: whether this is the look that was scheduled, so that none is pending any more.
  func look(
    at name: Name, in place: Place, _ now: Moment, isScheduled: Bool = false, isCreated: Bool = false, isClosed: Bool = false
  ) {
    guard rules.classify(name) != .ignored, let folder = watches[place.watch].folders[place.subfolder] else { return }
    if isScheduled {
      guard let next = folder[name]?.nextLook, next <= now else { return }
      watches[place.watch].folders[place.subfolder]?[name]?.nextLook = nil
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
      looks.add(Look(place: place, name: name, isRepeated: true), at: now + quiet(place))
    }
  }

  private func consider(
    _ name: Name, _ status: FileStatus, in place: Place, _ now: Moment, isCreated: Bool, isClosed: Bool
  ) throws(FileError) {
    guard let folder = watches[place.watch].folders[place.subfolder] else { return }
    let settings = watches[place.watch].configuration
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

  private func settle(
    _ name: Name, _ old: DropEntry, _ seen: Settling.Observation, _ status: FileStatus, in place: Place, _ now: Moment
  ) throws(FileError) {
    guard let folder = watches[place.watch].folders[place.subfolder]?.folder else { return }
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
  func decide(_ name: Name, in place: Place, _ now: Moment) {
    guard let folder = watches[place.watch].folders[place.subfolder], let entry = folder[name],
      entry.settledAt != nil, !entry.isReady
    else { return }
    let settings = watches[place.watch].configuration
    if waitsForRest(name, entry, in: place, now) { return }
    let pairing = Pairing(
      rules: rules, watch: settings, limits: configuration.limits, place: place, recent: recent, date: clock.date())
    switch pairing.decide(name, in: folder, at: now) {
    case .leave:
      if !entry.isReady, !entry.isCancelled { release(name, in: place) }
    case .wait(let until, let wanted):
      if entry.wanted != wanted { watches[place.watch].folders[place.subfolder]?[name]?.wanted = wanted }
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
        watches[place.watch].folders[place.subfolder]?[part.name]?.isReady = true
        release(part.name, in: place)
      }
      ready.append(drop)
      reporter.statusChanged()
    }
  }

  func decidePartners(of name: Name, in place: Place, _ now: Moment) {
    guard let folder = watches[place.watch].folders[place.subfolder] else { return }
    for partner in folder.partners(of: name) { decide(partner, in: place, now) }
  }

  /// Whether an empty image, or one that was taken back as cut short, waits for more; or a job folder with one.
  private func waitsForRest(_ name: Name, _ entry: DropEntry, in place: Place, _ now: Moment) -> Bool {
    guard entry.kind == .image || entry.kind == .folder else { return false }
    let isFolder = entry.kind == .folder, isEmpty = !isFolder && entry.settling.observation.size == 0
    let patience = Duration.seconds(watches[place.watch].configuration.incompleteSeconds)
    let hold = desk.hold(of: entry.settling.observation)?.until
    guard let until = hold ?? (isEmpty ? entry.settling.lastChange + patience : nil), now < until else { return false }
    var entry = entry
    let reason = isEmpty ? "is empty; waits for its content" : isFolder
      ? "a picture in it ends too early; waits for the rest" : "ends too early; waits for the rest"
    say(Saying(reason: reason, kind: .shown), name, &entry, in: place)
    schedule(name, in: place, at: until)
    // Its sidecar decides, where it has one, or those that name it.
    if let folder = watches[place.watch].folders[place.subfolder] {
      var sidecars = folder.sidecars(naming: name)
      if case .one(let sidecar) = folder.sidecar(ofImage: name) { sidecars.insert(sidecar) }
      for sidecar in sidecars { schedule(sidecar, in: place, at: until) }
    }
    return true
  }

  func unready(_ name: Name, in place: Place) {
    watches[place.watch].folders[place.subfolder]?[name]?.isReady = false
  }

  /// What makes a drop fail without work.
  private func problem(of drop: Drop, in folder: DropFolder) -> String? {
    let limits = configuration.limits
    for part in drop.parts {
      guard let size = folder[part.name]?.settling.observation.size, part.role != .folder else { continue }
      let limit = part.role == .sidecar ? limits.sidecarBytes : limits.fileBytes
      if size > Int64(limit) { return "\(part.name): it has \(size) bytes; the limit is \(limit)" }
      if part.role == .image, size == 0 { return "\(part.name): it is empty; copy it again" }
    }
    return nil
  }

  // MARK: Entries

  private func newEntry(
    _ kind: DropEntry.Kind, _ seen: Settling.Observation, _ now: Moment, _ settings: WatchConfiguration,
    isUnclosed: Bool = false
  ) -> DropEntry {
    let quiet = Duration.milliseconds(settings.settleMilliseconds)
    return DropEntry(
      kind: kind, settling: Settling(seen, at: now, quiet: quiet, isUnclosed: isUnclosed), firstSeen: now)
  }

  private func kind(of name: Name, _ status: FileStatus) -> (DropEntry.Kind, String?) {
    let nameClass = rules.classify(name)
    switch status.kind {
    case .regular:
      switch nameClass {
      case .image: return (.image, nil)
      case .sidecar: return (.sidecar, nil)
      default: return (.other, nil)
      }
    case .folder:
      return nameClass == .other ? (.folder, nil) : (.stranger, "left alone: a folder with the name of a file")
    case .symbolicLink, .pipe, .socket, .device:
      return (.stranger, Self.strangeness(status.kind).map { "left alone: \($0)" })
    }
  }

  /// What something is that is no regular file where one should be, and what to do; nil for a file.
  static func strangeness(_ kind: FileKind) -> String? {
    switch kind {
    case .regular: nil
    case .folder: "a folder; only regular files are read"
    case .symbolicLink: "a symbolic link; put the file itself there"
    case .pipe: "a pipe; only regular files are read"
    case .socket: "a socket; only regular files are read"
    case .device: "a device; only regular files are read"
    }
  }

  func set(_ entry: DropEntry, _ name: Name, in place: Place) {
    watches[place.watch].folders[place.subfolder]?[name] = entry
  }

  /// Schedules the one pending look at an entry, or brings it forward.
  func schedule(_ name: Name, in place: Place, at moment: Moment) {
    guard let entry = watches[place.watch].folders[place.subfolder]?[name] else { return }
    if let next = entry.nextLook, next <= moment { return }
    watches[place.watch].folders[place.subfolder]?[name]?.nextLook = moment
    looks.add(Look(place: place, name: name), at: moment)
  }

  private func unsettle(_ entry: inout DropEntry, _ name: Name, in place: Place) {
    if entry.isCancelled { forgetCancelled(name, in: place) }
    entry.settledAt = nil
    entry.isReady = false
    entry.isCancelled = false
    entry.references = []
    entry.wanted = []
    entry.nearby = []
    release(name, in: place)
  }

  func forget(_ name: Name, in place: Place, _ now: Moment) {
    guard let folder = watches[place.watch].folders[place.subfolder], folder[name] != nil else { return }
    let partners = folder.partners(of: name)
    if folder[name]?.isCancelled == true { forgetCancelled(name, in: place) }
    release(name, in: place)
    watches[place.watch].folders[place.subfolder]?[name] = nil
    if rules.classify(name) == .sidecar || rules.misnamedSidecar(name) != nil {
      // Its successor may be on its way: the images wait for that as at first.
      for partner in partners where folder[partner]?.kind == .image {
        watches[place.watch].folders[place.subfolder]?[partner]?.aloneSince = now
        unready(partner, in: place)
      }
    }
    for partner in partners { decide(partner, in: place, now) }
  }

  /// Says something once, and shows it in the status for as long as it holds.
  func say(_ saying: Saying, _ name: Name, _ entry: inout DropEntry, in place: Place) {
    let isNew = entry.said != saying.reason
    if saying.kind != .shown { entry.said = saying.reason }
    entry.wanted = saying.wanted
    set(entry, name, in: place)
    if held[place]?[name] != saying.reason {
      held[place, default: [:]][name] = saying.reason
      reporter.statusChanged()
    }
    guard isNew else { return }
    let (inbox, path) = (watches[place.watch].configuration.inbox, place.subfolder.appending(name))
    switch saying.kind {
    case .held: reporter.emit(.held(inbox: inbox, name: path, reason: saying.reason))
    case .ignored: reporter.emit(.ignored(inbox: inbox, name: path, reason: saying.reason))
    case .shown: return
    }
  }

  func hold(_ name: Name, _ entry: inout DropEntry, in place: Place, _ reason: String) {
    say(Saying(reason: reason, kind: .held), name, &entry, in: place)
  }

  func release(_ name: Name, in place: Place) {
    if held[place]?.removeValue(forKey: name) != nil { reporter.statusChanged() }
  }

  func quiet(_ place: Place) -> Duration {
    .milliseconds(max(watches[place.watch].configuration.settleMilliseconds, 1))
  }
}
