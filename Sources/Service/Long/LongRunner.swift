package import Files
internal import Foundation
internal import Glibc
internal import PrintableText
internal import Slurm
internal import Spool
package import Training

/// Lets Slurm do a long task, and follows it to its end or until the observer wants no more. What is next a `RemoteTable` with one
/// job knows; what is out is on disk, so that another process can follow it.
package struct LongRunner {
  package enum End: Sendable, Equatable {
    case done
    /// - Parameter code: of the command.
    case failed(code: Int32, String)
    /// Nobody follows it any more, and it goes on; nil where Slurm has not got it.
    case left(job: Int?)
  }

  private let task: LongTask
  private let settings: SlurmSettings
  private let observer: any TrainingObserver
  private let commands: SlurmCommands
  private let folder: LongFolder
  private let isCancelled: () -> Bool
  private let works: (Bool) -> Void
  private var table: RemoteTable
  private var record: LongRecord?
  private var end: End?
  private var shown = LongShown()

  /// The table's one job.
  private static let id = "task"
  private static let nap = Duration.milliseconds(300)

  /// Takes up what an earlier process began.
  ///
  /// - Parameters:
  ///   - observer: hears what becomes of it; where it wants to stop, it is not followed any more.
  ///   - isStopping: ends a command of Slurm's that runs.
  ///   - isCancelled: whether somebody wants the task itself to end.
  ///   - works: told again and again whether it works just now.
  /// - Throws: where the folder cannot be made or read, or has another task.
  package init(
    _ task: LongTask, _ settings: SlurmSettings, observer: any TrainingObserver,
    isStopping: @escaping @Sendable () -> Bool = { false }, isCancelled: @escaping () -> Bool = { false },
    works: @escaping (Bool) -> Void = { _ in }
  ) throws(FileError) {
    self.task = task
    self.settings = settings
    self.observer = observer
    self.isCancelled = isCancelled
    self.works = works
    commands = settings.slurmCommands(isUnwanted: isStopping)
    folder = try LongFolder(making: task.folder)
    table = Self.table(task, settings)
    guard let record = try folder.newest() else {
      table.add(job, now: now)
      return
    }
    guard record.identity == task.identity else {
      throw FileError(
        .read, folder.folder.printablePath,
        "it is out in Slurm with other options: \(printable(record.identity.joined(separator: " "))); give the same, or remove this folder to end it")
    }
    adopt(record)
  }

  /// Whether a task of that folder is out, or has ended and nobody was told.
  package static func isOut(folder path: String) -> Bool {
    (try? LongFolder(path: path).newest()) != nil
  }

  private static func table(_ task: LongTask, _ settings: SlurmSettings) -> RemoteTable {
    var pace = settings.pace
    (pace.places, pace.batchJobs, pace.batchSeconds, pace.sideBySide, pace.isLong) = (1, 1, 0, 1, true)
    return RemoteTable(pace, spool: task.jobName, serial: Int(Date().timeIntervalSince1970 * 1000))
  }

  private var job: RemoteJob { RemoteJob(id: Self.id, kind: task.kind, megabytes: task.megabytes) }
  private var now: Duration { SpoolClock.system.now() }

  private mutating func adopt(_ record: LongRecord) {
    self.record = record
    table = Self.table(task, settings)
    table.adopt(RemoteJob(id: Self.id, notes: record.notes) ?? job, RemoteRecord(notes: record.notes), now: now)
  }

  /// Runs until the end. A task that has ended leaves nothing but its last log.
  ///
  /// - Parameter wait: returns after that time, or sooner.
  package mutating func run(wait: (Duration) -> Void = Self.wait) -> End {
    while end == nil {
      if observer.shouldStop, !isCancelled() { return .left(job: table.summary().jobs.first?.slurm) }
      if isCancelled() { table.cancel(Self.id, now: now) }
      if let action = table.next(now) {
        perform(action)
      } else {
        show()
        wait(min(table.nextMoment(now).map { $0 - now } ?? Self.nap, Self.nap))
      }
    }
    // The next command would find it as it was: then it tells the same once more.
    switch end ?? .done {
    case .failed(let code, let reason): try? folder.clear(LongAnswer(.failed, code: code, reason: reason))
    case .done: try? folder.clear(LongAnswer(.done))
    case .left: break
    }
    return end ?? .done
  }

  /// A signal ends it early.
  package static func wait(_ time: Duration) { _ = poll(nil, 0, Int32(max(time, .milliseconds(10)) / .milliseconds(1))) }

  // MARK: Actions

  private mutating func perform(_ action: RemoteAction) {
    switch action {
    case .intend(let plan): intend(plan)
    case .submit(let plan): table.submitted(plan.name, commands.submit(submission(plan)), now: now)
    case .list: look()
    case .ask:
      do throws(SlurmCommands.Failure) {
        table.looked(try commands.queue(ofUser: Int(getuid())), now: now)
      } catch {
        table.looked(nil, failure: error.description, now: now)
      }
    case .inquire(let name, let id):
      // A number without its name is a stranger's.
      let details = (try? commands.details(of: id)).flatMap { $0.name == name ? $0 : nil }
      table.detailed(name, code: details?.exitCode, log: record.map { folder.endOfLog(of: $0.mark.number) } ?? "")
    case .scancel(let ids): try? commands.cancel(ids)  // again at the next look, where it is still there
    case .mark, .discard: break
    case .fail(_, let reason): end = .failed(code: 1, reason)
    case .tell(let note): LongShown.words(note).map(observer.say)
    }
  }

  /// Intent first: the attempt is on disk before Slurm hears of it.
  private mutating func intend(_ plan: BatchPlan) {
    guard let record = table.record(of: Self.id), let attempt = plan.attempts.first else { return }
    let intent = LongRecord(
      mark: AttemptMark(number: attempt), identity: task.identity, before: task.state(),
      notes: record.notes.merging(job.notes) { first, _ in first })
    do throws(FileError) {
      if try folder.begin(intent) {
        self.record = intent
        table.intended(plan.name, failure: nil, now: now)
      } else if let other = try folder.newest() {
        // Somebody else follows the task, and was faster.
        adopt(other)
      }
    } catch {
      table.intended(plan.name, failure: error.message, now: now)
    }
  }

  private func submission(_ plan: BatchPlan) -> Submission {
    let token = record?.mark.token ?? "", number = record?.mark.number ?? 0
    var submission = Submission(
      name: plan.name,
      command: [settings.programOnNodes] + task.arguments + ["--attempt", task.folder, "--token", token], settings.request)
    submission.processors = task.processors
    submission.memoryMegabytes = plan.megabytes
    submission.log = folder.logPath(of: number)
    submission.comment = "idinvert \(task.kind): \(task.product), attempt \(number)"
    submission.excludedNodes = plan.excludedNodes
    submission.minutes = settings.request.minutes ?? Self.usualMinutes
    submission.warningSeconds = min(submission.warningSeconds, submission.minutes * 15)
    return submission
  }

  /// What a job asks for by itself: it goes on in another one.
  private static let usualMinutes = 24 * 60

  private mutating func look() {
    do throws(FileError) {
      guard let newest = try folder.newest() else {
        table.listed(now: now)
        // Another command that followed it heard its end, or somebody ended it by hand.
        if let record, let answer = folder.end(of: record.mark.token) { return take(answer, record) }
        return table.cancel(Self.id, now: now)
      }
      guard let record, newest.mark == record.mark else {
        adopt(newest)
        return
      }
      if let answer = try folder.answer(of: record.mark.token) {
        take(answer, record)
      } else {
        let line = folder.progress(of: record.mark.token)
        shown.line = line ?? shown.line
        table.seen(Self.id, hasBegun: line != nil, hasSaved: task.state() != record.before)
      }
    } catch {
      // What cannot be looked at just now is looked at again.
      shown.line = error.message
    }
    table.listed(now: now)
  }

  private mutating func take(_ answer: LongAnswer, _ record: LongRecord) {
    switch answer.outcome {
    case .done: end = .done
    case .failed: end = .failed(code: answer.code, answer.reason)
    case .stopped:
      // By Slurm, near the end of its time or for a job that goes before; or by a person, and then it has been cancelled.
      table.seen(Self.id, hasBegun: true, hasSaved: task.state() != record.before)
      guard table.hasEnded(Self.id) else { return }
      table.answered(Self.id, .stopped, now: now)
    }
  }

  private mutating func show() {
    let summary = table.summary()
    works(summary.jobs.first?.state == "RUNNING")
    shown.show(summary, observer)
  }
}
