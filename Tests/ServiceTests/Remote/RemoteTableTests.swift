import Service
import Slurm
import Testing

/// A table, step by step.
@Suite struct RemoteTableTests {
  /// A table with jobs that are out as Slurm's job 7, and the moment.
  private struct Out {
    var table: RemoteTable
    var now = Duration.zero
    let batch: String
    var actions: [RemoteAction] = []

    init(jobs: Int = 1, tries: Int = 3, record: RemoteRecord = RemoteRecord()) {
      var settings = RemoteSettings()
      settings.tries = tries
      settings.places = 1
      table = RemoteTable(settings, spool: "a1b2c3d4", serial: 0)
      for number in 0..<jobs { table.add(RemoteJob(id: "job-\(number)", kind: "pack", megabytes: 500), record, now: now) }
      batch = "idinvert-a1b2c3d4-1"
      now += .seconds(3)
      submit(id: 7)
    }

    mutating func submit(id: Int) {
      while let action = table.next(now) {
        actions.append(action)
        switch action {
        case .intend(let plan): table.intended(plan.name, failure: nil, now: now)
        case .submit(let plan):
          table.submitted(plan.name, .accepted(id: id), now: now)
          return
        default: continue
        }
      }
    }

    /// Does what is due: looks show this; nothing new lies in the folders but what `begun` says.
    mutating func turn(
      _ entries: [QueueEntry]?, code: SlurmExitCode? = SlurmExitCode(status: 1, signal: 0), log: String = "", begun: [String] = [],
      hasSaved: Bool = false, after: Duration = .seconds(15)
    ) -> [RemoteAction] {
      now += after
      var seen: [RemoteAction] = []
      for _ in 0..<200 {
        guard let action = table.next(now) else { return seen }
        seen.append(action)
        switch action {
        case .ask: table.looked(entries.map { QueueListing(entries: $0) }, failure: "squeue: away", now: now)
        case .list(let looks):
          for id in looks.flatMap(\.jobs) where begun.contains(id) { table.seen(id, hasBegun: true, hasSaved: hasSaved) }
          table.listed(now: now)
        case .inquire(let batch, _): table.detailed(batch, code: code, log: log)
        case .intend(let plan): table.intended(plan.name, failure: nil, now: now)
        case .submit(let plan): table.submitted(plan.name, .accepted(id: 8), now: now)
        default: continue
        }
      }
      Issue.record("the table never rests")
      return seen
    }

    func entry(_ word: String, reason: String = "None", nodes: String = "n1", id: Int = 7) -> QueueEntry {
      QueueEntry(id: id, word: word, reason: reason, nodes: nodes, name: batch)
    }
  }

  private func intents(_ actions: [RemoteAction]) -> [BatchPlan] {
    actions.compactMap { if case .intend(let plan) = $0 { plan } else { nil } }
  }

  private func failures(_ actions: [RemoteAction]) -> [String] {
    actions.compactMap { if case .fail(_, let reason) = $0 { reason } else { nil } }
  }

  private func troubles(_ actions: [RemoteAction]) -> [String] {
    actions.compactMap { if case .tell(.trouble(let reason)) = $0 { reason } else { nil } }
  }

  @Test(arguments: [
    "PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "REQUEUED", "REQUEUE_HOLD",
    "EXPEDITING",
  ])
  func whatHasNotEndedIsWaitedFor(_ word: String) {
    var out = Out()
    for _ in 0..<100 {
      let actions = out.turn([out.entry(word)], begun: ["job-0"])
      #expect(intents(actions).isEmpty && failures(actions).isEmpty && troubles(actions).isEmpty)
    }
    #expect(out.table.record(of: "job-0")?.attempt == 1)
  }

  struct EndCase: Sendable {
    let word: String
    var code = SlurmExitCode(status: 0, signal: 0)
    var log = ""
    var counts = true
    var twice = false
    var excludes = false
  }

