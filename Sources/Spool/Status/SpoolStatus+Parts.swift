internal import Files
internal import Foundation

extension SpoolStatus {
  /// Asks the parts of the loop; the rest is filled in from the totals.
  init(watcher: InboxWatcher, tracker: DropTracker, jobs: JobDispatcher, date: Date) {
    self.init(process: ProcessInfo.processInfo.processIdentifier, updated: date)
    watches = watcher.inboxes.indices.map { index in
      let inbox = watcher.inboxes[index]
      return .init(
        inbox: inbox.configuration.inbox, outbox: inbox.configuration.outbox, mode: inbox.mode, lost: inbox.lost,
        inInbox: tracker.countOfEntries(inWatch: index))
    }
    queue = (jobs.queue.elements + jobs.trainings.elements).map { .init(id: $0.id, name: $0.name, inbox: $0.watch.inbox) }
    delayed = jobs.schedule.jobs.map { record in
      .init(id: record.id, name: record.name, inbox: record.inbox, reason: record.reason, nextAttempt: record.nextAttempt)
    }
    held = tracker.held.first(Self.heldAtMost).map { drop in
      Held(
        inbox: tracker.settings(drop.place).inbox, name: drop.place.subfolder.appending(drop.name), reason: drop.reason)
    }
    heldInAll = tracker.held.count
  }
}
