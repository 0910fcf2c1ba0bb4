import Service
import Slurm
import TestSupport
import Testing

/// A table against a whole simulated Slurm: whatever goes wrong, each job ends once.
@Suite struct SimulationTests {
  private var settings: RemoteSettings {
    var settings = RemoteSettings()
    (settings.pollSeconds, settings.lostSeconds, settings.visibleSeconds) = (5, 60, 20)
    settings.tries = 10
    return settings
  }

  @Test func allJobsComeBackOnce() {
    var run = SimulatedExecutor(settings)
    run.add(200)
    run.run(until: .seconds(600))
    #expect(run.delivered.count == 200 && run.failed.isEmpty)
    #expect(run.table.isAtRest)
    #expect(run.notes.allSatisfy { if case .submitted = $0 { true } else { false } })
  }

  @Test func atRestNoCommandRuns() {
    var run = SimulatedExecutor(settings)
    run.add(3)
    run.run(until: .seconds(60))
    let before = run.commands
    run.run(until: .seconds(4000)) { _ in false }
    #expect(run.commands == before)
    #expect(run.table.nextMoment(run.now) == nil)
  }

  @Test func oneQuestionForAllJobsEachPoll() {
    var few = settings
    few.places = 20
    var run = SimulatedExecutor(few, slurm: SimulatedSlurm(slots: 20, work: .seconds(30)))
    run.add(320)
    run.run(until: .seconds(1200))
    #expect(run.delivered.count == 320)
    // 16 jobs of 30 s each, one after the other in each of 20 places, in three or four batches.
    #expect((90...120).contains(run.commands["squeue"] ?? 0))
    #expect((40...80).contains(run.commands["sbatch"] ?? 0))
  }

  @Test(arguments: 0..<60) func whateverGoesWrongEachJobEndsOnce(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var run = SimulatedExecutor(settings)
    let trouble = seed % 6
    run.submitTrouble = {
      let all: [SimulatedExecutor.Trouble] = [.none, .none, .none, .requestLost, .replyLost, .replyLate, .refused]
      return all[random.pick(below: all.count)]
    }
    var dice = SeededGenerator(seed: UInt64(seed) + 1000)
    run.askTrouble = {
      let all: [SimulatedExecutor.Trouble] = [.none, .none, .none, .noContact, .empty, .garbage]
      return all[dice.pick(below: all.count)]
    }
    var events = SeededGenerator(seed: UInt64(seed) + 2000)
    run.add(60)
    var cancelled: Set<String> = []
    while run.now < .seconds(3000), !run.table.isEmpty {
      run.turn()
      guard events.pick(below: 8) == 0, run.now < .seconds(600) else { continue }
      switch (trouble + events.pick(below: 2)) % 6 {
      case 0: run.restart()
      case 1: run.slurm.strike("NODE_FAIL", isAlive: false, run.now)
      case 2: run.slurm.strike("NODE_FAIL", isAlive: true, run.now)
      case 3: run.slurm.forgetLast(run.now)
      case 4: run.slurm.runAgain(run.now)
      default:
        if let id = run.table.jobs.sorted().first(where: { !cancelled.contains($0) }) {
          cancelled.insert(id)
          run.table.cancel(id, now: run.now)
        }
      }
    }
    // Quiet times in the end: then all must be over.
    run.submitTrouble = { .none }
    run.askTrouble = { .none }
    run.run(until: run.now + .seconds(20_000)) { $0.table.isAtRest }
    #expect(run.delivered.count + run.failed.count == 60)
    #expect(run.delivered.values.allSatisfy { $0 == 1 })
    #expect(Set(run.failed.keys).isSubset(of: cancelled), "\(run.failed)")
    #expect(run.failed.values.allSatisfy { $0 == "cancelled" })
    #expect(run.table.isAtRest)
  }

  @Test func aSilentNodesLateAnswerIsNotRead() {
    var run = SimulatedExecutor(settings, slurm: SimulatedSlurm(slots: 1, work: .seconds(100)))
    run.add(1)
    run.run(until: .seconds(20)) { _ in false }
    run.slurm.strike("NODE_FAIL", isAlive: true, run.now)
    // Slurm has the place again, and the old copy computes on.
    run.run(until: .seconds(90)) { _ in false }
    #expect(run.table.record(of: "job-0")?.attempt == 2)
    run.run(until: .seconds(110)) { _ in false }
    #expect(run.slurm.attempts["job-0/1"]?.isAnswered == true)
    #expect(run.delivered.isEmpty)
    run.run(until: .seconds(600))
    #expect(run.delivered == ["job-0": 1])
  }

  @Test func aFullDiskPasses() {
    var run = SimulatedExecutor(settings)
    run.isDiskFull = true
    run.add(5)
    run.run(until: .seconds(100))
    #expect(run.commands["sbatch"] == nil)
    #expect(run.notes == [.trouble("no space left")])
    run.isDiskFull = false
    run.run(until: .seconds(1000))
    #expect(run.delivered.count == 5)
    #expect(run.notes.contains(.troubleOver))
  }
}