  /// Ends without an answer, with the job in the worker's hands: another attempt, and whether this one counts.
  @Test(arguments: [
    EndCase(word: "NODE_FAIL", counts: false), EndCase(word: "BOOT_FAIL", counts: false), EndCase(word: "PREEMPTED", counts: false),
    EndCase(word: "REVOKED", counts: false), EndCase(word: "FAILED", code: SlurmExitCode(status: 7, signal: 0)),
    EndCase(word: "FAILED", code: SlurmExitCode(status: 0, signal: 11)), EndCase(word: "DEADLINE"), EndCase(word: "TIMEOUT", code: SlurmExitCode(status: 0, signal: 15)),
    EndCase(word: "FAILED", code: SlurmExitCode(status: 0, signal: 53), counts: false, excludes: true),
    EndCase(word: "FAILED", code: SlurmExitCode(status: 127, signal: 0), counts: false, excludes: true),
    EndCase(word: "FAILED", code: SlurmExitCode(status: 0, signal: 9), log: "slurmstepd: error: Exceeded job memory limit: exceeded memory limit", twice: true),
    EndCase(word: "FAILED", code: SlurmExitCode(status: 0, signal: 9)), EndCase(word: "OUT_OF_MEMORY", code: SlurmExitCode(status: 0, signal: 125), twice: true),
  ])
  func anEndWithoutAnAnswerIsAnotherAttempt(_ end: EndCase) throws {
    var out = Out()
    _ = out.turn([out.entry("RUNNING")], begun: ["job-0"])
    var actions = out.turn([out.entry(end.word)], code: end.code, log: end.log, begun: ["job-0"])
    actions += out.turn([out.entry(end.word)], after: .seconds(10))
    let plan = try #require(intents(actions).first)
    #expect(plan.attempts == [2] && plan.name != out.batch)
    #expect(plan.megabytes == (end.twice ? 1000 : 500))
    #expect(plan.excludedNodes == (end.excludes ? ["n1"] : []))
    let record = try #require(out.table.record(of: "job-0"))
    #expect(record.tries == (end.counts ? 1 : 0))
    #expect(record.ends.count == 1 && record.ends[0].hasPrefix("attempt 1: ") && record.ends[0].hasSuffix("on n1"))
  }

  @Test func aJobThatEndedWellIsWaitedForUntilItsAnswerIsSeen() {
    var out = Out()
    _ = out.turn([out.entry("RUNNING")], begun: ["job-0"])
    var actions: [RemoteAction] = []
    for _ in 0..<5 { actions += out.turn([out.entry("COMPLETED")], begun: ["job-0"], after: .seconds(11)) }
    #expect(intents(actions).isEmpty)
    // The folders are looked into every two seconds at most in the meantime, and Slurm is not asked.
    #expect(!actions.dropFirst(3).contains(.ask))
    actions = out.turn([], after: .seconds(26))
    #expect(intents(actions).isEmpty)
    actions = out.turn([], after: .seconds(2)) + out.turn([], after: .seconds(3))
    #expect(intents(actions).map(\.attempts) == [[2]])
    #expect(out.table.record(of: "job-0")?.tries == 1)
  }

  @Test(arguments: ["COMPLETED", "FAILED", "NODE_FAIL", "TIMEOUT", "CANCELLED", "OUT_OF_MEMORY", "RUNNING"])
  func anAnswerDecidesWhateverSlurmSays(_ word: String) {
    var out = Out()
    _ = out.turn([out.entry("RUNNING")], begun: ["job-0"])
    out.now += .seconds(15)
    while let action = out.table.next(out.now) {
      switch action {
      case .ask: out.table.looked(QueueListing(entries: [out.entry(word)]), now: out.now)
      case .list:
        // Written between the two looks.
        if out.table.summary().jobs.first?.state == word { out.table.answered("job-0", .delivered(seconds: nil), now: out.now) }
        out.table.listed(now: out.now)
      case .fail, .intend, .inquire: Issue.record("\(action) beside an answer")
      default: continue
      }
    }
    #expect(out.table.isAtRest)
  }

