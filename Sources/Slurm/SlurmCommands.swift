internal import Glibc
internal import PrintableText

/// Slurm's commands on this machine. Each call blocks until its command ends or the runner's time is over.
package struct SlurmCommands: Sendable {
  private let folders: [String]
  private let configuration: String?
  package var runner: CommandRunner

  /// Why a command has no answer, in one line.
  package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
      self.description = description
    }
  }

  private static let usualFolders = ["/usr/bin", "/usr/local/bin", "/opt/slurm/bin", "/usr/local/slurm/bin"]

  /// - Parameters:
  ///   - folder: where the commands are; nil: in the usual places.
  ///   - configuration: the path of `slurm.conf`; nil: where the commands look by themselves.
  package init(folder: String?, configuration: String?, runner: CommandRunner) {
    folders = folder.map { [$0] } ?? Self.usualFolders
    self.configuration = configuration
    self.runner = runner
  }

  private func run(_ command: String, _ arguments: [String], input: String = "") -> CommandResult {
    guard let folder = folders.first(where: { unsafe access($0 + "/" + command, X_OK) == 0 }) else {
      return CommandResult(.notStarted("\(command) is not in \(folders.joined(separator: ", ")); install Slurm's commands"))
    }
    let environment = ["PATH=/usr/bin:/bin", "LC_ALL=C"] + (configuration.map { ["SLURM_CONF=\($0)"] } ?? [])
    return runner.run(folder + "/" + command, arguments, environment: environment, input: input)
  }

  private func answer(_ command: String, _ arguments: [String]) throws(Failure) -> String {
    let result = run(command, arguments)
    guard result.isGood else { throw Failure("\(command): \(result.complaint)") }
    return result.output
  }

  /// Submits a job.
  package func submit(_ submission: Submission) -> SubmissionOutcome {
    SubmissionOutcome(run("sbatch", submission.arguments, input: submission.script))
  }

  /// Asks whether a job would be taken, without submitting it.
  ///
  /// - Returns: what Slurm says: when and where it would begin.
  package func test(_ submission: Submission) throws(Failure) -> String {
    let arguments = submission.arguments.filter { $0 != "--parsable" } + ["--test-only"]
    let result = run("sbatch", arguments, input: submission.script)
    guard result.isGood else { throw Failure("sbatch: \(result.complaint)") }
    return SlurmText.complaint(result.errors)
  }

  /// All jobs of a user that Slurm still knows, ended ones too.
  package func queue(ofUser user: Int) throws(Failure) -> QueueListing {
    QueueListing(try answer("squeue", ["-h", "-r", "-t", "all", "-u", String(user), "-o", QueueListing.format]))
  }

  /// What is known of one job; nil where Slurm does not know it or says something else.
  package func details(of id: Int) throws(Failure) -> JobDetails? {
    let result = run("scontrol", ["show", "job", "-o", String(id)])
    if case .exited(let status) = result.end, status != 0, result.errors.contains("Invalid job id") { return nil }
    guard result.isGood else { throw Failure("scontrol: \(result.complaint)") }
    return JobDetails(result.output).flatMap { $0.id == id ? $0 : nil }
  }

  /// Cancels jobs, all in one call; those that are not there are none's concern.
  package func cancel(_ ids: [Int]) throws(Failure) {
    guard !ids.isEmpty else { return }
    _ = try answer("scancel", ["--quiet"] + ids.map(String.init))
  }

  /// The version of the commands, as `22.05.8`.
  package func version() throws(Failure) -> String {
    let output = try answer("sinfo", ["--version"])
    return printable(output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? "unknown")
  }

  /// The partitions with what their nodes are: one line each.
  package func partitions() throws(Failure) -> [Partition] {
    let output = try answer("sinfo", ["-h", "-o", "%R|%a|%D|%c|%m|%l|%T"])
    return output.split(separator: "\n").compactMap { Partition(line: $0) }
  }
}

/// Nodes of a partition that are alike and in one state, as `sinfo` has them.
package struct Partition: Sendable, Equatable {
  package let name: String
  package let isUp: Bool
  package let nodes: Int
  package let processors: String
  package let megabytes: String
  package let timeLimit: String
  package let state: String

  /// Reads a line; nil where it is none.
  package init?(line: some StringProtocol) {
    let fields = line.split(separator: "|", omittingEmptySubsequences: false).map { printable(String($0)) }
    guard fields.count == 7, !fields[0].isEmpty, let nodes = Int(fields[2]) else { return nil }
    (name, isUp, self.nodes) = (fields[0], fields[1] == "up", nodes)
    (processors, megabytes, timeLimit, state) = (fields[3], fields[4], fields[5], fields[6])
  }
}
