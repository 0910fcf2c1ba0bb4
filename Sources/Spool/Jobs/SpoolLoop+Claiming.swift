internal import DequeModule
internal import Files
internal import Foundation
internal import Glibc
internal import PrintableText

extension SpoolLoop {
  /// Claims ready drops as long as there is room in the queue.
  func claimReady(_ now: Moment) {
    while queue.count < configuration.claimAhead, now >= schedule.claimsPausedUntil, !isStopping, let drop = ready.popFirst() {
      claim(drop, now)
    }
  }

  private func claim(_ drop: Drop, _ now: Moment) {
    guard let record = record(of: drop) else {
      reconsider(drop, now)
      return
    }
    do throws(FileError) {
      try store.create(record)
      schedule.claimSucceeded()
      reporter.over(at: .claim)
    } catch {
      reporter.met(error, at: .claim)
      schedule.claimFailed(record.id, now)
      reconsider(drop, schedule.claimsPausedUntil)
      return
    }
    recent.claimed(record, in: drop.place, at: clock.date())
    let isClaimed = finishClaim(record, now)
    if !isClaimed {
      recent.forget(record.id)
      // Its folder has another name by now, under which a scan finds it: the one that is open would go on showing it here.
      if isGone(record) {
        close(drop.place)
        watches[drop.place.watch].nextRescan = now
        return
      }
    }
    for entry in record.entries where entry.isCopy || !isClaimed {
      // Left for another job, which may have waited for this one; or given back.
      unready(entry.name, in: drop.place)
    }
    for part in drop.parts {
      look(at: part.name, in: drop.place, now)
      decidePartners(of: part.name, in: drop.place, now)
    }
  }

  private func isGone(_ record: JobRecord) -> Bool {
    guard !record.subfolder.components.isEmpty else { return false }
    do throws(FileError) {
      return try steps.dropFolderIfPresent(of: record) == nil
    } catch {
      return false  // the whole inbox is: the rescan tells
    }
  }

  /// waiting → claimed, or back; also for jobs found waiting at a start.
  ///
  /// - Returns: false where nothing was taken: what is still there is a drop as before.
  @discardableResult
  func finishClaim(_ record: JobRecord, _ now: Moment) -> Bool {
    do throws(FileError) {
      switch try steps.claim(record) {
      case .claimed(let record):
        reporter.emit(.accepted(job: record.id, name: record.name, inbox: record.inbox))
        enqueue(record, now)
      case .vanished, .givenBack:
        schedule.remove(record.id)
        rescanSoon(record.inbox, now)
        return false
      }
    } catch {
      postpone(record, error, now)
    }
    return true
  }

  func rescanSoon(_ inbox: String, _ now: Moment) {
    for index in watches.indices where watches[index].configuration.inbox == inbox {
      watches[index].nextRescan = min(watches[index].nextRescan, now + .seconds(1))
    }
  }

  /// The record of a new job, nil where a part of the drop is not what it was.
  private func record(of drop: Drop) -> JobRecord? {
    let place = drop.place
    guard let folder = watches[place.watch].folders[place.subfolder] else { return nil }
    let settings = watches[place.watch].configuration
    // A sidecar may have come while it waited for room in the queue.
    if drop.problem == nil, drop.parts.count == 1, let image = drop.parts.first, image.role == .image,
      folder.sidecar(ofImage: image.name) != .none
    {
      return nil
    }
    var entries: [JobEntry] = []
    for part in drop.parts {
      guard let entry = folder[part.name], entry.isReady, entry.settledAt != nil,
        let status = try? folder.folder.statusIfPresent(of: part.name),  // looked at again by reconsider
        status.identity == entry.settling.observation.identity, status.size == entry.settling.observation.size,
        status.modified == entry.settling.observation.modified
      else { return nil }
      entries.append(
        JobEntry(
          name: part.name, role: part.role, identity: status.identity, size: status.size, modified: status.modified,
          isCopy: isNeededElsewhere(part, drop, folder)))
    }
    let date = clock.date()
    var record = JobRecord(
      id: JobIdentifier.make(name: drop.name, date: date), state: .waiting, name: drop.name, inbox: settings.inbox,
      outbox: settings.outbox, subfolder: place.subfolder, entries: entries, created: date)
    record.missing = drop.missing
    record.nearby = drop.nearby
    record.notes = drop.notes
    record.reason = drop.problem
    record.isTraining = isTraining(drop, folder.folder)
    return record
  }

