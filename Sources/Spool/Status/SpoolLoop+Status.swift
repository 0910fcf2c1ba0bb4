internal import Files
internal import Foundation

extension SpoolLoop {
  /// Writes `status.json` when something is new, at most once a second.
  func writeStatus(_ now: Moment) {
    guard desk.isDirty else { return }
    if let last = lastStatusWrite, now < last + .seconds(1), !isStopping { return }
    lastStatusWrite = now
    let status = currentStatus()
    if var last = lastStatus {
      last.updated = status.updated
      if last == status { return }
    }
    do throws(FileError) {
      // Not fsynced: it only has to be whole, and a crash makes it void anyway.
      let bytes = try encodeJSON(status, store.root.printablePath(of: JobStore.statusName))
      try store.root.write(JobStore.statusName, bytes, mode: 0o644, durability: .none)
      lastStatus = status
      tellNoTrouble(at: .status)
    } catch {
      tell(trouble: error, at: .status)
    }
  }

  private func currentStatus() -> SpoolStatus {
    var status = SpoolStatus(process: ProcessInfo.processInfo.processIdentifier, updated: clock.date())
    status.isStopped = isStopping
    status.trouble = troubles.reason
    status.watches = watches.map { watched in
      let entries = watched.folders.values.reduce(0) { $0 + $1.entries.count }
      let settings = watched.configuration
      return .init(
        inbox: settings.inbox, outbox: settings.outbox, mode: watched.mode, lost: watched.lost, inInbox: entries)
    }
    status.queue = (queue.jobs + trainings.jobs).map { job in
      .init(id: job.id, name: job.name, inbox: job.watch.inbox)
    }
    status.delayed = delayed.values.sorted { $0.id < $1.id }.map { record in
      .init(id: record.id, name: record.name, inbox: record.inbox, reason: record.reason, nextAttempt: record.nextAttempt)
    }
    for (place, names) in held.sorted(by: { ($0.key.watch, $0.key.subfolder) < ($1.key.watch, $1.key.subfolder) }) {
      let inbox = watches[place.watch].configuration.inbox
      for (name, reason) in names.sorted(by: { $0.key < $1.key }) where status.held.count < SpoolStatus.heldAtMost {
        status.held.append(.init(inbox: inbox, name: place.subfolder.appending(name), reason: reason))
      }
    }
    status.heldInAll = held.values.reduce(0) { $0 + $1.count }
    desk.fill(&status)
    return status
  }
}
