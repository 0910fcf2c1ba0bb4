import ArgumentParser
import Glibc
import Service

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the inboxes and work on what is dropped.",
    discussion: """
      SIGHUP reads the configuration again; SIGTERM and SIGINT stop within seconds, and the running job goes on at the next \
      start.
      """)

  @OptionGroup var configuration: ConfigurationOption

  @Option(
    name: .customLong("log-format"),
    help: ArgumentHelp("auto, journal, text or json; over the configuration's. auto: the journal under systemd, else text.", valueName: "format"))
  var logFormat: LogFormat?

  func run() throws {
    let runner = try ServiceRunner(configuration.place, format: logFormat)
    switch runner.run() {
    case .stopped: return
    case .abandoned: _exit(0)
    case .configuration(let reason): try fail(.configuration(reason), runner)
    case .model(let reason): try fail(.model(reason), runner)
    case .trouble(let reason): try fail(.job(reason), runner)
    }
  }

  /// Tells why once: in the journal, where that is where errors are looked for, else on the terminal.
  private func fail(_ failure: CommandFailure, _ runner: ServiceRunner) throws {
    guard LogDestination.choose(logFormat ?? .auto) == .journal else { throw failure }
    runner.tellFailure(failure.message)
    throw ExitCode(failure.code)
  }
}

extension LogFormat: ExpressibleByArgument {}
