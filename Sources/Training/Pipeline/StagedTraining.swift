internal import Files

/// A stage that is trained step by step and can be stopped between two steps.
protocol StagedTraining {
  static var stage: String { get }
  /// Images shown so far, and in all.
  var seen: Int { get }
  var total: Int { get }
  mutating func step() throws
  func checkpoint(_ origin: Origin) throws -> Checkpoint
  mutating func restore(_ checkpoint: Checkpoint) throws(TrainingError)
  /// What the line of progress says besides images and speed.
  var line: [String] { get }
  /// The side of the pictures, where it changes.
  var shownSide: Int? { get }
  /// Seconds left at a speed.
  func secondsLeft(_ imagesPerSecond: Double) -> Double
  /// Renews pictures; called after a checkpoint.
  func draw(_ workspace: Workspace) throws
  /// Halves the learning rate, after numbers that were not finite.
  mutating func slowDown()
  /// For curves, by name.
  var values: [String: Double] { get }
  /// Something that is due by the number of images, such as a measurement.
  mutating func measure(_ run: TrainingRun) throws
}

extension StagedTraining {
  var isFinished: Bool { seen >= total }
  var values: [String: Double] { [:] }
  var shownSide: Int? { nil }
  func secondsLeft(_ imagesPerSecond: Double) -> Double { Double(max(0, total - seen)) / imagesPerSecond }
  func draw(_ workspace: Workspace) throws {}
  mutating func measure(_ run: TrainingRun) throws {}
}

/// Runs a stage to its end or until it is asked to stop: checkpoints, lines, pictures.
struct StageLoop {
  let run: TrainingRun

  func run(_ training: inout some StagedTraining) throws -> TrainingRun.Outcome {
    let observer = run.observer
    try resume(&training)
    guard !training.isFinished else { return .finished }
    var saving = Pace(every: run.request.checkpointSeconds), showing = Pace(every: 2), logging = Pace(every: 300)
    var speed = Speedometer(), side = training.shownSide
    speed.note(training.seen)
    var page = Pace(every: 60), failures = 0
    while !training.isFinished {
      if observer.shouldStop {
        try save(training, isNeeded: true)
        return .stopped
      }
      if training.shownSide != side {
        side = training.shownSide
        observer.say("pictures of \(side ?? 0) px from \(ProgressText.count(training.seen)) images on")
        speed.restart()
      }
      do {
        try training.step()
      } catch let error as NotFinite {
        failures += 1
        try goBack(&training, error, times: failures)
        speed.restart()
        continue
      }
      try training.measure(run)
      speed.note(training.seen)
      if showing.isDue() { observer.progress(Self.line(training, speed)) }
      if logging.isDue() { observer.say(Self.line(training, speed)) }
      if page.isDue() { show(training, speed) }
      if saving.isDue() {
        try save(training, isNeeded: false)
        try training.draw(run.workspace)
      }
    }
    try save(training, isNeeded: true)
    try training.draw(run.workspace)
    show(training, speed)
    observer.say(Self.line(training, speed))
    return .finished
  }

  /// Back to the last checkpoint with a smaller step.
  private func goBack<Training: StagedTraining>(
    _ training: inout Training, _ error: NotFinite, times: Int
  ) throws {
    guard times <= 3, let checkpoint = run.workspace.newest(Training.stage, complain: run.observer.say) else {
      throw TrainingError("\(error.description); a smaller \(Training.stage).learning_rate may help")
    }
    try training.restore(checkpoint)
    for _ in 0..<times { training.slowDown() }
    run.observer.say(
      "warning: \(error.description); back to \(ProgressText.count(training.seen)) images with a smaller learning rate")
  }

  private func show<Training: StagedTraining>(_ training: Training, _ speed: Speedometer) {
    run.show(Training.stage, training.seen, training.values, line: Self.line(training, speed))
  }

  private func resume<Training: StagedTraining>(_ training: inout Training) throws {
    let found = run.workspace.newest(Training.stage) { finding in run.observer.say("warning: \(finding)") }
    guard let checkpoint = found else { return }
    try run.origin.check(checkpoint, workspace: run.workspace.path)
    try training.restore(checkpoint)
    run.observer.say("\(Training.stage): going on after \(ProgressText.count(training.seen)) images")
  }

  private func save<Training: StagedTraining>(_ training: Training, isNeeded: Bool) throws {
    let checkpoint = try training.checkpoint(run.origin), observer = run.observer
    do {
      try run.workspace.save(checkpoint, stage: Training.stage, seen: training.seen)
    } catch where error.kind == .retry && !isNeeded {
      observer.say("warning: no checkpoint could be written: \(error.message); the training goes on")
      return
    } catch {
      throw TrainingError("no checkpoint could be written: \(error.message)", kind: error.kind)
    }
    observer.saved()
  }

  private static func line<Training: StagedTraining>(_ training: Training, _ speed: Speedometer) -> String {
    var parts = [
      Training.stage + (training.shownSide.map { " \($0) px" } ?? ""),
      "\(ProgressText.count(training.seen)) of \(ProgressText.count(training.total)) images",
    ]
    if let rate = speed.imagesPerSecond {
      parts.append("\(ProgressText.number(rate, digits: rate < 10 ? 1 : 0))/s")
      parts += training.line
      parts.append("\(ProgressText.duration(training.secondsLeft(rate))) left")
    } else {
      parts += training.line
    }
    return parts.joined(separator: "  ")
  }
}
