internal import Files
package import Foundation
internal import PrintableText
package import Spool

/// What `idinvert status` prints.
package enum StatusText {
  /// - Parameter isRunning: whether the service that wrote the status is still there.
  package static func lines(_ status: SpoolStatus, isRunning: Bool, now: Date, columns: Int = 100) -> [String] {
    var lines: [String] = []
    if isRunning {
      lines.append("running, process \(status.process); \(status.done) done and \(status.failed) failed since its start")
    } else {
      lines.append("not running; last seen \(age(status.updated, now)) ago")
    }
    if let trouble = status.trouble { lines.append("trouble: " + printable(trouble)) }
    for watch in status.watches {
      let state = watch.lost.map { "lost: " + printable($0) } ?? "watched by \(watch.mode.rawValue), \(watch.inInbox) files known"
      lines.append("inbox \(printable(watch.inbox)): \(state)")
    }
    for job in status.running where isRunning {
      if let training = job.training {
        let line = training.isEmpty ? "begins" : printable(training)
        lines.append("now     \(job.name)  training: \(line)  since \(age(job.started, now))")
        continue
      }
      let line = ProgressLine(
        name: job.name.description, phase: "", step: job.step, steps: job.steps, loss: job.steps > 0 ? job.loss : nil,
        secondsLeft: nil)
      lines.append("now     " + line.text(columns: columns - 24) + "  since \(age(job.started, now))")
    }
    let next = status.queue.prefix(10)
    for job in next { lines.append("next    \(job.name)") }
    if status.queue.count > next.count { lines.append("next    and \(status.queue.count - next.count) more") }
    for job in status.delayed {
      let wait = job.nextAttempt.map { $0 > now ? " in \(ProgressLine.duration($0.timeIntervalSince(now)))" : "" } ?? ""
      lines.append("again   \(job.name)\(wait): \(printable(job.reason ?? ""))")
    }
    for drop in status.held { lines.append("held    \(drop.name): \(printable(drop.reason))") }
    let more = (status.heldInAll ?? 0) - status.held.count
    if more > 0 { lines.append("held    and \(more) more") }
    for failure in status.failures.prefix(10) {
      lines.append("failed  \(failure.name), \(age(failure.date, now)) ago: \(printable(failure.reason)) (\(failure.folder))")
    }
    return lines
  }

  private static func age(_ date: Date, _ now: Date) -> String {
    ProgressLine.duration(max(0, now.timeIntervalSince(date)).rounded(.down))
  }
}
