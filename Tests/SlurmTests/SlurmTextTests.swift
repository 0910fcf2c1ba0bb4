import Foundation
import Slurm
import Testing

/// What Slurm 22.05 says, word for word, and what must never be taken for it.
@Suite struct SlurmTextTests {
  private func failure(_ errors: String, status: Int = 1) -> SubmissionOutcome {
    SubmissionOutcome(CommandResult(.exited(status), errors: errors))
  }

  @Test(arguments: [("4711\n", 4711), ("4711", 4711), ("4711;cluster\n", 4711), ("1;a-b_c\n", 1)])
  func anIdentifierIsTaken(_ output: String, _ id: Int) {
    #expect(SubmissionOutcome(CommandResult(.exited(0), output: output)) == .accepted(id: id))
  }

  @Test(arguments: [
    "", "\n", "Submitted batch job 4711\n", "4711 \n", " 4711\n", "-4711\n", "0\n", "47.11\n", "4711\n4712\n", "4711;\n", "4711;a;b\n",
    "99999999999999999999999\n", "٤٧\n", "4711_0\n", "\u{0}4711\n",
  ])
  func anythingElseWithStatusZeroIsUnclear(_ output: String) {
    #expect(
      SubmissionOutcome(CommandResult(.exited(0), output: output)) == .unclear("sbatch ended well and gave no job number"))
  }

  @Test func anIdentifierCountsOnlyWithStatusZero() {
    #expect(SubmissionOutcome(CommandResult(.exited(1), output: "4711\n")) == .unclear("ended with status 1"))
    #expect(SubmissionOutcome(CommandResult(.exited(0), output: "4711\n", isCut: true)).isUnclear)
    #expect(SubmissionOutcome(CommandResult(.abandoned("did not end within 30 s"), output: "4711\n")).isUnclear)
    #expect(SubmissionOutcome(CommandResult(.signaled(9), output: "4711\n")).isUnclear)
  }

  @Test(arguments: [
    ("sbatch: error: invalid partition specified: nosuch\nsbatch: error: Batch job submission failed: Invalid partition name specified\n", 1),
    ("sbatch: error: Batch job submission failed: Requested node configuration is not available\n", 1),
    ("sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified\n", 1),
    ("sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n", 1),
    ("sbatch: error: Batch job submission failed: Invalid job array specification\n", 1),
    ("sbatch: error: Batch job submission failed: Access/permission denied\n", 1),
    ("sbatch: unrecognized option '--nosuch'\nTry \"sbatch --help\" for more information\n", 255),
    ("sbatch: error: Invalid --time specification\n", 255),
    ("sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)\n", 1),
  ])
  func aRefusalIsTakenForOne(_ errors: String, _ status: Int) {
    guard case .refused(let reason) = failure(errors, status: status) else {
      Issue.record("not refused: \(errors)")
      return
    }
    #expect(!reason.isEmpty && !reason.contains("\n") && !reason.contains("sbatch:") && !reason.contains("Try "))
  }

  @Test(arguments: [
    "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n",
    "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n",
    "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n",
    "sbatch: error: Batch job submission failed: Unexpected message received\n",
    "sbatch: error: Batch job submission failed: Unspecified error\n",
    "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n",
    "sbatch: fatal: Could not establish a configuration source\n",
    // A refusal of a second try says nothing of the first.
    "sbatch: error: Socket timed out on send/recv operation\nsbatch: error: Batch job submission failed: Access/permission denied\n",
    "no such text in any version\n", "",
  ])
  func whatMayHaveArrivedIsUnclear(_ errors: String) {
    #expect(failure(errors).isUnclear)
  }

  @Test func complaintsAreOneSafeLine() {
    #expect(SlurmText.complaint("sbatch: error: a\u{1B}[31m\nsbatch: error: \nb\u{202E}\n") == "a\\u{1B}[31m; b\\u{202E}")
    #expect(SlurmText.complaint("slurm_load_jobs error: Invalid job id specified\n") == "Invalid job id specified")
    #expect(SlurmText.complaint(String(repeating: "x", count: 5000)).count == 301)
    #expect(SlurmText.complaint("") == "")
  }

  /// Each row of the table of ends, as `squeue` words it.
  @Test(arguments: [
    ("PENDING", SlurmState.waiting, false), ("CONFIGURING", .waiting, false), ("RUNNING", .running, false),
    ("COMPLETING", .running, false), ("SUSPENDED", .running, false), ("STOPPED", .running, false), ("RESIZING", .running, false),
    ("SIGNALING", .running, false), ("REQUEUED", .waiting, false), ("REQUEUE_HOLD", .waiting, false), ("STAGE_OUT", .running, false),
    ("COMPLETED", .completed, true), ("FAILED", .failed, true), ("TIMEOUT", .timeout, true), ("OUT_OF_MEMORY", .outOfMemory, true),
    ("CANCELLED", .cancelled, true), ("CANCELLED by 1000", .cancelled, true), ("DEADLINE", .deadline, true),
    ("NODE_FAIL", .nodeLost, true), ("BOOT_FAIL", .nodeLost, true), ("PREEMPTED", .nodeLost, true), ("REVOKED", .nodeLost, true),
    ("CANCELLEDX", .unknown, false), ("completed", .unknown, false), ("", .unknown, false), ("EXPEDITING", .unknown, false),
  ])
  func aStateIsKnownByItsWord(_ word: String, _ state: SlurmState, _ isEnded: Bool) {
    #expect(SlurmState(word) == state)
    #expect(SlurmState(word).isEnded == isEnded)
  }

  @Test func aListingHasAllJobs() {
    let listing = QueueListing(
      """
      3|3|COMPLETED|None|n1|2026-11-24T10:15:02|idinvert-a1b2c3d4-1
      4|4|PENDING|Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions||2026-11-24T10:15:03|idinvert-a1b2c3d4-2
      5|5_7|RUNNING|None|n[1-2]|2026-11-24T10:15:03|somebody's | name

      """)
    #expect(listing.isWhole)
    #expect(listing.entries.map(\.id) == [3, 4, 5])
    #expect(listing.entries.map(\.state) == [.completed, .waiting, .running])
    #expect(listing.entries[0].nodes == "n1" && listing.entries[0].reason == "None")
    #expect(listing.entries[1].reason.hasPrefix("Nodes required for job are DOWN"))
    #expect(listing.entries[2].name == "somebody's | name")
    #expect(QueueListing("") == QueueListing(entries: []))
  }

  @Test(arguments: [
    "slurm_load_jobs error: Unable to contact slurm controller\n", "3|3|COMPLETED|None|n1|2026-11-24T10:15:02\n",
    "3|4|COMPLETED|None|n1|x|name\n", "x|x|COMPLETED|None|n1|x|name\n", "3|3||None|n1|x|name\n", "3|3|{\"a\":1}|None|n1|x|name\n",
    "|||||||\n", "3|3|COMPLETED|None|n1|2026-11-24T10:15:02|cut in the mid",
  ])
  func aListingWithALineThatIsNoneProvesNoAbsence(_ line: String) {
    let good = "7|7|RUNNING|None|n1|x|mine\n"
    let listing = QueueListing(good + line)
    #expect(!listing.isWhole)
    #expect(listing.entries.first?.name == "mine")
  }

  @Test func detailsHaveTheExitCode() {
    let text = """
      JobId=12 JobName=idinvert-a1b2c3d4-1 UserId=root(0) GroupId=root(0) MCS_label=N/A Priority=4294901757 Nice=0 Account=(null) \
      QOS=(null) JobState=FAILED Reason=NonZeroExitCode Dependency=(null) Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:53 \
      RunTime=00:00:00 NodeList=n1 Comment=a ExitCode=9:9 JobName=other
      """
    #expect(JobDetails(text) == JobDetails(id: 12, name: "idinvert-a1b2c3d4-1", exitCode: SlurmExitCode(status: 0, signal: 53)))
    #expect(JobDetails(text)?.exitCode.isLaunchFailure == true)
    #expect(JobDetails("JobId=12 JobName=x") == nil)
    #expect(JobDetails("slurm_load_jobs error: Invalid job id specified") == nil)
    #expect(JobDetails("") == nil)
  }

  @Test func exitCodes() {
    #expect(SlurmExitCode("127:0")?.isProgramMissing == true)
    #expect(SlurmExitCode("126:0")?.isProgramMissing == true)
    #expect(SlurmExitCode("0:9")?.isProgramMissing == false)
    #expect(SlurmExitCode("7:0")?.description == "7:0")
    for text in ["", ":", "7", "7:", ":7", "7:0:0", "-1:0", "a:b", "9999999999999:0"] { #expect(SlurmExitCode(text) == nil) }
  }

  @Test func aNodesLineIsRead() {
    let partition = Partition(line: "main|up|2|2|1024|infinite|idle")
    #expect(partition?.name == "main" && partition?.isUp == true && partition?.nodes == 2 && partition?.state == "idle")
    #expect(Partition(line: "main|up|two|2|1024|infinite|idle") == nil)
    #expect(Partition(line: "") == nil)
  }
}

extension SubmissionOutcome {
  var isUnclear: Bool {
    if case .unclear = self { true } else { false }
  }
}
