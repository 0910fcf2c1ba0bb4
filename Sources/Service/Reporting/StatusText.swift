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
    if isRunning, let remote = status.remote { lines.append(line(remote, now)) }
    for job in status.running.prefix(runningAtMost) where isRunning {
      if let place = status.remote?.places[job.id] {
        let step = job.steps > 0 ? ", step \(job.step) of \(job.steps)" : ""
        lines.append("out     \(job.name)  \(printable(place))\(step)")
        continue
      }
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
    let more = max(status.runningInAll ?? 0, status.running.count) - runningAtMost
    if more > 0, isRunning { lines.append("now     and \(more) more") }
    let next = status.queue.prefix(10)
    for job in next { lines.append("next    \(job.name)") }
    if status.queue.count > next.count { lines.append("next    and \(status.queue.count - next.count) more") }
    for job in status.delayed {
      let wait = job.nextAttempt.map { $0 > now ? " in \(ProgressLine.duration($0.timeIntervalSince(now)))" : "" } ?? ""
      lines.append("again   \(job.name)\(wait): \(printable(job.reason ?? ""))")
    }
    for drop in status.held { lines.append("held    \(drop.name): \(printable(drop.reason))") }
    let heldMore = (status.heldInAll ?? 0) - status.held.count
    if heldMore > 0 { lines.append("held    and \(heldMore) more") }
    for failure in status.failures.prefix(10) {
      lines.append("failed  \(failure.name), \(age(failure.date, now)) ago: \(printable(failure.reason)) (\(failure.folder))")
    }
    return lines
  }

  /// Beyond so many jobs only their number is told.
  private static let runningAtMost = 50

  /// What is out on other machines: `slurm   main: 12 waiting (Resources), 4 running on n1 n2; asked 8 s ago`.
  private static func line(_ remote: SpoolStatus.Remote, _ now: Date) -> String {
    var parts: [String] = []
    if remote.waiting > 0 { parts.append("\(remote.waiting) jobs not yet submitted") }
    for (state, count) in remote.batches.sorted(by: { $0.key < $1.key }) {
      var part = "\(count) \(state)"
      if state == "PENDING", let reason = remote.reason, reason != "None" { part += " (\(reason))" }
      if state == "RUNNING", !remote.nodes.isEmpty { part += " on " + remote.nodes.prefix(8).joined(separator: " ") }
      parts.append(part)
    }
    if parts.isEmpty { parts.append("nothing out") }
    let asked = remote.lastLook.map { "; asked \(age($0, now)) ago" } ?? ""
    let trouble = remote.trouble.map { "; trouble: \($0)" } ?? ""
    return "slurm   " + printable((remote.partition.map { $0 + ": " } ?? "") + parts.joined(separator: ", ") + asked + trouble)
  }

  private static func age(_ date: Date, _ now: Date) -> String {
    ProgressLine.duration(max(0, now.timeIntervalSince(date)).rounded(.down))
  }
}
