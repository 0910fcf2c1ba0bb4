internal import Decoding
internal import Editing
internal import Files
internal import PrintableText
internal import Spool

/// Does jobs in this process.
struct LocalHand: JobHand {
  private let environment: WorkerEnvironment
  private let publisher: Publisher

  init(_ environment: WorkerEnvironment, _ publisher: Publisher) {
    self.environment = environment
    self.publisher = publisher
  }

  func work(on job: ClaimedJob, _ worker: Int) {
    var watcher: JobWatcher?
    do {
      // Of another executor, before the configuration was changed.
      if try AttemptSettlement(environment, publisher).takeUp(job) { return }
      let follower = JobWatcher(
        SpoolKeeper(job, environment, worker: worker), into: FolderWriter(try job.outputFolder()),
        // One that cannot be read costs time, nothing else.
        checkpoint: (try? job.loadCheckpoint()) ?? nil)
      watcher = follower
      guard let result = try edit(job, follower) else { return }
      environment.tally.note(job.id) { $0.seconds = follower.seconds }
      environment.log.tell(warnings: result.warnings, of: job)
      publisher.deliver(.result(job))
    } catch {
      end(job, error, watcher)
    }
  }

  /// - Returns: nil where the job could not begin; it comes again by itself.
  private func edit(_ job: ClaimedJob, _ watcher: JobWatcher) throws -> JobResult? {
    let admission = environment.admission
    if job.crashes > 0 {
      // It may be what ended the process: alone, and marked as running only then, so that none is counted with another.
      return try admission.run(bytes: 0, isAlone: true, whileWaiting: watcher.checkWhileWaiting) { place in
        guard job.begin() else { return nil }
        watcher.begin(place)
        return try edit(job, PreparedJob(job, environment.configuration), watcher)
      }
    }
    guard job.begin() else { return nil }
    let prepared = try PreparedJob(job, environment.configuration)
    let needs = try environment.models.needs(prepared.model)
    let bytes = try needs.bytes(for: prepared, environment.configuration.limits)
    return try admission.run(bytes: bytes, isAlone: false, whileWaiting: watcher.checkWhileWaiting) { place in
      watcher.begin(place)
      return try edit(job, prepared, watcher)
    }
  }

  private func edit(_ job: ClaimedJob, _ prepared: PreparedJob, _ watcher: JobWatcher) throws -> JobResult {
    let configuration = environment.configuration
    let model = try environment.models.model(prepared.model)
    environment.tally.note(job.id) { $0.model = model.facts.name }
    let options = EditorOptions(
      decoder: DecoderProcess(program: environment.program), programVersion: Program.version,
      memoryLimitInBytes: configuration.limits.memoryBytes, pictureLimits: configuration.limits.pictures,
      limits: configuration.limits.forJobs, copiesOriginals: false)
    let editor = Editor(model: model, options: options, store: environment.cache)
    return try editor.run(prepared.input, into: watcher, observer: watcher)
  }

  private func end(_ job: ClaimedJob, _ error: any Error, _ watcher: JobWatcher?) {
    if let watcher { environment.tally.note(job.id) { $0.seconds = watcher.seconds } }
    switch FailureDisposition(error) {
    case .fail(let reason): publisher.deliver(.failure(job, reason: printable(reason)))
    case .retry(let reason): job.retryLater(printable(reason))
    case .incomplete(let reason): publisher.giveBack(job, printable(reason))
    case .stopped:
      switch watcher?.end {
      case .cancelled: publisher.deliver(.failure(job, reason: "cancelled"))
      case .deadline(let seconds):
        publisher.deliver(.failure(job, reason: TimeLimit.tookTooLong(seconds)))
      case .stopping, .gone, nil: job.release()
      }
    }
  }
}
