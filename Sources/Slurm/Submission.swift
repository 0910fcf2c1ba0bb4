/// A job for `sbatch`: its options and its script.
package struct Submission: Sendable, Equatable {
  /// Unique: the job is looked for by it when the reply was lost, and a second one of that name waits for the first.
  package var name: String
  /// A program with its arguments, by its path on the node.
  package var command: [String]
  package var processors = 1
  package var memoryMegabytes = 1024
  package var minutes = 60
  package var log = "/dev/null"
  package var comment = ""
  package var partition: String?
  package var account: String?
  package var qos: String?
  package var constraint: String?
  package var excludedNodes: [String] = []
  /// More options, as a person wrote them.
  package var options: [String] = []
  /// How many seconds before its time is over the program gets SIGUSR1.
  package var warningSeconds = 90

  package init(name: String, command: [String]) {
    self.name = name
    self.command = command
  }

  /// The arguments of `sbatch`; the script comes by standard input.
  package var arguments: [String] {
    var arguments = [
      "--parsable", "--no-requeue", "--export=NONE", "--propagate=NONE", "--chdir=/", "--dependency=singleton",
      "--job-name=\(name)", "--ntasks=1", "--cpus-per-task=\(processors)", "--mem=\(memoryMegabytes)M", "--time=\(minutes)",
      "--signal=B:USR1@\(warningSeconds)", "--output=\(log)", "--open-mode=append",
    ]
    if !comment.isEmpty { arguments.append("--comment=\(comment)") }
    if let partition { arguments.append("--partition=\(partition)") }
    if let account { arguments.append("--account=\(account)") }
    if let qos { arguments.append("--qos=\(qos)") }
    if let constraint { arguments.append("--constraint=\(constraint)") }
    if !excludedNodes.isEmpty { arguments.append("--exclude=\(excludedNodes.joined(separator: ","))") }
    return arguments + options
  }

  /// Nothing of the submitting process travels: not its environment, limits, umask or folder. The program takes the
  /// shell's place, so that signals reach it.
  package var script: String {
    let words = command.map(SlurmText.quotedForShell).joined(separator: " ")
    return """
      #!/bin/sh
      umask 0007
      exec env -i PATH=/usr/local/bin:/usr/bin:/bin \(Self.passedOn) \(words)

      """
  }

  /// Which job of Slurm's it is, and where: for the record, and for nothing else.
  private static let passedOn = #"SLURM_JOB_ID="$SLURM_JOB_ID" SLURMD_NODENAME="$SLURMD_NODENAME""#

  /// The option of ours that a person's option would change; nil where it is none of them.
  package static func conflict(of option: String) -> String? {
    let name = option.split(separator: "=", maxSplits: 1).first.map(String.init) ?? option
    if ["--wrap", "--array", "--wait", "--requeue", "--ntasks", "--job-name", "--test-only", "--quiet", "--uid", "--gid", "--hold",
      "--export-file", "--get-user-env", "--error", "--input", "--clusters", "--kill-on-invalid-dep", "--nodes",
    ].contains(name) { return name }
    let ours = Submission(name: "", command: []).arguments + [
      "--comment=", "--partition=", "--account=", "--qos=", "--constraint=", "--exclude=",
    ]
    return ours.compactMap { $0.split(separator: "=").first.map(String.init) }.first { $0 == name }
  }
}