  @Test func triesAreCountedAndTold() {
    var out = Out()
    var reasons: [String] = []
    for id in 0..<6 where reasons.isEmpty {
      let name = out.table.summary().jobs.first?.batch ?? ""
      let entry = QueueEntry(id: 7 + id, word: "FAILED", nodes: "n2", name: name)
      let actions = out.turn([entry], code: SlurmExitCode(status: 7, signal: 0), log: "Killed by a bug\n", begun: ["job-0"])
      reasons += failures(actions + out.turn([entry], after: .seconds(3)))
    }
    let attempt = "FAILED 7:0: Killed by a bug on n2"
    #expect(reasons == ["it had no answer in 3 attempts: attempt 1: \(attempt); attempt 2: \(attempt); attempt 3: \(attempt)"])
    #expect(out.table.isAtRest)
  }

  @Test func whoGetsFurtherIsNotGivenUp() {
    var out = Out(tries: 2)
    for _ in 1...20 {
      let name = out.table.summary().jobs.first?.batch ?? ""
      let entry = QueueEntry(id: 7, word: "TIMEOUT", nodes: "n2", name: name)
      let actions = out.turn([entry], begun: ["job-0"], hasSaved: true) + out.turn([entry], after: .seconds(3))
      #expect(failures(actions).isEmpty)
    }
    #expect(out.table.record(of: "job-0")?.tries == 0)
    #expect((out.table.record(of: "job-0")?.attempt ?? 0) > 15)
  }

