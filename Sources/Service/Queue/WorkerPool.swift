internal import Decoding
internal import Editing
internal import Files
internal import Foundation
internal import Kernels
internal import Logging
internal import PrintableText
internal import Spool
internal import Synchronization

/// What the workers and their jobs use.
final class WorkerEnvironment: Sendable {
  let configuration: ServiceConfiguration
  let models: ModelCache
  let cache: (any LatentStore)?
  let log: EventLog
  let tally: JobTotals
  let notifier: ServiceNotifier
  let heartbeat: Heartbeat
  let signals: Signals
  let admission: Admission
  let isStopping = Mutex(false)

  init(
    configuration: ServiceConfiguration, models: ModelCache, cache: (any LatentStore)?, log: EventLog, tally: JobTotals,
    notifier: ServiceNotifier, heartbeat: Heartbeat, signals: Signals
  ) {
    self.configuration = configuration
    self.models = models
    self.cache = cache
    self.log = log
    self.tally = tally
    self.notifier = notifier
    self.heartbeat = heartbeat
    self.signals = signals
    // Side by side not more than the system has room for, whatever one job may need.
    admission = Admission(bytes: min(configuration.limits.memoryBytes, SystemMemory.bytes / 4 * 3))
  }
}

/// Takes jobs from a spool on threads of its own, the workers. One job has all processors; several have their parts, for
/// small networks are computed faster side by side than one after another. Answers are left to the publisher.
final class WorkerPool: Sendable {
  private let spool: Spool
  private let environment: WorkerEnvironment
  private let publisher: Publisher
  private let working = Mutex(0)
  private let ended = Latch()

  /// Memory that nobody uses goes back to the system after this pause.
  private static let idlePause = Duration.seconds(30)

  init(spool: Spool, environment: WorkerEnvironment) {
    self.spool = spool
    self.environment = environment
    publisher = Publisher(heartbeat: environment.heartbeat, signals: environment.signals)
  }

  func start() {
    publisher.start()
    let count = environment.configuration.jobs ?? Workers.common.threads
    working.withLock { $0 = count }
    for worker in 0..<count {
      let thread = Thread { [self] in
        run(worker)
        let isLast = working.withLock { working in
          working -= 1
          return working == 0
        }
        guard isLast else { return }
        publisher.finish()
        ended.open()
      }
      thread.name = "worker \(worker)"
      // Tape and networks recurse little, but libpng and libjpeg have big frames.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Waits for the end of all after the spool was stopped.
  ///
  /// - Returns: false when the time passed first.
  func waitForEnd(_ timeout: Duration) -> Bool {
    ended.wait(timeout)
  }

  private func run(_ worker: Int) {
    var hasWorked = false
    while !environment.isStopping.withLock({ $0 }) {
      // Without work since the last trimming there is nothing to trim: wait for as long as it takes.
      guard let job = spool.takeJob(timeout: hasWorked ? Self.idlePause : nil) else {
        if hasWorked, environment.admission.count == 0 {
          BufferPool.trim()
          // The metrics tell of it now, and not at some later moment of rest.
          environment.signals.wake()
          hasWorked = false
        }
        if environment.isStopping.withLock({ $0 }) { return }
        continue
      }
      hasWorked = true
      environment.heartbeat.worker(worker, isWorking: true)
      work(on: job, worker)
      environment.heartbeat.worker(worker, isWorking: false)
      if environment.admission.count == 0 { environment.notifier.status(waitingLine) }
    }
  }

  private var waitingLine: String {
    let waiting = environment.tally.waiting
    return waiting == 0 ? "waiting for files" : "\(waiting) waiting"
  }

  private func work(on job: ClaimedJob, _ worker: Int) {
    var watcher: JobWatcher?
    do {
      let follower = try JobWatcher(job, environment, worker: worker)
      watcher = follower
      guard let result = try edit(job, follower) else { return }
      environment.tally.note(job.id) { $0.seconds = follower.seconds }
      for warning in result.warnings {
        environment.log.tell(.jobWarning, .warning, [.job: job.id, .name: job.name.description, .reason: warning])
      }
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
        return try edit(PreparedJob(job, environment.configuration), watcher)
      }
    }
    guard job.begin() else { return nil }
    let prepared = try PreparedJob(job, environment.configuration)
    let needs = try environment.models.needs(prepared.model)
    let bytes = try MemoryEstimate.bytes(
      for: prepared.input, workingBytes: needs.workingBytes, alignment: needs.alignment,
      limits: environment.configuration.limits.pictures)
    return try admission.run(bytes: bytes, isAlone: false, whileWaiting: watcher.checkWhileWaiting) { place in
      watcher.begin(place)
      return try edit(prepared, watcher)
    }
  }

  private func edit(_ prepared: PreparedJob, _ watcher: JobWatcher) throws -> JobResult {
    let configuration = environment.configuration
    let model = try environment.models.model(prepared.model)
    environment.tally.note(watcher.job.id) { $0.model = model.facts.name }
    let options = EditorOptions(
      decoder: DecoderProcess(), programVersion: Program.version, memoryLimitInBytes: configuration.limits.memoryBytes,
      pictureLimits: configuration.limits.pictures, limits: configuration.limits.forJobs, copiesOriginals: false)
    let editor = Editor(model: model, options: options, store: environment.cache)
    return try editor.run(prepared.input, into: watcher, observer: watcher)
  }

  private func end(_ job: ClaimedJob, _ error: any Error, _ watcher: JobWatcher?) {
    if let watcher { environment.tally.note(job.id) { $0.seconds = watcher.seconds } }
    switch FailureDisposition(error) {
    case .fail(let reason): publisher.deliver(.failure(job, reason: printable(reason)))
    case .retry(let reason): job.retryLater(printable(reason))
    case .incomplete(let reason):
      if !job.settleAgain(printable(reason)) { publisher.deliver(.failure(job, reason: printable(reason))) }
    case .stopped:
      switch watcher?.end {
      case .cancelled: publisher.deliver(.failure(job, reason: "cancelled"))
      case .deadline(let seconds):
        let reason = "it took longer than \(shortNumber(seconds)) s (limits.job_seconds); ask for fewer steps, edits or frames"
        publisher.deliver(.failure(job, reason: reason))
      case .stopping, nil: job.release()
      }
    }
  }
}
