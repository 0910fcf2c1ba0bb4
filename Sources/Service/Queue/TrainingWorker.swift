internal import Editing
internal import Files
internal import Foundation
internal import Kernels
internal import ModelPacks
internal import PrintableText
internal import Spool
internal import Synchronization
internal import Training

/// Does trainings on a thread of its own, one at a time, when no photograph waits or is worked on. Photographs that come
/// interrupt a training at a checkpoint, from which it goes on when they are done.
final class TrainingWorker: Sendable {
  private let spool: Spool
  private let environment: WorkerEnvironment
  private let ended = Latch()

  /// By which the heartbeat knows it beside the pool's workers.
  static let number = -1

  /// How long nothing else may have come before a training begins or goes on: photographs rarely come alone.
  private static let quiet = Duration.seconds(2)

  init(spool: Spool, environment: WorkerEnvironment) {
    self.spool = spool
    self.environment = environment
  }

  func start() {
    let thread = Thread { [self] in
      while !environment.isStopping.withLock({ $0 }), let job = spool.takeTraining() {
        environment.heartbeat.worker(Self.number, isWorking: true)
        work(on: job)
        environment.heartbeat.worker(Self.number, isWorking: false)
        BufferPool.trim()
        environment.signals.wake()
      }
      ended.open()
    }
    thread.name = "trainer"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for the end after the spool was stopped.
  ///
  /// - Returns: false when the time passed first.
  func waitForEnd(_ timeout: Duration) -> Bool {
    ended.wait(timeout)
  }

  private func work(on job: ClaimedJob) {
    let follower = TrainingFollower(job, spool, environment)
    do {
      try waitForQuiet(follower)
      guard job.begin() else { return }
      let file = try TrainingFile(job, environment)
      environment.tally.note(job.id) { $0.model = file.name }
      if environment.configuration.execution.executor == .slurm {
        try SlurmTraining(file, environment).run(follower)
      } else {
        try trainHere(try SlurmTraining.takenBack(file), follower)
      }
      try showProgress(file, in: try job.outputFolder())
      try report(file, follower, in: try job.outputFolder())
      environment.tally.note(job.id) { $0.seconds = follower.seconds }
      job.publish()
    } catch {
      end(job, error, follower)
    }
  }

  private func trainHere(_ request: TrainingRequest, _ follower: TrainingFollower) throws {
    while try train(request, follower) == .stopped {
      guard follower.end == .interrupted else { throw TrainingFollower.Ended() }
      follower.paused()
      try waitForQuiet(follower)
    }
  }

  private func train(_ request: TrainingRequest, _ follower: TrainingFollower) throws -> TrainingRun.Outcome {
    let run: TrainingRun
    do {
      run = try TrainingRun(request, observer: follower)
    } catch is TrainingRun.Stopped {
      return .stopped
    }
    return try environment.admission.run(bytes: run.memoryBytes, isAlone: false, whileWaiting: follower.checkWhileWaiting) {
      place in
      follower.begin(place)
      return try run.run()
    }
  }

  private func waitForQuiet(_ follower: TrainingFollower) throws {
    // It has nothing to do meanwhile, and may be silent.
    environment.heartbeat.worker(Self.number, isWorking: false)
    defer { environment.heartbeat.worker(Self.number, isWorking: true) }
    var since = ContinuousClock.now
    while true {
      try follower.checkWhileWaiting()
      if follower.hasShortJobs {
        spool.waitForChange(nil)
        since = .now
      } else {
        let rest = since + Self.quiet - .now
        if rest <= .zero { return }
        spool.waitForChange(rest)
      }
    }
  }

  /// What a training shows of itself lies beside its pack.
  private func showProgress(_ file: TrainingFile, in output: Folder) throws(FileError) {
    guard let path = file.request.workspace else { return }
    let workspace = try Folder(path: Name(path))
    for name in TrainingRun.shownNames.map({ Name($0) }) where try workspace.contains(name) {
      try workspace.copy(name, to: output, as: name, limit: .max)
    }
  }

  private func report(_ file: TrainingFile, _ follower: TrainingFollower, in output: Folder) throws {
    let pack = try ModelPack.load(file.request.pack, verification: .sizes)
    let report: JSON = [
      "format": .integer(1),
      "program": ["name": "idinvert", "version": .text(Program.version)],
      "training": ["name": .text(file.name), "hash": .text(pack.hash), "seconds": .number(follower.seconds)],
    ]
    try output.write(AnswerNames.report, report.bytes)
  }

  private func end(_ job: ClaimedJob, _ error: any Error, _ follower: TrainingFollower) {
    environment.tally.note(job.id) { $0.seconds = follower.seconds }
    if error is TrainingFollower.Ended {
      switch follower.end {
      case .cancelled: job.fail("cancelled")
      case .deadline(let hours):
        job.fail("it took longer than \(shortNumber(hours)) h (limits.training_hours); ask for fewer images or hours")
      case .stopping, .interrupted, nil: job.release()
      }
      return
    }
    switch FailureDisposition(error) {
    case .retry(let reason): job.retryLater(printable(reason))
    case .fail(let reason), .incomplete(let reason): job.fail(printable(reason))
    case .stopped: job.release()
    }
  }
}
