internal import Editing
internal import Files
internal import Inversion
internal import Logging
internal import PrintableText
internal import Spool

/// Tells how far a job is: to `status`, the service's line, the journal and the counts, wherever it is worked on.
struct ProgressTeller {
  let job: ClaimedJob
  private let environment: WorkerEnvironment
  private var lastLog = ContinuousClock.now
  private var stepsCounted = 0

  init(_ job: ClaimedJob, _ environment: WorkerEnvironment) {
    self.job = job
    self.environment = environment
  }

  mutating func tell(_ progress: WorkProgress) {
    while stepsCounted < progress.stepsInAll {
      environment.tally.stepped()
      stepsCounted += 1
    }
    let isInversion = progress.phase == JobPhase.inverting
    environment.tally.note(job.id) { notes in
      notes.seconds = progress.seconds
      if let model = progress.model { notes.model = model }
      if progress.step > 0, isInversion { (notes.steps, notes.loss) = (progress.step, progress.loss) }
    }
    job.report(step: progress.step, steps: progress.steps, loss: progress.loss)
    environment.notifier.status(line(progress), isImportant: progress.step == 0)
    let now = ContinuousClock.now
    if progress.step > 0, now - lastLog >= .seconds(10) {
      lastLog = now
      log(progress)
    }
  }

  private func line(_ progress: WorkProgress) -> String {
    var parts: [String] = []
    if progress.phase != JobPhase.inverting || progress.steps == 0 { parts.append(progress.phase) }
    if progress.steps > 0 { parts.append("step \(progress.step) of \(progress.steps)") }
    let others = environment.admission.count - 1
    if others > 0 { parts.append("\(others) beside it") }
    parts.append("\(environment.tally.waiting) waiting")
    return "\(progress.picture): " + parts.joined(separator: ", ")
  }

  private func log(_ progress: WorkProgress) {
    var fields: [EventField: String] = [
      .job: job.id, .name: job.name.description, .watch: job.watch.inbox, .step: String(progress.step),
      .steps: String(progress.steps), .seconds: shortNumber(progress.seconds),
    ]
    if let loss = progress.loss { fields[.loss] = shortNumber(loss) }
    environment.log.tell(.jobProgress, .info, fields)
  }
}

extension WorkProgress {
  /// Takes over what an observer is told.
  mutating func take(_ progress: JobProgress, seconds: Double) {
    (picture, phase) = (progress.picture, progress.phase.words)
    (step, steps) = (progress.step, progress.steps)
    loss = progress.losses.map { Double($0.total) }.flatMap { $0.isFinite ? $0 : nil }
    if progress.step > 0 { stepsInAll += 1 }
    self.seconds = seconds
  }
}

enum JobPhase {
  static let inverting = "inverting"
}

extension JobProgress.Phase {
  /// What is done with a picture, in a word or two.
  var words: String {
    switch self {
    case .decoding: "reading"
    case .inverting: JobPhase.inverting
    case .editing(let title): title
    case .writing: "writing"
    }
  }
}
