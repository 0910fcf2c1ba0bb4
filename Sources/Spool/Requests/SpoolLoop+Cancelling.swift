internal import DequeModule
internal import Files
internal import Glibc
internal import PrintableText

extension SpoolLoop {
  func cancel(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    var known: [Name] = []
    func isMeant(_ id: String, _ name: Name, _ inbox: String) -> Bool {
      guard request.inbox == nil || request.inbox == inbox else { return false }
      known.append(name)
      return Name(id) == request.job || name == request.job
    }
    // Exact letters first, and only then the one that is spelled otherwise.
    if try cancel(now, where: isMeant) { return }
    let match = NameMatch(request.job, among: known)
    if let doubt = match.doubt { throw FileError(.open, request.job.description, doubt) }
    if let meant = match.name, try cancel(now, where: { _, name, inbox in name == meant && (request.inbox ?? inbox) == inbox }) {
      return
    }
    // An earlier process, or an earlier request, put it back already.
    let isBack = cancelledDrops.contains { name, inbox in
      (request.inbox ?? inbox) == inbox && (name == request.job || rules.jobName(of: name) == request.job)
    }
    if isBack { return }
    var finding = "no job of that name is waiting or running"
    if isInInbox(request) { finding = "it lies in the inbox and is no job yet; take it out there" }
    let clause = request.job.string.map { Suggestion.clause(for: $0, in: known.compactMap(\.string).sorted()) } ?? ""
    throw FileError(.open, request.job.description, finding + clause)
  }

  /// - Returns: false where no job is meant.
  private func cancel(_ now: Moment, where isMeant: (String, Name, String) -> Bool) throws(FileError) -> Bool {
    for queue in [queue, trainings] {
      guard let job = queue.jobs.first(where: { isMeant($0.id, $0.name, $0.watch.inbox) }), queue.remove(job.id) != nil else {
        continue
      }
      answer(job.record, failure: Self.cancelled, now)
      return true
    }
    if let record = schedule.jobs.first(where: { isMeant($0.id, $0.name, $0.inbox) }) {
      try cancelDelayed(record, now)
      return true
    }
    if desk.cancelRunning(where: isMeant) { return true }
    let index = ready.firstIndex { drop in
      isMeant("", drop.name, watches[drop.place.watch].configuration.inbox)
    }
    if let index { ready[index].problem = Self.cancelled }
    return index != nil
  }

  static let cancelled = "cancelled"

  /// Ends a job that waits for another try, whatever it failed at.
  private func cancelDelayed(_ shown: JobRecord, _ now: Moment) throws(FileError) {
    var record = try store.record(of: shown.id)
    switch record.state {
    case .waiting: try cancelClaim(record, now)
    case .publishing:
      guard let stopped = try steps.stopPublishing(record) else {
        throw FileError(.open, record.name.description, "its answer is in the outbox already, or on its way")
      }
      record = stopped
      fallthrough
    case .claimed, .running:
      record.reason = nil
      schedule.remove(record.id)
      answer(record, failure: Self.cancelled, now)
    case .done, .failed:
      throw FileError(.open, record.name.description, "its answer is in the outbox already")
    }
  }

  /// Gives back what was taken of a drop that cannot be taken out of its inbox.
  private func cancelClaim(_ record: JobRecord, _ now: Moment) throws(FileError) {
    guard try putBackCancelled(record, "it cannot be taken out of the inbox", now) else {
      throw FileError(.rename, record.name.description, "a new file in the inbox has its name; move that away first")
    }
  }

  /// Puts the originals of a cancelled job back into its inbox where its outbox cannot be written.
  ///
  /// - Returns: false where that is not possible either, or where the trouble will pass by itself.
  func giveBack(_ id: String, undelivered error: FileError, _ now: Moment) -> Bool {
    guard [EACCES, EPERM, EROFS, ENOSPC, EDQUOT, ENOENT, ENOTDIR].contains(error.errno) else { return false }
    do throws(FileError) {
      var record = try store.record(of: id)
      if record.state == .publishing {
        guard let stopped = try steps.stopPublishing(record) else { return false }
        record = stopped
      }
      guard [.claimed, .running].contains(record.state) else { return false }
      return try putBackCancelled(record, "its outbox cannot be written (\(error.message))", now)
    } catch {
      return false  // delayed as it was
    }
  }

