internal import Files
internal import Foundation
internal import Slurm
internal import Spool
internal import Synchronization

/// Lets Slurm do the jobs, on other machines that see the same folders. What is out, and what is next, a `RemoteTable` knows;
/// one thread, `slurm`, carries it out.
final class SlurmExecutor: Executor {
  private let spool: Spool
  private let environment: WorkerEnvironment
  private let publisher: Publisher
  private let ended = Latch()
  private let stops = Latch()

  /// By which the heartbeat knows the thread.
  static let number = 0

  init(spool: Spool, environment: WorkerEnvironment) {
    self.spool = spool
    self.environment = environment
    publisher = Publisher(heartbeat: environment.heartbeat, signals: environment.signals, isInline: true)
  }

  func start() {
    publisher.start()
    let thread = Thread { [self] in
      var loop = RemoteLoop(spool: spool, environment: environment, publisher: publisher, stops: stops)
      loop.run()
      publisher.finish()
      ended.open()
    }
    thread.name = "slurm"
    thread.stackSize = 8 << 20
    thread.start()
  }

  func waitForEnd(_ timeout: Duration) -> Bool {
    stops.open()
    return ended.wait(timeout)
  }
}

extension Submission {
  /// A job that asks for what the configuration says.
  init(name: String, command: [String], _ request: SlurmSettings.Request) {
    self.init(name: name, command: command)
    processors = request.cpus
    (partition, account, qos, constraint) = (request.partition, request.account, request.qos, request.constraint)
    options = request.options
  }
}

extension SlurmSettings {
  /// - Parameter isUnwanted: whether a running command is to end.
  func slurmCommands(isUnwanted: @escaping @Sendable () -> Bool = { false }) -> SlurmCommands {
    SlurmCommands(
      folder: commands, configuration: conf, runner: CommandRunner(seconds: commandSeconds, isUnwanted: isUnwanted))
  }
}
