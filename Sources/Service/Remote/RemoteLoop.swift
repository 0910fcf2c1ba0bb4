internal import Editing
internal import Files
internal import Foundation
internal import Glibc
internal import PrintableText
internal import Slurm
internal import Spool
internal import Synchronization

/// Carries out what a `RemoteTable` says, on the thread that runs it. What can hang hangs here, and nowhere else.
struct RemoteLoop {
  /// A job in this executor's hands.
  struct Out: Sendable {
    let job: ClaimedJob
    /// Until its first attempt: it is read again for another, which few need and ten thousand would keep in memory.
    var handout: Handout?
    var teller: ProgressTeller
    /// What `status` was told last.
    var place = ""
    var isBegunTold = false
  }

  let spool: Spool
  let environment: WorkerEnvironment
  let publisher: Publisher
  let settlement: AttemptSettlement
  let commands: SlurmCommands
  let teller: RemoteTeller
  private let stops: Latch
  var table: RemoteTable
  var jobs: [String: Out] = [:]
  var folder: RemoteFolder?
  private var nextCancelLook = Duration.zero

  /// At the start all that an earlier process had out is taken up, whatever room there is.
  private var startUntil: Duration
  private var hasSweptLogs = false

  private static let cancelPause = Duration.seconds(1)
  private static let diskThreads = 16

  init(spool: Spool, environment: WorkerEnvironment, publisher: Publisher, stops: Latch) {
    self.spool = spool
    self.environment = environment
    self.publisher = publisher
    self.stops = stops
    settlement = AttemptSettlement(environment, publisher)
    commands = environment.configuration.execution.slurm.slurmCommands { environment.isStopping.withLock { $0 } }
    teller = RemoteTeller(environment)
    table = RemoteTable(environment.configuration.execution.slurm.pace, spool: "", serial: 0)
    startUntil = SpoolClock.system.now() + .seconds(5)
  }

  var settings: SlurmSettings { environment.configuration.execution.slurm }

  var now: Duration { SpoolClock.system.now() }

  private var isStopping: Bool { environment.isStopping.withLock { $0 } }

  mutating func run() {
    open()
    while !isStopping {
      takeJobs()
      lookForCancels()
      while !isStopping, let action = table.next(now) {
        environment.heartbeat.worker(SlurmExecutor.number, isWorking: true)
        perform(action)
        takeJobs()
        lookForCancels()
      }
      environment.heartbeat.worker(SlurmExecutor.number, isWorking: false)
      teller.show(table, spool, now)
      sweepLogs()
      wait()
    }
    // Their attempts go on without us; the next process finds them by their records.
    for out in jobs.values { out.job.leave() }
  }

  /// Opens the executor's own folder, for as long as that takes.
  private mutating func open() {
    while !isStopping {
      do throws(FileError) {
        let folder = try RemoteFolder(state: environment.configuration.state)
        table = RemoteTable(settings.pace, spool: folder.spool, serial: Int(Date().timeIntervalSince1970 * 1000))
        self.folder = folder
        return
      } catch {
        teller.tell(.trouble(error.message))
        _ = stops.wait(.seconds(5))
      }
    }
  }

  /// Removes logs that an earlier process left, once nothing is out that they could belong to.
  private mutating func sweepLogs() {
    guard !hasSweptLogs, now >= startUntil, table.isAtRest else { return }
    folder?.removeLogs()
    hasSweptLogs = true
  }

  // MARK: Jobs in

  mutating func takeJobs() {
    var taken: [ClaimedJob] = []
    while !isStopping, table.room > taken.count || now < startUntil, let job = spool.takeJob(timeout: .zero) { taken.append(job) }
    receive(taken)
    table.backlog = environment.tally.waiting
  }

  private mutating func wait() {
    var pause = table.nextMoment(now).map { $0 - now }
    // Somebody may want a job to end.
    if !jobs.isEmpty { pause = min(pause ?? Self.cancelPause, Self.cancelPause) }
    if table.room > 0 || now < startUntil {
      if let job = spool.takeJob(timeout: pause) { receive([job]) }
    } else {
      _ = stops.wait(pause ?? Self.cancelPause)
    }
  }

  private mutating func receive(_ taken: [ClaimedJob]) {
    let (settlement, environment) = (settlement, environment)
    let read = together(taken) { job in Reception(job, settlement, environment) }
    for (job, reception) in zip(taken, read) {
      switch reception {
      case .out(let remote, let record):
        jobs[job.id] = Out(job: job, handout: nil, teller: ProgressTeller(job, environment), isBegunTold: true)
        table.adopt(remote, record, now: now)
      case .toDo(let handout, let record):
        jobs[job.id] = Out(job: job, handout: handout, teller: ProgressTeller(job, environment))
        table.add(RemoteJob(id: job.id, handout, settings), record, now: now)
      case .ended: continue
      }
    }
  }

