import ArgumentParser
import Service

/// The program's commands.
struct Idinvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idinvert",
    abstract: "Inverts photographs into the latent space of a StyleGAN generator and edits them.",
    discussion: """
      Drop a photograph and, beside it, a sidecar into the inbox of a running service (serve), or run one job at once (run).
      Exit codes: 0 done, 1 the job failed, 2 wrong usage, 3 the configuration cannot be used, 4 the model cannot be used.
      """,
    version: Program.version,
    subcommands: [Manual.self],
    groupedSubcommands: [
      CommandGroup(name: "Jobs", subcommands: [Run.self, Check.self, Schema.self]),
      CommandGroup(name: "Models", subcommands: [Model.self, Train.self]),
      CommandGroup(name: "The service", subcommands: [Serve.self, Submit.self, Status.self, Retry.self, Cancel.self, Work.self]),
      CommandGroup(name: "Judging a model", subcommands: [EvaluateCommand.self, FiguresCommand.self]),
      CommandGroup(name: "This machine", subcommands: [Doctor.self, BenchCommand.self]),
    ])
}