  @Test func moreThanTwiceTheMemoryIsNotTried() {
    var out = Out()
    var actions: [RemoteAction] = []
    for _ in 0..<4 {
      let entry = QueueEntry(id: 7, word: "OUT_OF_MEMORY", nodes: "n2", name: out.table.summary().jobs.first?.batch ?? "")
      actions += out.turn([entry], begun: ["job-0"]) + out.turn([entry], after: .seconds(3))
    }
    #expect(intents(actions).map(\.megabytes) == [1000])
    #expect(failures(actions) == [
      "it needed more than 1000 MB of memory; lower its edits, frames or pictures, or raise slurm.memory"
    ])
  }

  @Test func inABatchOnlyTheOneInHandIsCountedAndRunsAlone() throws {
    var out = Out(jobs: 4)
    _ = out.turn([out.entry("RUNNING")], begun: ["job-0"])
    out.table.answered("job-0", .delivered(seconds: nil), now: out.now)
    var actions = out.turn([out.entry("FAILED")], begun: ["job-1"])
    actions += out.turn([out.entry("FAILED")], after: .seconds(3))
    #expect(out.table.record(of: "job-1")?.tries == 1 && out.table.record(of: "job-1")?.isAlone == true)
    #expect(out.table.record(of: "job-2")?.tries == 0 && out.table.record(of: "job-3")?.isAlone == false)
    // One place: first what waited longer, and nobody with the one that may be what ended the batch.
    let plan = try #require(intents(actions).first)
    #expect(plan.jobs == ["job-1"] || plan.jobs == ["job-2", "job-3"])
  }

  /// While it waits it has no node; one that runs has begun, or one of its batch has.
  @Test(arguments: [(nodes: "", begun: []), ("n1", ["job-0"]), ("n1", ["job-1"])])
  func cancelledInSlurmByOthersFails(nodes: String, begun: [String]) {
    var out = Out(jobs: 2)
    if !begun.isEmpty { _ = out.turn([out.entry("RUNNING")], begun: begun) }
    #expect(failures(out.turn([out.entry("CANCELLED", nodes: nodes)])) == ["cancelled in Slurm", "cancelled in Slurm"])
    #expect(out.table.isAtRest)
  }

  @Test func whoHasAnAnswerHadBegun() {
    var out = Out(jobs: 2)
    _ = out.turn([out.entry("RUNNING")])
    out.table.answered("job-0", .delivered(seconds: nil), now: out.now)
    #expect(failures(out.turn([out.entry("CANCELLED")])) == ["cancelled in Slurm"])
  }

  @Test func whatWaitedIsLookedIntoWhileSlurmIsAway() {
    var out = Out()
    _ = out.turn([out.entry("PENDING", nodes: "")])
    #expect(!out.turn([out.entry("PENDING", nodes: "")]).contains { if case .list = $0 { true } else { false } })
    _ = out.turn(nil)
    #expect(out.turn(nil).contains { if case .list = $0 { true } else { false } })
  }

  @Test func whatSlurmCouldNotStartIsTriedAgain() {
    var out = Out(jobs: 2, tries: 1)
    let actions = out.turn([out.entry("CANCELLED")]) + out.turn([], after: .seconds(3))
    #expect(intents(actions).map(\.jobs) == [["job-0", "job-1"]])
    #expect(out.table.record(of: "job-1")?.ends == ["attempt 1: Slurm could not start it (CANCELLED) on n1"])
  }

  @Test func whatIsLostIsLookedForAndThenTriedAgain() {
    var out = Out()
    _ = out.turn([out.entry("RUNNING")], begun: ["job-0"])
    // A failed question is no news, however often.
    for _ in 0..<50 { #expect(intents(out.turn(nil, after: .seconds(300))).isEmpty) }
    // Neither is an answer with a line that is none.
    out.now += .seconds(300)
    while let action = out.table.next(out.now) {
      if case .ask = action { out.table.looked(QueueListing("garbage\n"), now: out.now) }
      if case .list = action { out.table.listed(now: out.now) }
    }
    // Nor a stranger that has its number.
    let stranger = QueueEntry(id: 7, word: "RUNNING", nodes: "n1", name: "idinvert-99999999-1")
    var actions: [RemoteAction] = []
    for _ in 0..<8 { actions += out.turn([stranger], begun: ["job-0"]) }
    #expect(intents(actions).isEmpty)
    for _ in 0..<2 { actions += out.turn([stranger], begun: ["job-0"]) }
    #expect(intents(actions).map(\.attempts) == [[2]])
    #expect(out.table.record(of: "job-0")?.tries == 1)
  }

  @Test func aRefusalIsToldOnceAndTriedWithGrowingPauses() {
    var table = RemoteTable(RemoteSettings(), spool: "a1b2c3d4", serial: 0)
    for number in 0..<40 { table.add(RemoteJob(id: "job-\(number)", kind: "pack", megabytes: 500), now: .zero) }
    var moments: [Double] = [], troubles = 0
    var now = Duration.seconds(3)
    while now < .seconds(1000) {
      while let action = table.next(now) {
        switch action {
        case .intend(let plan): table.intended(plan.name, failure: nil, now: now)
        case .submit(let plan):
          moments.append(now / .seconds(1))
          table.submitted(plan.name, .refused("Invalid partition name specified"), now: now)
        case .tell(.trouble): troubles += 1
        default: Issue.record("\(action)")
        }
      }
      now = max(now, table.nextMoment(now) ?? now) + .milliseconds(1)
    }
    // One job stands for all: 2, 5, 15, 60, 300 s.
    #expect(moments.map { $0.rounded() } == [3, 5, 10, 25, 85, 385, 685, 985])
    #expect(troubles == 1)
    #expect(table.trouble == "Slurm refuses jobs: Invalid partition name specified")
  }

  @Test func aWaitThatCannotEndByItselfIsToldOnce() {
    var out = Out()
    var held: [RemoteAction] = []
    for _ in 0..<100 {
      held += out.turn([out.entry("PENDING", reason: "PartitionConfig", nodes: "")]).filter { if case .tell(.held) = $0 { true } else { false } }
    }
    #expect(held == [.tell(.held(batch: out.batch, id: 7, reason: "PartitionConfig", jobs: ["job-0"]))])
    var other = Out()
    for _ in 0..<100 {
      #expect(!other.turn([other.entry("PENDING", reason: "Resources", nodes: "")]).contains { if case .tell(.held) = $0 { true } else { false } })
    }
  }
}
