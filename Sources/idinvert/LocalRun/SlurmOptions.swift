import ArgumentParser
import Files
import Glibc
import Service
import Training

/// `--slurm`, for commands that take hours, and what the command on a node is given by it.
struct SlurmOptions: ParsableArguments {
  @Flag(name: .customLong("slurm"), help: "Let a node of the cluster do it; 'slurm:' in the configuration says how.")
  var isWanted = false

  @Option(name: .customLong("attempt"), help: ArgumentHelp("The folder of an attempt in Slurm.", visibility: .hidden))
  var folder: String?

  @Option(help: ArgumentHelp("The attempt's token.", visibility: .hidden))
  var token: String?

  func validate() throws {
    guard (folder == nil) == (token == nil), !isWanted || folder == nil else {
      throw ValidationError("--attempt and --token are given together, and without --slurm")
    }
  }

  /// Those that Slurm sends before it ends a job.
  static let signals = [SIGTERM, SIGUSR1]
  /// Seconds that an attempt waits for one before it, which ends as soon as it sees that it counts no more.
  static let lockPatience = 60.0

  // MARK: On a node

  /// The attempt that this command is; nil where it is none.
  func attempt() throws -> LongAttempt? {
    guard let folder, let token else { return nil }
    do {
      return try LongAttempt(folder: folder, token: token)
    } catch {
      throw CommandFailure.job(error.message)
    }
  }

  /// Does the work and leaves its answer.
  static func answer(_ attempt: LongAttempt?, _ body: () throws -> Void) throws {
    guard let attempt else { return try body() }
    if attempt.answer != nil { return }
    do {
      try body()
      try attempt.answer(LongAnswer(.done))
    } catch {
      try attempt.answer(answer(to: error))
      throw error
    }
  }

  private static func answer(to error: any Error) -> LongAnswer {
    switch error {
    case is ExitCode: LongAnswer(.stopped)
    case let failure as CommandFailure where failure.code == 130: LongAnswer(.stopped)
    case let failure as CommandFailure: LongAnswer(.failed, code: failure.code, reason: failure.message)
    default: LongAnswer(.failed, code: 1, reason: "\(error)")
    }
  }

  // MARK: In front

  /// Refuses work that is out in Slurm.
  static func refuse(_ folder: String) throws(CommandFailure) {
    guard LongRunner.isOut(folder: folder) else { return }
    throw .job("it is out in Slurm; the same command with --slurm follows it; to take it back, remove \(folder)")
  }

  /// Lets Slurm do a task and follows it until it is done.
  static func follow(_ task: LongTask, _ settings: SlurmSettings) throws {
    Interruption.install()
    let end: LongRunner.End
    do {
      var runner = try LongRunner(
        task, settings, observer: TrainingConsole(), isStopping: { Interruption.isRequested })
      end = runner.run()
    } catch {
      throw CommandFailure.job(error.message)
    }
    switch end {
    case .done: return
    case .failed(let code, let reason): throw CommandFailure(code: code, message: reason)
    case .left(let job):
      let place = job.map { "it goes on as Slurm job \($0)" } ?? "Slurm may have it or not"
      let end = job.map { "scancel \($0), or remove \(task.folder)" } ?? "remove \(task.folder)"
      throw CommandFailure(code: 130, message: "\(place); the same command follows it; to end it: \(end)")
    }
  }
}

/// Tells of a training on a node, in the job's log and to the command in front.
final class AttemptConsole: TrainingObserver {
  private let console = TrainingConsole()
  private let attempt: LongAttempt

  init(_ attempt: LongAttempt) {
    self.attempt = attempt
  }

  var shouldStop: Bool { console.shouldStop || !attempt.counts }

  func say(_ line: String) {
    console.say(line)
    attempt.tell(line)
  }

  func progress(_ line: String) { attempt.tell(line) }
}
