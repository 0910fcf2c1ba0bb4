internal import Editing
internal import Files
internal import Foundation
internal import Images
internal import Kernels
internal import Logging
internal import PrintableText
internal import Spool
internal import Synchronization

/// What a worker and its jobs use.
final class WorkerEnvironment: Sendable {
  let configuration: ServiceConfiguration
  let models: ModelShelf
  let cache: (any LatentStore)?
  let log: EventLog
  let tally: Tally
  let notifier: ServiceNotifier
  let heartbeat: Heartbeat
  let isStopping = Mutex(false)

  init(
    configuration: ServiceConfiguration, models: ModelShelf, cache: (any LatentStore)?, log: EventLog, tally: Tally,
    notifier: ServiceNotifier, heartbeat: Heartbeat
  ) {
    self.configuration = configuration
    self.models = models
    self.cache = cache
    self.log = log
    self.tally = tally
    self.notifier = notifier
    self.heartbeat = heartbeat
  }
}

/// Takes jobs from a spool, one after the other, on a thread of its own. One is enough: each uses all processors. Answers
/// are left to the publisher.
final class Worker: Sendable {
  private let spool: Spool
  private let environment: WorkerEnvironment
  private let publisher: Publisher
  private let ended = DispatchSemaphore(value: 0)

  /// Memory that nobody uses goes back to the system after this pause.
  private static let idlePause = Duration.seconds(30)

  init(spool: Spool, environment: WorkerEnvironment) {
    self.spool = spool
    self.environment = environment
    publisher = Publisher(heartbeat: environment.heartbeat)
  }

  func start() {
    publisher.start()
    let thread = Thread { [self] in
      run()
      publisher.finish()
      ended.signal()
    }
    thread.name = "worker"
    // Tape and networks recurse little, but libpng and libjpeg have big frames.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for the end after the spool was stopped.
  ///
  /// - Returns: false when the time passed first.
  func waitForEnd(_ timeout: Duration) -> Bool {
    ended.wait(timeout: .now() + timeout.inSeconds) == .success
  }

  private func run() {
    var hasWorked = false
    while !environment.isStopping.withLock({ $0 }) {
      // Without work since the last trimming there is nothing to trim: wait for as long as it takes.
      guard let job = spool.waitForJob(timeout: hasWorked ? Self.idlePause : nil) else {
        if hasWorked {
          BufferPool.trim()
          // The metrics tell of it now, and not at some later moment of rest.
          Signals.wake()
        }
        hasWorked = false
        if environment.isStopping.withLock({ $0 }) { return }
        continue
      }
      hasWorked = true
      environment.heartbeat.worker(isWorking: true)
      work(on: job)
      environment.heartbeat.worker(isWorking: false)
      environment.notifier.status(waitingLine)
    }
  }

  private var waitingLine: String {
    let waiting = environment.tally.waiting
    return waiting == 0 ? "waiting for files" : "\(waiting) waiting"
  }

  private func work(on job: ClaimedJob) {
    var watcher: JobWatcher?
    do {
      let follower = try JobWatcher(job, environment)
      watcher = follower
      let result = try edit(job, follower)
      environment.tally.note(job.id) { $0.seconds = follower.seconds }
      for warning in result.warnings {
        environment.log.tell(.jobWarning, .warning, [.job: job.id, .name: job.name.description, .reason: warning])
      }
      publisher.deliver(.result(job))
    } catch {
      end(job, error, watcher)
    }
  }

  private func edit(_ job: ClaimedJob, _ watcher: JobWatcher) throws -> JobResult {
    let configuration = environment.configuration
    guard let watch = configuration.watches.first(where: { $0.folders.inbox == job.watch.inbox }) else {
      throw EditingError(.refuse, "its inbox \(job.watch.inbox) is not watched any more")
    }
    let prepared = try PreparedJob(job, watch: watch, limits: configuration.limits)
    let model = try environment.models.model(prepared.model)
    environment.tally.note(job.id) { $0.model = model.facts.name }
    var limits = PictureLimits()
    limits.pixels = configuration.limits.pixels
    let options = EditorOptions(
      programVersion: Program.version, memoryLimitInBytes: configuration.limits.memoryBytes, pictureLimits: limits,
      copiesOriginals: false)
    let editor = Editor(model: model, options: options, store: environment.cache)
    return try editor.run(prepared.input, into: watcher, observer: watcher)
  }

  private func end(_ job: ClaimedJob, _ error: any Error, _ watcher: JobWatcher?) {
    if let watcher { environment.tally.note(job.id) { $0.seconds = watcher.seconds } }
    switch Verdict(error) {
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
