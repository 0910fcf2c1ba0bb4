/// What the end of an `sbatch --parsable` means.
package enum SubmissionOutcome: Sendable, Equatable {
  /// Slurm has the job.
  case accepted(id: Int)
  /// Slurm does not have it and will not take it as it is.
  case refused(String)
  /// Slurm may have it or not: only looking tells.
  case unclear(String)

  /// Everything that is not known to be a refusal is unclear: a lost reply looks like many things, and a job that is
  /// submitted twice costs less than one that is never looked for.
  package init(_ result: CommandResult) {
    switch result.end {
    case .notStarted(let reason): self = .refused(reason)
    case .signaled, .abandoned: self = .unclear(result.complaint)
    case .exited(0):
      if !result.isCut, let id = Self.identifier(result.output) {
        self = .accepted(id: id)
      } else {
        self = .unclear("sbatch ended well and gave no job number")
      }
    case .exited:
      let words = result.errors
      let isRefusal = !Self.lost.contains(where: words.contains) && Self.refusals.contains(where: words.contains)
      self = isRefusal ? .refused(result.complaint) : .unclear(result.complaint)
    }
  }

  /// The number in `ID` or `ID;CLUSTER`, alone on its line.
  static func identifier(_ output: String) -> Int? {
    guard let line = output.wholeMatch(of: /([0-9]{1,18})(;[^\n;]+)?\n?/), let id = Int(line.1), id > 0 else { return nil }
    return id
  }

  /// Said when a reply did not come; whatever else is said then, nothing is known.
  private static let lost = [
    "Socket timed out", "Unable to contact slurm controller", "Zero Bytes were transmitted", "Message receive failure",
    "Communication connection failure", "Transport endpoint", "Protocol authentication error", "Unexpected message received",
  ]

  /// What slurmctld says of a job that it does not take (`slurm_errno.c`), and sbatch of options that it does not know.
  private static let refusals = [
    "invalid partition specified", "Invalid partition name specified", "Required partition not available",
    "Invalid account or account/partition combination specified", "Invalid qos specification", "Invalid feature specification",
    "Requested node configuration is not available", "Requested partition configuration not available now",
    "Requested time limit is invalid", "Job violates accounting/QOS policy", "User's group not permitted to use this partition",
    "Access/permission denied", "Invalid user id", "Invalid group id", "User not found on host",
    "Node count specification invalid", "CPU count per node can not be satisfied", "CPU count specification invalid",
    "More processors requested than permitted", "Memory required by task is not available", "Memory specification can not be satisfied",
    "Invalid job array specification", "Invalid generic resource (gres) specification", "Invalid license specification",
    "Invalid node name specified", "Requested reservation is invalid", "Invalid Trackable RESource (TRES) specification",
    "Job dependency problem", "Pathname of a file, directory or other parameter too long",
    "unrecognized option", "invalid option", "option requires an argument", "doesn't allow an argument", "ambiguous",
    "Invalid --", "Invalid time limit specification", "Invalid numeric value", "Batch script is empty",
    "This does not look like a batch script", "Batch script contains",
  ]
}
