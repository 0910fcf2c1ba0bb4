import Service
import Slurm
import Testing

/// What is decided about one long job: the rows of the table by which `train --slurm` follows it.
@Suite struct LongTableTests {
  /// A table with the task, and what its folder and Slurm show at each look.
  private struct Task {
    var table: RemoteTable
    var now = Duration.zero
    var submissions: [BatchPlan] = []
    var failures: [String] = []
    var notes: [RemoteNote] = []
    var hasBegun = true
    var hasSaved = false
    var log = ""

    init(tries: Int = 3) {
      var settings = RemoteSettings()
      (settings.tries, settings.places, settings.batchJobs, settings.batchSeconds, settings.isLong) = (tries, 1, 1, 0, true)
      table = RemoteTable(settings, spool: "train-0123456789", serial: 0)
      table.add(RemoteJob(id: "task", kind: "train", megabytes: 500), now: now)
    }

    /// Does what is due.
    ///
    /// - Parameter says: what Slurm says of the newest job; nil where it cannot be asked, or shows none where it is "".
    mutating func turn(
      _ says: String?, code: SlurmExitCode = SlurmExitCode(status: 7, signal: 0), submit: SubmissionOutcome = .accepted(id: 7),
      after: Duration = .seconds(15)
    ) {
      now += after
      for _ in 0..<200 {
        guard let action = table.next(now) else { return }
        switch action {
        case .intend(let plan): table.intended(plan.name, failure: nil, now: now)
        case .submit(let plan):
          submissions.append(plan)
          table.submitted(plan.name, submit, now: now)
        case .ask:
          let name = submissions.last?.name ?? ""
          let entries = says.map { $0.isEmpty ? [] : [QueueEntry(id: 7, word: $0, nodes: "n1", name: name)] }
          table.looked(entries.map { QueueListing(entries: $0) }, failure: "squeue: away", now: now)
        case .list:
          table.seen("task", hasBegun: hasBegun, hasSaved: hasSaved)
          table.listed(now: now)
        case .inquire(let batch, _): table.detailed(batch, code: code, log: log)
        case .fail(_, let reason): failures.append(reason)
        case .tell(let note): notes.append(note)
        case .scancel, .discard, .mark: continue
        }
      }
      Issue.record("the table never rests")
    }
  }

  @Test func aTaskIsOneJobWhoseNameTellsWhatItMakes() {
    var task = Task()
    task.turn("RUNNING")
    for _ in 0..<20 { task.turn("RUNNING") }
    #expect(task.submissions.map(\.name) == ["idinvert-train-0123456789-1"])
    #expect(task.submissions.map(\.megabytes) == [500])
  }

  @Test func aLostReplyIsResolvedByTheName() {
    var task = Task()
    task.turn("RUNNING", submit: .unclear("Socket timed out"))
    for _ in 0..<20 { task.turn("RUNNING") }
    #expect(task.submissions.count == 1 && task.failures.isEmpty)
    #expect(task.table.summary().jobs.first?.slurm == 7)
  }

  @Test func aLostSubmissionIsMadeAgainUnderItsName() {
    var task = Task()
    task.hasBegun = false
    task.turn("", submit: .unclear("Socket timed out"))
    for _ in 0..<12 { task.turn("") }
    #expect(task.submissions.count == 2 && Set(task.submissions.map(\.name)).count == 1)
  }

  @Test(arguments: ["TIMEOUT", "PREEMPTED", "NODE_FAIL", "BOOT_FAIL", "REVOKED", "DEADLINE"])
  func whatEndsItForAnotherReasonIsFollowedByAnotherAttempt(_ word: String) {
    var task = Task(tries: 2)
    task.turn("RUNNING")
    for round in 1...10 {
      task.hasSaved = false
      task.turn("RUNNING")
      task.hasSaved = true
      task.turn(word)
      task.turn("RUNNING", after: .seconds(400))
      #expect(task.submissions.map(\.attempts) == (1...round + 1).map { [$0] })
    }
    #expect(task.failures.isEmpty)
  }