  /// Puts what a job was made of back into its inbox. It stays there and is not done until it changes.
  ///
  /// - Returns: false where a new drop has a name of it; nothing was moved then.
  private func putBackCancelled(_ record: JobRecord, _ cause: String, _ now: Moment) throws(FileError) -> Bool {
    let reason = "cancelled; \(cause): remove it, or change it to have it done"
    // First, so that it is not done where the process ends between the two.
    try cancelledDrops.add(record, reason: reason, in: store.root)
    guard record.state == .waiting ? try steps.giveBack(record) : try steps.takeBack(record) else {
      try cancelledDrops.remove(record, in: store.root)
      return false
    }
    schedule.remove(record.id)
    recent.forget(record.id)
    reporter.statusChanged()
    reporter.emit(.takenBack(job: record.id, name: record.name, inbox: record.inbox, reason: reason))
    rescanSoon(record.inbox, now)
    var back = record
    let inbox = try steps.dropFolder(of: record)
    for index in back.entries.indices {
      // A copy that came from another file system has a time of its own.
      guard let status = try inbox.statusIfPresent(of: back.entries[index].name) else { continue }
      (back.entries[index].size, back.entries[index].modified) = (status.size, status.modified)
    }
    if back.entries != record.entries { try cancelledDrops.add(back, reason: reason, in: store.root) }
    guard let index = watches.firstIndex(where: { $0.configuration.inbox == record.inbox }) else { return true }
    let place = Place(watch: index, subfolder: record.subfolder)
    for entry in record.entries {
      guard var known = watches[index].folders[record.subfolder]?[entry.name] else { continue }
      (known.isCancelled, known.isReady) = (true, false)
      hold(entry.name, &known, in: place, reason)
    }
    return true
  }

  func recoverCancelled() {
    do throws(FileError) {
      cancelledDrops = try CancelledDrops(in: store.root)
    } catch {
      reporter.met(error, at: .recovery)
    }
  }

  /// Whether a drop was cancelled where it lies; it is shown then.
  func holdsCancelled(_ name: Name, _ entry: DropEntry, in place: Place) -> Bool {
    let inbox = watches[place.watch].configuration.inbox
    guard let reason = cancelledDrops.reason(name, entry.settling.observation, subfolder: place.subfolder, inbox: inbox) else {
      return false
    }
    var entry = entry
    entry.isCancelled = true
    hold(name, &entry, in: place, reason)
    return true
  }

  /// What changed, or went, may be done when it comes again.
  func forgetCancelled(_ name: Name, in place: Place) {
    let inbox = watches[place.watch].configuration.inbox
    do throws(FileError) {
      try cancelledDrops.remove(name, subfolder: place.subfolder, inbox: inbox, in: store.root)
    } catch {
      reporter.met(error, at: .requests)
    }
  }

  /// A sidecar or an image that is new, or changed, says anew what is wanted: its other half is not cancelled any more.
  func reviveCancelled(beside name: Name, in place: Place) {
    guard !cancelledDrops.isEmpty, let folder = watches[place.watch].folders[place.subfolder] else { return }
    var others: [Name] = []
    switch folder[name]?.kind {
    case .sidecar: others = folder.images(ofSidecar: name)
    case .image: if case .one(let sidecar) = folder.sidecar(ofImage: name) { others = [sidecar] }
    default: return
    }
    for other in others {
      forgetCancelled(other, in: place)
      guard folder[other]?.isCancelled == true else { continue }
      watches[place.watch].folders[place.subfolder]?[other]?.isCancelled = false
      release(other, in: place)
    }
  }

  /// Whether files of that name lie in an inbox and are part of no job.
  private func isInInbox(_ request: SpoolRequest) -> Bool {
    watches.contains { watched in
      (request.inbox ?? watched.configuration.inbox) == watched.configuration.inbox
        && watched.folders.values.contains { folder in
          folder.entries.keys.contains { rules.jobName(of: $0) == request.job || $0 == request.job }
        }
    }
  }
}
