import PrintableText
import Slurm

extension Property {
  /// What Slurm's commands write.
  static let slurm = Property(
    "slurm", maximumLength: 1 << 13,
    words: ["|", "\n", "PENDING", "COMPLETED", "CANCELLED by 1", "JobId=", "ExitCode=0:53", "JobName=", "4711", "_[0-5]", "\u{1B}", "\u{202E}"],
    seeds: {
      [
        "3|3|COMPLETED|None|n1|2026-11-24T10:15:02|idinvert-a1b2c3d4-1\n4|4_1|PENDING|Resources||x|other | one\n",
        "JobId=12 JobName=idinvert-a1b2c3d4-1 JobState=FAILED Reason=NonZeroExitCode ExitCode=7:0 NodeList=n1\n", "4711;cluster\n",
        "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n", "main|up|2|2|1024|infinite|idle\n",
      ].map { Array($0.utf8) }
    },
    body: { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let listing = QueueListing(text)
      for entry in listing.entries {
        try require(entry.id > 0, "a job has the number \(entry.id)")
        for shown in [entry.word, entry.reason, entry.nodes] { try require(printable(shown) == shown, "\(shown) is not safe to print") }
        let line = "\(entry.id)|\(entry.id)|\(entry.word)|\(entry.reason)|\(entry.nodes)|x|\(entry.name)\n"
        try require(QueueListing(line).entries == [entry], "a job changes when it is read again: \(line)")
      }
      let lines = text.split(separator: "\n").count
      try require(listing.isWhole ? listing.entries.count == lines : listing.entries.count <= lines, "lines were lost")
      let details = JobDetails(text)
      if let code = details?.exitCode { try require(SlurmExitCode(code.description) == code, "an exit code changes") }
      let accepted = SubmissionOutcome(CommandResult(.exited(0), output: text))
      if case .accepted(let id) = accepted { try require(text.hasPrefix("\(id)") || text.hasPrefix("0"), "\(id) is not what was said") }
      if case .refused = accepted { throw Violation("a success is taken for a refusal") }
      let complaint = SlurmText.complaint(text)
      try require(printable(complaint) == complaint && complaint.count <= 301, "a complaint is not one short line")
      if case .accepted = SubmissionOutcome(CommandResult(.exited(1), output: text, errors: text)) {
        throw Violation("a failure is taken for a success")
      }
      return !listing.entries.isEmpty || details != nil
    })
}
