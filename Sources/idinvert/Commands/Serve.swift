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
    switch ServiceRunner(path: configuration.path, format: logFormat).run() {
    case .stopped: return
    case .abandoned: _exit(0)
    case .configuration(let reason): throw CommandFailure.configuration(reason)
    case .model(let reason): throw CommandFailure.model(reason)
    }
  }
}

extension LogFormat: ExpressibleByArgument {}
