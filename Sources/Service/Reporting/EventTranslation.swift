internal import Files
internal import Foundation
internal import Logging
package import Spool

/// Turns what the spool tells into log records and counts.
package struct EventTranslation: Sendable {
  private let log: EventLog
  private let tally: JobTotals

  package init(log: EventLog, tally: JobTotals) {
    self.log = log
    self.tally = tally
  }

  package func take(_ event: SpoolEvent) {
    guard let (kind, fields) = translate(event) else { return }
    log.tell(kind, level(event), fields)
  }

  private func translate(_ event: SpoolEvent) -> (ServiceEvent, [EventField: String])? {
    switch event {
    case .modeChosen(let inbox, let mode, let reason):
      return (.watchChosen, [.watch: inbox, .reason: "\(mode.rawValue): \(reason)"])
    case .watchLost(let inbox, let reason):
      tally.watch(inbox, isLost: true)
      return (.watchLost, [.watch: inbox, .reason: reason])
    case .watchFound(let inbox):
      tally.watch(inbox, isLost: false)
      return (.watchFound, [.watch: inbox])
    case .overflow(let inbox):
      tally.count(\.overflows)
      return (.queueOverflow, [.watch: inbox])
    case .fileSystemLacks(let path, let what): return (.fileSystemLacks, [.folder: path, .reason: what])
    case .ignored(let inbox, let name, let reason):
      return (.fileIgnored, [.watch: inbox, .name: name.description, .reason: reason])
    case .held(let inbox, let name, let reason):
      return (.fileHeld, [.watch: inbox, .name: name.description, .reason: reason])
    case .accepted(let job, let name, let inbox):
      tally.isWaiting(job, \.accepted)
      return (.jobAccepted, [.job: job, .name: name.description, .watch: inbox])
    case .started(let job, let name, let inbox):
      tally.isRunning(job)
      return (.jobStarted, [.job: job, .name: name.description, .watch: inbox, .queue: String(tally.waiting)])
    case .published(let job, let name, let inbox, let folder):
      let notes = tally.ended(job, \.done, at: Date().timeIntervalSince1970)
      var fields = fields(job, name, inbox, notes)
      fields[.output] = folder.description
      return (.jobFinished, fields)
    case .failed(let job, let name, let inbox, let reason, let folder):
      let notes = tally.ended(job, \.failed, at: Date().timeIntervalSince1970)
      var fields = fields(job, name, inbox, notes)
      fields[.output] = folder.description
      fields[.reason] = reason
      return (.jobFailed, fields)
    case .delayed(let job, let name, let inbox, let reason, let seconds):
      tally.isWaiting(job, \.delayed)
      return (
        .jobRetried,
        [.job: job, .name: name.description, .watch: inbox, .reason: reason, .seconds: shortNumber(seconds)]
      )
    case .recovered(let job, let name, let inbox):
      tally.isWaiting(job, \.recovered)
      return (.jobRecovered, [.job: job, .name: name.description, .watch: inbox])
    case .takenBack(let job, let name, let inbox, let reason):
      _ = tally.ended(job, \.takenBack, at: Date().timeIntervalSince1970)
      return (.jobTakenBack, [.job: job, .name: name.description, .watch: inbox, .reason: reason])
    case .quarantined(let job, let reason):
      _ = tally.ended(job, \.quarantined, at: Date().timeIntervalSince1970)
      return (.jobQuarantined, [.job: job, .reason: reason])
    case .removedResult(let folder): return (.resultRemoved, [.output: folder.description])
    case .backlog(let drops):
      tally.backlog(drops)
      return nil
    case .requestRefused(let request, let reason): return (.requestRefused, [.name: request, .reason: reason])
    case .trouble(let reason):
      tally.trouble(true)
      return (.trouble, [.reason: reason])
    case .troubleOver:
      tally.trouble(false)
      return (.troubleOver, [:])
    }
  }

  private func fields(_ job: String, _ name: Name, _ inbox: String, _ notes: JobTotals.Notes) -> [EventField: String] {
    var fields: [EventField: String] = [.job: job, .name: name.description, .watch: inbox]
    if !notes.model.isEmpty { fields[.model] = notes.model }
    if notes.seconds > 0 { fields[.seconds] = shortNumber(notes.seconds) }
    if notes.steps > 0 { fields[.steps] = String(notes.steps) }
    if let loss = notes.loss { fields[.loss] = shortNumber(loss) }
    return fields
  }

  private func level(_ event: SpoolEvent) -> Logger.Level {
    // So that `journalctl -p err` lists the jobs that failed.
    if case .failed = event { return .error }
    return switch event.level {
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}

/// Four digits that matter; whole numbers without a point.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  if value == value.rounded(), abs(value) < 1e9 { return String(Int(value)) }
  return String(format: "%.4g", value)
}
