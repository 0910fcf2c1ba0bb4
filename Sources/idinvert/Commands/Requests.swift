import ArgumentParser
import Files
import Glibc
import PrintableText
import Service
import Spool

struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the originals of a failed job back into its inbox.",
    discussion: "NAME is the folder in outbox/failed, of a subfolder SUBFOLDER/NAME. A service that is down does it at its next start.")

  @Argument(help: ArgumentHelp("Folders in outbox/failed.", valueName: "name"))
  var names: [String]

  @OptionGroup var target: RequestTarget

  func run() throws { try target.submit(.retry, names) }
}

struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End a job; its originals go to outbox/failed with the reason 'cancelled'.",
    discussion: "NAME is a job's identifier, or its name as status shows it.")

  @Argument(help: ArgumentHelp("Waiting or running jobs.", valueName: "name"))
  var names: [String]

  @OptionGroup var target: RequestTarget

  func run() throws { try target.submit(.cancel, names) }
}

/// Where a request goes.
struct RequestTarget: ParsableArguments {
  @Option(help: ArgumentHelp("The inbox meant, where several have that name.", valueName: "folder"))
  var inbox: String?

  @OptionGroup var configuration: ConfigurationOption

  func submit(_ action: SpoolRequest.Action, _ names: [String]) throws {
    let settings = try configuration.load()
    var asked: [(job: Name, request: Name)] = []
    do {
      for name in names {
        let job = try jobName(name, settings)
        asked.append((job, try SpoolRequest(action, job: job, inbox: inbox, wantsAnswer: true).submit(state: settings.state)))
      }
      var isRefused = false
      for (job, request) in asked {
        switch try outcome(of: request, settings.state) {
        case .done: Terminal.say("\(action.rawValue) \(job): asked")
        case .open: Terminal.say("\(action.rawValue) \(job): asked; the service takes it up when it runs")
        case .refused(let reason):
          Terminal.complain("idinvert: \(reason)")
          isRefused = true
        }
      }
      if isRefused { throw ExitCode(1) }
    } catch let error as FileError {
      throw CommandFailure.job(error.message)
    }
  }

  /// A job's name; of a path into a folder of failures what is behind that.
  private func jobName(_ argument: String, _ settings: ServiceConfiguration) throws -> Name {
    var text = argument.trimmingSuffix("/")
    for watch in settings.watches {
      let failures = watch.folders.outbox + "/" + AnswerNames.failed.description + "/"
      if text.hasPrefix(failures) { text = String(text.dropFirst(failures.count)) }
    }
    let job = Name(text)
    guard SpoolRequest.isValid(job) else {
      throw CommandFailure.usage("\(escaped(argument)): is no job's name; idinvert status shows them")
    }
    return job
  }

  /// Waits a moment for the service's answer, where one runs.
  private func outcome(of request: Name, _ state: String) throws(FileError) -> SpoolRequest.Outcome {
    var outcome = try SpoolRequest.outcome(of: request, state: state)
    guard let status = try? SpoolStatus.read(state: state), !status.isStopped, Status.isAlive(status.process) else {
      return outcome  // nobody to wait for
    }
    let end = ContinuousClock.now + .seconds(5)
    while outcome == .open, ContinuousClock.now < end {
      usleep(20_000)
      outcome = try SpoolRequest.outcome(of: request, state: state)
    }
    return outcome
  }
}
