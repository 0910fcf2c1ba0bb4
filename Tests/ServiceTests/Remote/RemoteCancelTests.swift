import Service
import Slurm
import Testing

@Suite struct RemoteCancelTests {
  private var settings: RemoteSettings {
    var settings = RemoteSettings()
    (settings.pollSeconds, settings.lostSeconds, settings.visibleSeconds) = (5, 60, 20)
    return settings
  }

  @Test func oneThatWaitsHereEndsAtOnce() {
    var run = SimulatedExecutor(settings)
    run.add(1)
    run.table.cancel("job-0", now: run.now)
    #expect(run.table.next(run.now) == .fail("job-0", reason: "cancelled"))
    #expect(run.table.isAtRest)
  }

  @Test func oneThatWaitsInSlurmTakesItsJobAlong() {
    var run = SimulatedExecutor(settings, slurm: SimulatedSlurm(slots: 0))
    run.add(1)
    run.run(until: .seconds(10)) { _ in false }
    run.table.cancel("job-0", now: run.now)
    run.run(until: .seconds(100)) { $0.table.isAtRest }
    #expect(run.failed == ["job-0": "cancelled"])
    #expect(run.slurm.jobs.map(\.state) == ["CANCELLED"])
    #expect(run.commands["mark"] == 1)
  }

  @Test func oneOfABatchLeavesTheOthers() {
    var few = settings
    few.places = 1
    var run = SimulatedExecutor(few, slurm: SimulatedSlurm(slots: 1, work: .seconds(20)))
    run.add(4)
    run.run(until: .seconds(10)) { _ in false }
    run.table.cancel("job-2", now: run.now)
    run.run(until: .seconds(300)) { $0.table.isAtRest }
    #expect(run.failed == ["job-2": "cancelled"])
    #expect(run.delivered.keys.sorted() == ["job-0", "job-1", "job-3"])
    #expect(run.commands["scancel"] == nil)
  }

  @Test func oneWhoseSubmissionIsUnclearIsCancelledWhenItAppears() {
    var run = SimulatedExecutor(settings, slurm: SimulatedSlurm(slots: 0))
    run.submitTrouble = { .replyLate }
    run.add(1)
    run.run(until: .seconds(5)) { _ in false }
    run.table.cancel("job-0", now: run.now)
    run.run(until: .seconds(30)) { $0.table.isEmpty }
    #expect(run.failed == ["job-0": "cancelled"] && run.now <= .seconds(25))
    run.run(until: .seconds(200)) { $0.table.isAtRest }
    // It came to slurmctld a minute late, and was found by its name.
    #expect(run.slurm.jobs.map(\.state) == ["CANCELLED"])
    #expect(run.table.isAtRest)
  }

  @Test func aScancelThatDidNothingIsRepeated() {
    var run = SimulatedExecutor(settings, slurm: SimulatedSlurm(slots: 1, work: .seconds(1000)))
    run.add(1)
    run.run(until: .seconds(20)) { _ in false }
    run.table.cancel("job-0", now: run.now)
    var scancels = 0
    while run.now < .seconds(100) {
      while let action = run.table.next(run.now) {
        if case .scancel(let ids) = action {
          #expect(ids == [1])
          scancels += 1
          // Without effect, and without a word.
          if scancels < 3 { continue }
        }
        run.perform(action)
      }
      run.now += .seconds(1)
      run.slurm.advance(to: run.now)
    }
    #expect(scancels == 3)
    #expect(run.failed == ["job-0": "cancelled"] && run.table.isAtRest)
  }
}