  /// What waits for a disk waits together, and the disk writes once for several.
  func together<Item: Sendable, Outcome: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) -> Outcome
  ) -> [Outcome] {
    Crew.map(items, threads: Self.diskThreads, name: "slurm", body)
  }

  private mutating func lookForCancels() {
    guard now >= nextCancelLook else { return }
    nextCancelLook = now + Self.cancelPause
    for (id, out) in jobs where out.job.isCancelled { table.cancel(id, now: now) }
  }

  // MARK: Actions

  private mutating func perform(_ action: RemoteAction) {
    switch action {
    case .intend(let plan): intend(plan)
    case .submit(let plan): submit(plan)
    case .list(let batches): list(batches)
    case .ask: ask()
    case .inquire(let batch, let id): inquire(batch, id)
    case .scancel(let ids):
      // Looked for again at the next look, and cancelled again where it is still there.
      _ = teller.timed { () throws(SlurmCommands.Failure) in try commands.cancel(ids) }
    case .mark(let id):
      // Only a courtesy: the attempt is given up in any case.
      try? jobs[id]?.job.attemptFolder().cancel()
    case .fail(let id, let reason):
      guard let out = jobs.removeValue(forKey: id) else { return }
      publisher.deliver(.failure(out.job, reason: printable(reason)))
    case .discard(let batch): folder?.removeLog(of: batch)
    case .tell(let note): teller.tell(note) { jobs[$0]?.job }
    }
  }

  /// Intent first: the attempts of all jobs are on disk before Slurm hears of them.
  private mutating func intend(_ plan: BatchPlan) {
    let (environment, settings) = (environment, settings)
    let intents = plan.jobs.compactMap { id -> (out: Out, record: RemoteRecord)? in
      guard let out = jobs[id], let record = table.record(of: id) else { return nil }
      return (out, record)
    }
    let made = together(intents) { intent -> Result<Void, any Error> in
      Result {
        let handout = try intent.out.handout ?? Handout(intent.out.job, environment.configuration, environment.models)
        let notes = intent.record.notes.merging(RemoteJob(id: intent.out.job.id, handout, settings).notes) { first, _ in first }
        _ = try handout.newAttempt(executor: .slurm, notes: notes)
      }
    }
    var trouble: String?
    for (intent, result) in zip(intents, made) {
      let job = intent.out.job
      switch result {
      case .success:
        jobs[job.id]?.handout = nil
        jobs[job.id]?.isBegunTold = false
      case .failure(let error as FileError) where error.kind == .retry: trouble = error.message
      case .failure(let error):
        // It cannot be read any more, or not be done.
        jobs[job.id] = nil
        settlement.refuse(job, error)
        table.answered(job.id, .delivered(seconds: nil), now: now)
      }
    }
    table.intended(plan.name, failure: trouble, now: now)
  }

  private mutating func submit(_ plan: BatchPlan) {
    let paths = plan.jobs.compactMap { id in
      // An attempt that is gone has no place in the list; its job is missed, and tried again.
      (try? jobs[id]?.job.attemptFolder())?.folder.path.string
    }
    guard !paths.isEmpty, let folder else {
      return table.submitted(plan.name, .unclear("its attempts are gone"), now: now)
    }
    let submission = Submission(plan, paths: paths, folder, environment.configuration)
    let start = now
    let outcome = commands.submit(submission)
    teller.count(seconds: (now - start).inSeconds, isGood: outcome.isAccepted)
    table.submitted(plan.name, outcome, now: now)
  }

  private mutating func ask() {
    let answer = teller.timed { () throws(SlurmCommands.Failure) in try commands.queue(ofUser: Int(getuid())) }
    switch answer {
    case .success(let listing):
      table.looked(listing, now: now)
      teller.looked(now)
    case .failure(let failure): table.looked(nil, failure: failure.description, now: now)
    }
  }

  private mutating func inquire(_ batch: String, _ id: Int) {
    let answer = teller.timed { () throws(SlurmCommands.Failure) in try commands.details(of: id) }
    // A number without its name is a stranger's.
    let details = (try? answer.get()).flatMap { $0?.name == batch ? $0 : nil }
    table.detailed(batch, code: details?.exitCode, log: folder?.endOfLog(of: batch) ?? "")
  }
}

extension SubmissionOutcome {
  var isAccepted: Bool { if case .accepted = self { true } else { false } }
}
