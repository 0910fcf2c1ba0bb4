import ArgumentParser
import Files
import PrintableText
import Service
import Spool

struct Retry: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the originals of a failed job back into its inbox.",
    discussion: "NAME is the folder in outbox/failed. A service that is down does it at its next start.")

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
    let state = try configuration.load().state
    for name in names {
      let job = Name(name.trimmingSuffix("/"))
      guard job.isPlain else {
        throw CommandFailure.usage("\(escaped(name)): is no job's name; idinvert status shows them")
      }
      do {
        try SpoolRequest(action, job: job, inbox: inbox).submit(state: state)
      } catch {
        throw CommandFailure.job(error.message)
      }
      Terminal.say("\(action.rawValue) \(job): asked")
    }
  }
}
