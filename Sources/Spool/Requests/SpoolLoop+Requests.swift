internal import Files
internal import Foundation
internal import PrintableText

extension SpoolLoop {
  /// Does what other processes asked for. A request is removed when it is done or refused, not before.
  func handleRequests(_ now: Moment) {
    isRequestsDirty = false
    do throws(FileError) {
      let folder = try store.root.folder(JobStore.requestsName)
      let names = try folder.names()
      try removeOldRefusals(names, in: folder)
      for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
        var request: SpoolRequest?
        do throws(FileError) {
          let read = try SpoolRequest.read(name, in: folder)
          request = read
          switch read.action {
          case .cancel: try cancel(read, now)
          case .retry: try retry(read, now)
          }
        } catch where error.kind == .refuse {
          emit(.requestRefused(request: name.description, reason: error.message))
          if request?.wantsAnswer == true {
            // Whoever asked reads it, or is gone; only a help.
            try? folder.write(SpoolRequest.refusalName(name), Array(error.message.utf8), mode: 0o660, durability: .none)
          }
        }
        try folder.remove(name)
      }
      tellNoTrouble(at: .requests)
    } catch {
      tell(trouble: error, at: .requests)
      isRequestsDirty = true
    }
  }

  /// Those that nobody came for.
  private func removeOldRefusals(_ names: [Name], in folder: Folder) throws(FileError) {
    for name in names where name.hasSuffix(SpoolRequest.refusalSuffix) {
      guard let modified = try folder.statusIfPresent(of: name)?.modified else { continue }
      if clock.date().timeIntervalSince1970 - Double(modified) / 1e9 > 60 { try? folder.remove(name) }  // gone is gone
    }
  }

  // MARK: Cancel

  private func cancel(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
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
    var finding = "no job of that name is waiting or running"
    if isInInbox(request) { finding = "it lies in the inbox and is no job yet; take it out there" }
    let clause = request.job.string.map { Suggestion.clause(for: $0, in: known.compactMap(\.string).sorted()) } ?? ""
    throw FileError(.open, request.job.description, finding + clause)
  }

  /// - Returns: false where no job is meant.
  private func cancel(_ now: Moment, where isMeant: (String, Name, String) -> Bool) throws(FileError) -> Bool {
    if let job = queue.jobs.first(where: { isMeant($0.id, $0.name, $0.watch.inbox) }), queue.remove(job.id) != nil {
      answer(job.record, failure: Self.cancelled, now)
      return true
    }
    if let record = delayed.values.sorted(by: { $0.id < $1.id }).first(where: { isMeant($0.id, $0.name, $0.inbox) }) {
      try cancelDelayed(record, now)
      return true
    }
    if desk.cancelRunning(where: isMeant) { return true }
    let index = ready[readyStart...].firstIndex { drop in
      isMeant("", drop.name, watches[drop.place.watch].configuration.inbox)
    }
    if let index { ready[index].problem = Self.cancelled }
    return index != nil
  }

  private static let cancelled = "cancelled"

  /// Ends a job that waits for another try, whatever it failed at.
  private func cancelDelayed(_ shown: JobRecord, _ now: Moment) throws(FileError) {
    var record = try store.record(of: shown.id)
    switch record.state {
    case .waiting: try cancelClaim(record)
    case .publishing:
      guard let stopped = try steps.stopPublishing(record) else {
        throw FileError(.open, record.name.description, "its answer is in the outbox already, or on its way")
      }
      record = stopped
      fallthrough
    case .claimed, .running:
      record.reason = nil
      delayed[record.id] = nil
      answer(record, failure: Self.cancelled, now)
    case .done, .failed:
      throw FileError(.open, record.name.description, "its answer is in the outbox already")
    }
  }

  /// Gives back what was taken of a drop that cannot be taken out of its inbox. It stays there and is not done until it
  /// changes.
  private func cancelClaim(_ record: JobRecord) throws(FileError) {
    guard try steps.giveBack(record) else {
      throw FileError(.rename, record.name.description, "a new file in the inbox has its name; move that away first")
    }
    delayed[record.id] = nil
    desk.markDirty()
    guard let index = watches.firstIndex(where: { $0.configuration.inbox == record.inbox }) else { return }
    let place = Place(watch: index, subfolder: record.subfolder)
    for entry in record.entries {
      guard var known = watches[index].folders[record.subfolder]?[entry.name] else { continue }
      (known.isCancelled, known.isReady) = (true, false)
      hold(entry.name, &known, in: place, "cancelled; it cannot be taken out of the inbox: remove it, or change it to have it done")
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

  // MARK: Retry

  /// Moves the originals of a failure back to their inbox; the rest of its folder goes.
  private func retry(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    var finding = "no failure of that name lies in an outbox's folder 'failed'"
    for watched in watches {
      let settings = watched.configuration
      guard request.inbox == nil || request.inbox == settings.inbox else { continue }
      let outbox = try makeFolders(Name(settings.outbox))
      let hidden = try outbox.contains(AnswerNames.failed) ? Answer.endRemovals(in: outbox.folder(AnswerNames.failed)) : []
      var failures = try Failures(in: outbox)
      failures.items.removeAll { $0.marker.inbox != settings.inbox }
      guard let failure = try failures.find(request.job) else {
        // An earlier process put its originals back and ended while it removed the rest.
        if let name = request.job.components.last, hidden.contains(Answer.hiddenName(of: name)) { return }
        finding += failures.suggestion(for: request.job)
        continue
      }
      try putBack(failure, to: watched.path)
      try failure.remove(hiddenIn: outbox.folder(AnswerNames.failed))
      for index in watches.indices { watches[index].nextRescan = now }
      return
    }
    throw FileError(.open, request.job.description, finding)
  }

  private func putBack(_ failure: Answer, to inboxPath: Name) throws(FileError) {
    var inbox = try Folder(path: inboxPath)
    for component in failure.marker.subfolder.components { inbox = try steps.makeShared(component, in: inbox) }
    try PutBack(failure: failure, inbox: inbox).run()
  }
}
