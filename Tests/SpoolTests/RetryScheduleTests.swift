import Files
import Foundation
import Spool
import Testing

/// Everything that is tried again, without disk and clock.
@Suite struct RetryScheduleTests {
  private let date = Date(timeIntervalSince1970: 1_795_516_502)

  private func record(_ state: JobState = .claimed, _ change: (inout JobRecord) -> Void = { _ in }) throws -> JobRecord {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    var record = try decoder.decode(
      JobRecord.self,
      from: Data(
        """
        {"format": 1, "id": "20261124T101502Z-apple-4f2a", "state": "\(state.rawValue)", "name": "apple", "inbox": "/in", "outbox": "/out",
         "subfolder": "", "entries": [], "missing": [], "created": "2026-11-24T10:15:02Z", "attempts": 0, "crashes": 0,
         "isFailure": false, "isInPlace": false}
        """.utf8))
    change(&record)
    return record
  }

  @Test func pausesGrowAndTheSameTroubleIsNewsOnce() throws {
    var schedule = RetrySchedule()
    var now = Duration.zero
    var record = try record()
    var told: [String] = []
    for _ in 1...6 {
      let (seconds, isNews) = schedule.postpone(record, reason: "full", longest: .infinity, now, date)
      told.append("\(seconds)\(isNews ? " news" : "")")
      #expect(schedule.next == now + .seconds(seconds))
      let early = schedule.pop(due: now + .seconds(seconds) - .milliseconds(1))
      #expect(early?.id == nil)
      now += .seconds(seconds)
      let due = schedule.pop(due: now)
      record = try #require(due?.record)
    }
    #expect(told == ["2.0 news", "5.0", "15.0", "60.0", "300.0", "300.0"])
    #expect(record.attempts == 6 && record.reason == nil, "the trouble is no reason of the job's")
    #expect(schedule.jobs.map(\.reason) == ["full"])
    let other = schedule.postpone(record, reason: "away", longest: 30, now, date)
    #expect(other == (30, true))
  }

  /// The clock may have been set back by a year.
  @Test func noPauseIsLongerThanItCanHaveBeenMeant() throws {
    var schedule = RetrySchedule()
    let late = try record { ($0.attempts, $0.nextAttempt) = (1, date.addingTimeInterval(365 * 86400)) }
    let past = try record { $0.nextAttempt = date.addingTimeInterval(-1) }
    let kept = [schedule.keeps(late, .zero, date), schedule.keeps(past, .zero, date), schedule.keeps(try record(), .zero, date)]
    #expect(kept == [true, false, false])
    #expect(schedule.next == .seconds(2))
  }

  @Test func claimsPauseLongerWithEachFailureAndNotAfterASuccess() {
    var schedule = RetrySchedule()
    schedule.claimFailed("a", .zero)
    #expect(schedule.claimsPausedUntil == .seconds(2))
    schedule.claimFailed("b", .seconds(2))
    #expect(schedule.claimsPausedUntil == .seconds(7))
    schedule.claimSucceeded()
    schedule.claimFailed("c", .seconds(10))
    #expect(schedule.claimsPausedUntil == .seconds(12))
    // What there is of each is looked at then.
    let ids = [schedule.pop(due: .seconds(2))?.id, schedule.pop(due: .seconds(7))?.id]
    #expect(ids == ["a", "b"])
  }

  private func plan(_ record: JobRecord, known: JobRecord? = nil, isRestart: Bool = true, wasRunning: Bool = false) throws -> String {
    let plan = try RecoveryPlan(record, known: known, isRestart: isRestart, crashLimit: 10, date: date) { wasRunning }
    return switch plan {
    case .claim: "claim"
    case .answer(let failure): "answer \(failure ?? "")"
    case .work(let record): "work, \(record.crashes) crashes, \(record.reason ?? "")"
    case .workAfterCrash(let record, let pause): "work after \(record.crashes) crashes, \(record.state), in \(Int(pause)) s"
    case .giveUp(let record, _): "give up after \(record.crashes) crashes"
    case .forget: "forget"
    }
  }

  @Test func whatIsDoneWithAJobFollowsFromItsRecord() throws {
    #expect(try plan(record(.waiting)) == "claim")
    #expect(try plan(record(.publishing)) == "answer ")
    #expect(try plan(record(.publishing) { ($0.isFailure, $0.reason) = (true, "bad") }) == "answer bad")
    #expect(try plan(record(.done)) == "forget" && plan(record(.failed)) == "forget")
    #expect(try plan(record(.claimed)) == "work, 0 crashes, ")
    // Its problem is kept, a pause's reason is not.
    #expect(try plan(record { $0.reason = "it is empty" }) == "work, 0 crashes, it is empty")
    #expect(try plan(record { ($0.attempts, $0.reason) = (2, "full") }) == "work, 0 crashes, ")
    // What the worker knew and could not write.
    let known = try record(.publishing) { ($0.isFailure, $0.reason) = (true, "bad") }
    #expect(try plan(record(.running), known: known, isRestart: false) == "answer bad")
  }

  @Test func aJobThatTheProcessEndedInGoesOnAtOnceThenWithPausesAndInTheEndNotAtAll() throws {
    var plans: [String] = []
    for crashes in [0, 1, 2, 8, 9] { plans.append(try plan(record(.running) { $0.crashes = crashes }, wasRunning: true)) }
    #expect(
      plans == [
        "work after 1 crashes, claimed, in 0 s", "work after 2 crashes, claimed, in 2 s", "work after 3 crashes, claimed, in 5 s",
        "work after 9 crashes, claimed, in 300 s", "give up after 10 crashes",
      ])
    // No end of the process: a worker's try that could not be recorded.
    #expect(try plan(record(.running) { $0.crashes = 3 }, isRestart: false, wasRunning: true) == "work after 3 crashes, claimed, in 0 s")
  }
}
