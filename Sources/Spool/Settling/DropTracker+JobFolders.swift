internal import Files
internal import Glibc
internal import PrintableText

extension DropTracker {
  /// Decides whether a folder in an inbox is a job, an inbox of its own, or neither yet.
  ///
  /// - Returns: whether it is a job folder.
  mutating func considerFolder(_ name: Name, _ status: FileStatus, in place: Place, _ now: Moment) throws(FileError) -> Bool {
    guard let parent = folders[place] else { return false }
    let subfolder = place.subfolder.appending(name)
    let settings = settings(place)
    let inner: Folder
    do {
      inner = try parent.folder.folder(name)
    } catch where error.errno == EACCES {
      var entry = parent[name] ?? unsettledFolder(status, now, settings)
      hold(name, &entry, in: place, unreadable(status, "g+rwx"))
      return false
    }
    let inside = Place(watch: place.watch, subfolder: subfolder)
    let names = try inner.names()
    if let jobFile = rules.jobFile(among: names).name {
      if let kind = try inner.statusIfPresent(of: jobFile)?.kind, let reason = Self.strangeness(kind) {
        var entry = parent[name] ?? unsettledFolder(status, now, settings)
        if parent[name] == nil { actions.append(.watch(inner, Spot(place: place, name: name))) }
        hold(name, &entry, in: place, "its \(jobFile) is \(reason)")
        return false
      }
      release(name, in: place)
      if folders[inside] != nil { close(inside) }
      if parent[name] == nil { actions.append(.watch(inner, Spot(place: place, name: name))) }
      return true
    }
    let isMeantAsJob = rules.doubt(among: names) != nil || rules.misnamedJobFile(among: names) != nil
    if settings.recursive, !isMeantAsJob || folders[inside] != nil {
      release(name, in: place)
      if folders[inside] == nil, subfolder.components.count <= 16 {
        actions.append(.open(inner, inside))
      }
      return false
    }
    considerUndescribed(name, status, in: place, names, now)
    return false
  }

  /// A folder without job.yaml: it may come; when it does not, that is said once.
  private mutating func considerUndescribed(
    _ name: Name, _ status: FileStatus, in place: Place, _ names: [Name], _ now: Moment
  ) {
    guard let parent = folders[place] else { return }
    let settings = settings(place)
    let isNew = parent[name] == nil
    var entry = parent[name] ?? unsettledFolder(status, now, settings)
    if entry.settling.observation.identity != status.identity { entry = unsettledFolder(status, now, settings) }
    let patience = entry.firstSeen + .seconds(settings.orphanSeconds)
    if let doubt = rules.doubt(among: names) {
      hold(name, &entry, in: place, doubt)
    } else if let (found, meant) = rules.misnamedJobFile(among: names) {
      hold(name, &entry, in: place, "\(found) should be called \(meant); rename it")
    } else {
      let isEarly = now < min(patience, entry.firstSeen + .seconds(settings.pairingSeconds))
      let reason = "a folder without job.yaml; add one, or set recursive: true to watch it"
      if !isEarly { say(Saying(reason: reason, kind: now < patience ? .shown : .held), name, &entry, in: place) }
    }
    if now >= patience {
      set(entry, name, in: place)
      return
    }
    if isNew, let inner = try? parent.folder.folder(name) {  // gone meanwhile: the next look sees it
      actions.append(.watch(inner, Spot(place: place, name: name)))
    }
    set(entry, name, in: place)
    schedule(name, in: place, at: min(patience, now + .seconds(2)))
  }

  private func unsettledFolder(_ status: FileStatus, _ now: Moment, _ settings: WatchConfiguration) -> DropEntry {
    let quiet = Duration.milliseconds(settings.settleMilliseconds)
    return DropEntry(
      kind: .folder, settling: Settling(Settling.Observation(status), at: now, quiet: quiet), firstSeen: now)
  }

  /// What a sidecar names; of a job folder what `job.yaml` names that is not there, and the files that may be meant. Only
  /// plain names: others are refused by whoever reads the sidecar.
  func references(
    of name: Name, _ kind: DropEntry.Kind, in folder: Folder
  ) throws(FileError) -> (missing: [Name], nearby: [Name]) {
    let limit = configuration.limits.sidecarBytes
    switch kind {
    case .sidecar:
      return (namesReferenced(by: try contents(of: name, in: folder, limit: limit), isJobFile: false), [])
    case .folder:
      let inner = try folder.folder(name)
      let names = try inner.names()
      guard let jobFile = rules.jobFile(among: names).name else { return ([], []) }
      let missing = namesReferenced(by: try contents(of: jobFile, in: inner, limit: limit), isJobFile: true).filter { reference in
        NameMatch(reference, among: names) == .none
      }
      let texts = names.filter { $0 != jobFile }.compactMap(\.string).sorted()
      return (missing, missing.compactMap(\.string).compactMap { Suggestion.nearest(to: $0, in: texts) }.map { Name($0) })
    default:
      return ([], [])
    }
  }

  /// The bytes of a sidecar; empty where they are more than allowed, which is found again when the job is made.
  private func contents(of name: Name, in folder: Folder, limit: Int) throws(FileError) -> [UInt8] {
    guard try folder.status(of: name).size <= Int64(limit) else { return [] }
    return try folder.read(name, limit: limit).bytes
  }

  private func namesReferenced(by sidecar: [UInt8], isJobFile: Bool) -> [Name] {
    guard !sidecar.isEmpty, let names = configuration.namesReferenced(sidecar, isJobFile) else { return [] }
    var result: [Name] = []
    for name in names.map({ Name($0) }) where name.isPlain && rules.classify(name) != .ignored {
      if !result.contains(name), rules.classify(name) != .sidecar { result.append(name) }
    }
    return result
  }
}