  private func isTraining(_ drop: Drop, _ folder: Folder) -> Bool? {
    guard let part = drop.parts.first, part.role == .folder,
      let names = try? folder.folder(part.name).names(),  // what cannot be read now is found by the claim
      let file = rules.jobFile(among: names).name
    else { return nil }
    return rules.isTraining(file) ? true : nil
  }

  /// Whether a file has a sidecar of another job or is named by one: this job gets a copy then.
  private func isNeededElsewhere(_ part: Drop.Part, _ drop: Drop, _ folder: DropFolder) -> Bool {
    let mine = Set(drop.parts.map(\.name))
    let naming = folder.sidecars(naming: part.name).filter { !mine.contains($0) }
    switch part.role {
    case .folder: return false
    case .sidecar:
      // It may speak for several images.
      return drop.problem == nil && folder.images(ofSidecar: part.name).contains { !mine.contains($0) }
    case .reference:
      if case .one(let own) = folder.sidecar(ofImage: part.name), !mine.contains(own) { return true }
      return !naming.isEmpty
    case .image:
      // Only for a sidecar whose own image is here, so that it will take what this job leaves.
      return naming.contains { sidecar in
        folder.images(ofSidecar: sidecar).contains { $0 != part.name && folder[$0]?.settledAt != nil }
      }
    }
  }

  /// Puts the parts of a drop back among those that are settling or waiting.
  private func reconsider(_ drop: Drop, _ now: Moment) {
    for part in drop.parts {
      watches[drop.place.watch].folders[drop.place.subfolder]?[part.name]?.isReady = false
      schedule(part.name, in: drop.place, at: now)
    }
  }

  /// Hands a claimed job to the workers, or keeps it until its next try.
  func enqueue(_ record: JobRecord, _ now: Moment) {
    if cancelledDrops.contains(record) { return answer(record, failure: Self.cancelled, now) }
    if record.reason != nil, record.nextAttempt == nil {
      // Failed before any work: answered here, so that no worker needs to know.
      answer(record, failure: record.reason, now)
      return
    }
    if schedule.keeps(record, now, clock.date()) {
      reporter.statusChanged()
      return
    }
    guard let watch = watches.first(where: { $0.configuration.inbox == record.inbox })?.configuration else {
      park(record)
      return
    }
    schedule.remove(record.id)
    reporter.statusChanged()
    let job = ClaimedJob(record: record, watch: watch, steps: steps, desk: desk)
    (job.isTraining ? trainings : queue).add(job)
  }

  /// A job whose inbox is no longer configured waits, visibly, for a configuration that has it.
  private func park(_ record: JobRecord) {
    var parked = record
    parked.reason = "its inbox \(escaped(record.inbox)) is not configured any more; configure it again to go on"
    schedule.park(parked)
    reporter.statusChanged()
    reporter.emit(.held(inbox: record.inbox, name: record.name, reason: parked.reason ?? ""))
  }

  /// Brings a job's answer to the outbox on the loop's own thread.
  func answer(_ record: JobRecord, failure: String?, _ now: Moment) {
    var current = record
    do throws(FileError) {
      if current.state != .publishing { current = try steps.beginPublishing(current, failure: failure) }
      let folder = try steps.finishPublishing(current) ?? Name(current.outbox)
      schedule.remove(current.id)
      if failure == Self.cancelled { try? cancelledDrops.remove(record, in: store.root) }  // at worst the same file is held once more
      desk.finished(current, folder: folder)
    } catch {
      if failure == Self.cancelled, giveBack(record.id, undelivered: error, now) { return }
      current.state = .publishing
      current.isFailure = failure != nil || record.isFailure
      current.reason = failure ?? record.reason
      postpone(current, error, now)
    }
  }

  /// Takes a job up again after a growing pause.
  func postpone(_ record: JobRecord, _ error: FileError, _ now: Moment) {
    var longest = Double.infinity
    if error.errno == EACCES || error.errno == EPERM,
      let rescan = watches.first(where: { $0.configuration.inbox == record.inbox })?.configuration.rescanSeconds
    {
      // A person helps, and expects to see it: as soon as a scan would.
      longest = rescan
    }
    let (seconds, isNews) = schedule.postpone(record, reason: error.message, longest: longest, now, clock.date())
    reporter.statusChanged()
    // The same trouble is said once, however often it is met.
    guard isNews else { return }
    reporter.emit(.delayed(job: record.id, name: record.name, inbox: record.inbox, reason: error.message, seconds: seconds))
  }
}
