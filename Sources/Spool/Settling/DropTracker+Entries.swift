internal import Files

/// What is known of each thing, and what is said of it.
extension DropTracker {
  /// What makes a drop fail without work.
  func problem(of drop: Drop, in folder: DropFolder) -> String? {
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

  func newEntry(
    _ kind: DropEntry.Kind, _ seen: Settling.Observation, _ now: Moment, _ settings: WatchConfiguration,
    isUnclosed: Bool = false
  ) -> DropEntry {
    let quiet = Duration.milliseconds(settings.settleMilliseconds)
    return DropEntry(
      kind: kind, settling: Settling(seen, at: now, quiet: quiet, isUnclosed: isUnclosed), firstSeen: now)
  }

  func kind(of name: Name, _ status: FileStatus) -> (DropEntry.Kind, String?) {
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

  mutating func set(_ entry: DropEntry, _ name: Name, in place: Place) {
    folders[place]?[name] = entry
  }

  /// Schedules the one pending look at an entry, or brings it forward.
  mutating func schedule(_ name: Name, in place: Place, at moment: Moment) {
    guard let entry = folders[place]?[name] else { return }
    if let next = entry.nextLook, next <= moment { return }
    folders[place]?[name]?.nextLook = moment
    looks.add(Look(spot: Spot(place: place, name: name)), at: moment)
  }

  mutating func unsettle(_ entry: inout DropEntry, _ name: Name, in place: Place) {
    if entry.isCancelled { forgetCancelled(name, in: place) }
    entry.settledAt = nil
    entry.standing = .open
    entry.references = []
    entry.wanted = []
    entry.nearby = []
    release(name, in: place)
  }

  mutating func forget(_ name: Name, in place: Place, _ now: Moment) {
    guard let folder = folders[place], folder[name] != nil else { return }
    let partners = folder.partners(of: name)
    if folder[name]?.isCancelled == true { forgetCancelled(name, in: place) }
    release(name, in: place)
    folders[place]?[name] = nil
    if rules.classify(name) == .sidecar || rules.misnamedSidecar(name) != nil {
      // Its successor may be on its way: the images wait for that as at first.
      for partner in partners where folder[partner]?.kind == .image {
        folders[place]?[partner]?.aloneSince = now
        unready(partner, in: place)
      }
    }
    for partner in partners { decide(partner, in: place, now) }
  }

  /// Says something once, and shows it in the status for as long as it holds.
  mutating func say(_ saying: Saying, _ name: Name, _ entry: inout DropEntry, in place: Place) {
    let isNew = entry.said != saying.reason
    if saying.kind != .shown { entry.said = saying.reason }
    entry.wanted = saying.wanted
    set(entry, name, in: place)
    if held.hold(name, in: place, saying.reason) { reporter.statusChanged() }
    guard isNew else { return }
    let (inbox, path) = (settings(place).inbox, place.subfolder.appending(name))
    switch saying.kind {
    case .held: reporter.emit(.held(inbox: inbox, name: path, reason: saying.reason))
    case .ignored: reporter.emit(.ignored(inbox: inbox, name: path, reason: saying.reason))
    case .shown: return
    }
  }

  mutating func hold(_ name: Name, _ entry: inout DropEntry, in place: Place, _ reason: String) {
    say(Saying(reason: reason, kind: .held), name, &entry, in: place)
  }

  mutating func release(_ name: Name, in place: Place) {
    if held.release(name, in: place) { reporter.statusChanged() }
  }

  func quiet(_ place: Place) -> Duration {
    .milliseconds(max(settings(place).settleMilliseconds, 1))
  }
}
