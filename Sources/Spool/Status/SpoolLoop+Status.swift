internal import Files
internal import Foundation

extension SpoolLoop {
  /// What the status file says.
  func currentStatus() -> SpoolStatus {
    var status = SpoolStatus(process: ProcessInfo.processInfo.processIdentifier, updated: clock.date())
    status.isStopped = isStopping
    status.trouble = reporter.trouble
    status.watches = watches.map { watched in
      let entries = watched.folders.values.reduce(0) { $0 + $1.entries.count }
      let settings = watched.configuration
      return .init(
        inbox: settings.inbox, outbox: settings.outbox, mode: watched.mode, lost: watched.lost, inInbox: entries)
    }
    status.queue = (queue.jobs + trainings.jobs).map { job in
      .init(id: job.id, name: job.name, inbox: job.watch.inbox)
    }
    status.delayed = schedule.jobs.map { record in
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
