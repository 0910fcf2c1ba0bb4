internal import Training

/// What people see of a long task: where it is, when that changes, and how far, now and then.
struct LongShown {
  /// What the task said last.
  var line = ""
  private var place = ""
  private var told = ""
  private var nextTelling = ContinuousClock.now

  private static let pause = Duration.seconds(300)

  mutating func show(_ summary: RemoteSummary, _ observer: any TrainingObserver) {
    guard let job = summary.jobs.first else { return }
    let place = Self.words(job, reason: summary.reasons.first)
    if place != self.place {
      self.place = place
      observer.say(place)
    }
    guard !line.isEmpty else { return }
    let line = line + (job.slurm.map { "  (Slurm job \($0)\(job.node.isEmpty ? "" : " on \(job.node)"))" } ?? "")
    guard line != told else { return }
    let now = ContinuousClock.now
    observer.progress(line)
    if nextTelling <= now {
      // On a terminal it was drawn and is drawn over; in a log it is a line now and then.
      if !told.isEmpty { observer.say(line) }
      nextTelling = now + Self.pause
    }
    told = line
  }

  private static func words(_ job: RemoteSummary.Job, reason: String?) -> String {
    let name = job.slurm.map { "Slurm job \($0)" } ?? "its Slurm job"
    switch job.state {
    case "SUBMITTING": return "handing it to Slurm as \(job.batch)"
    case "UNCLEAR": return "looking for \(name) (\(job.batch))"
    case "PENDING": return "\(name) waits" + (reason.map { $0 == "None" ? "" : " (\($0))" } ?? "")
    case "RUNNING": return "\(name) runs on \(job.node), attempt \(job.attempt)"
    default: return "\(name): \(job.state)" + (job.node.isEmpty ? "" : " on \(job.node)")
    }
  }

  /// A note in one line; nil where the place tells the same.
  static func words(_ note: RemoteNote) -> String? {
    switch note {
    case .submitted: nil
    case .attemptEnded(_, let attempt, _, _, _, let node, let reason):
      "attempt \(attempt) ended\(node.isEmpty ? "" : " on \(node)"): \(reason)"
    case .held(_, _, let reason, _): "warning: it waits until somebody does something: \(reason)"
    case .trouble(let reason): "warning: \(reason)"
    case .troubleOver: "the trouble is over"
    }
  }
}