  @Test func withoutProgressItIsTriedSoOften() {
    var task = Task(tries: 3)
    task.turn("RUNNING")
    for _ in 0..<3 {
      task.turn("TIMEOUT")
      task.turn("RUNNING", after: .seconds(400))
    }
    #expect(task.submissions.count == 3)
    #expect(task.failures.count == 1 && task.failures[0].hasPrefix("it had no answer in 3 attempts: attempt 1: TIMEOUT"))
  }

  @Test func aNodeThatDiesIsNotCounted() {
    var task = Task(tries: 1)
    task.turn("RUNNING")
    for _ in 0..<5 {
      task.turn("NODE_FAIL")
      task.turn("RUNNING", after: .seconds(400))
    }
    #expect(task.submissions.count == 6 && task.failures.isEmpty)
  }

  @Test func aFailureIsToldWithTheEndOfItsLog() {
    var task = Task()
    task.log = "Fatal error: Index out of range\n"
    task.turn("RUNNING")
    task.turn("FAILED")
    #expect(task.failures == ["it ended in Slurm: FAILED 7:0: Fatal error: Index out of range"])
    #expect(task.submissions.count == 1 && task.table.isAtRest)
  }

  @Test(arguments: [SlurmExitCode(status: 0, signal: 53), SlurmExitCode(status: 127, signal: 0)])
  func aNodeThatCannotStartItIsAvoided(_ code: SlurmExitCode) {
    var task = Task()
    task.hasBegun = false
    task.turn("RUNNING")
    task.turn("FAILED", code: code)
    task.turn("RUNNING", after: .seconds(10))
    #expect(task.failures.isEmpty)
    #expect(task.submissions.map(\.excludedNodes) == [[], ["n1"]])
  }

  @Test func moreMemoryIsGivenOnce() {
    var task = Task()
    task.turn("RUNNING")
    for _ in 0..<3 {
      task.turn("OUT_OF_MEMORY")
      task.turn("RUNNING", after: .seconds(400))
    }
    #expect(task.submissions.map(\.megabytes) == [500, 1000])
    #expect(task.failures == ["it needed more than 1000 MB of memory; raise slurm.memory"])
  }

  @Test func whoIsCancelledInSlurmEnds() {
    var task = Task()
    task.turn("RUNNING")
    task.hasSaved = true
    #expect(!task.table.hasEnded("task"))
    task.turn("CANCELLED")
    #expect(task.failures == ["cancelled in Slurm"])
    #expect(task.submissions.count == 1)
  }

  @Test func whoWasToldToStopGoesOnWhereSlurmEndedIt() {
    var task = Task()
    task.turn("RUNNING")
    task.now += .seconds(15)
    var ended: [Bool] = []
    while let action = task.table.next(task.now) {
      switch action {
      case .ask:
        task.table.looked(QueueListing(entries: [QueueEntry(id: 7, word: "TIMEOUT", name: task.submissions[0].name)]), now: task.now)
      case .list:
        ended.append(task.table.hasEnded("task"))
        task.table.seen("task", hasBegun: true, hasSaved: true)
        if task.table.hasEnded("task") { task.table.answered("task", .stopped, now: task.now) }
        task.table.listed(now: task.now)
      case .intend(let plan): task.table.intended(plan.name, failure: nil, now: task.now)
      case .submit(let plan):
        task.submissions.append(plan)
        task.table.submitted(plan.name, .accepted(id: 8), now: task.now)
      case .inquire, .fail: Issue.record("\(action) beside an answer")
      default: continue
      }
    }
    #expect(ended.contains(true) && task.submissions.map(\.attempts) == [[1], [2]])
  }

  @Test func aControllerThatIsAwayIsNoNews() {
    var task = Task()
    task.turn("RUNNING")
    for _ in 0..<50 { task.turn(nil, after: .seconds(300)) }
    #expect(task.submissions.count == 1 && task.failures.isEmpty)
    #expect(task.notes.contains(.trouble("squeue: away")))
    task.turn("RUNNING", after: .seconds(300))
    #expect(task.notes.last == .troubleOver)
  }

  @Test func whatSlurmForgotIsTriedAgain() {
    var task = Task()
    task.turn("RUNNING")
    for _ in 0..<12 { task.turn("") }
    #expect(task.submissions.map(\.attempts) == [[1], [2]])
  }
}
