import Files
import Foundation
import Glibc
import Spool
import Testing

/// What is counted: one truth for the status and the metrics, over restarts of the spool.
@Suite struct TotalsTests {
  private func loop(_ yard: Yard, _ totals: JobTotals) throws -> SpoolLoop {
    let configuration = yard.configuration { $0.pairingSeconds = 0.3 }
    let loop = try SpoolLoop(configuration, clock: yard.clock.clock, totals: totals) { yard.note($0) }
    loop.recover()
    return loop
  }

  /// What the metrics say, and the status.
  private func expect(
    _ yard: Yard, _ totals: JobTotals, done: Int, failed: Int, waiting: Int, running: Int, _ when: Comment
  ) throws {
    let (counts, status) = (totals.counts, try SpoolStatus.read(state: yard.state))
    let expected: [Int] = [done, failed, waiting, running]
    let metrics: [Int] = [counts[.done], counts[.failed], counts.waiting, counts.running]
    let waits: Int = status.queue.count + status.delayed.count
    let shown: [Int] = [status.done, status.failed, waits, status.running.count]
    #expect(metrics == expected, when)
    #expect(shown == expected, when)
  }

  @Test func theStatusAndTheMetricsSayTheSame() throws {
    let (yard, totals) = (try Yard(), JobTotals())
    let loop = try loop(yard, totals)
    for name in ["a.jpg", "b.jpg", "c.jpg"] { try yard.drop(name) }
    yard.run(loop, seconds: 5)
    try expect(yard, totals, done: 0, failed: 0, waiting: 3, running: 0, "claimed")
    let (first, second) = (try #require(loop.takeJob()), try #require(loop.takeJob()))
    yard.run(loop, seconds: 2)
    try expect(yard, totals, done: 0, failed: 0, waiting: 1, running: 2, "two are with workers")
    first.publish()
    second.retryLater("full")
    yard.run(loop, seconds: 1.5)
    try expect(yard, totals, done: 1, failed: 0, waiting: 2, running: 0, "one is done, one delayed")
    yard.run(loop, seconds: 5)
    while let job = loop.takeJob() { job.fail("no") }
    yard.run(loop, seconds: 2)
    try expect(yard, totals, done: 1, failed: 2, waiting: 0, running: 0, "the others have failed")
    #expect(try SpoolStatus.read(state: yard.state).failures.map(\.reason) == ["no", "no"])
    #expect(totals.counts[.accepted] == 3 && totals.counts[.delayed] == 1)
  }

  /// A job that is answered at a start is not one that waits, and what was done before is counted still.
  @Test func aJobThatIsAnsweredAtAStartWaitsNoLonger() throws {
    let (yard, totals) = (try Yard(), JobTotals())
    let injector = FaultInjector(recordsCalls: false) { [outbox = yard.outbox] _, call, path in
      call == .rename && path.hasSuffix(" → \(outbox)/late") ? .fail(EIO) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try loop(yard, totals)
      for name in ["early.jpg", "late.jpg"] { try yard.drop(name) }
      yard.run(loop, seconds: 5)
      while let job = loop.takeJob() { job.publish() }
      yard.run(loop, seconds: 1.5)
      try expect(yard, totals, done: 1, failed: 0, waiting: 1, running: 0, "one cannot be delivered")
      loop.stop()
    }
    totals.restarted()
    let again = try loop(yard, totals)
    yard.run(again, seconds: 5)
    try expect(yard, totals, done: 2, failed: 0, waiting: 0, running: 0, "started anew")
    let names = yard.events.compactMap(\.name)
    let told: [EventName] = names.drop { $0 != .jobRecovered }.filter { $0 == .jobRecovered || $0 == .jobFinished }
    #expect(told == [EventName.jobRecovered, .jobFinished])
  }

  @Test func aTroubleIsInTheMetricsAsLongAsItIsInTheStatus() throws {
    let (yard, totals) = (try Yard(), JobTotals())
    let loop = try loop(yard, totals)
    let injector = FaultInjector(recordsCalls: false) { [state = yard.state] _, call, path in
      call == .list && path == state + "/requests" ? .fail(EIO) : .proceed
    }
    FaultInjector.$current.withValue(injector) {
      loop.isRequestsDirty = true
      yard.run(loop, seconds: 3)
    }
    #expect(totals.counts.hasTrouble)
    #expect(try SpoolStatus.read(state: yard.state).trouble != nil)
    yard.run(loop, seconds: 3)
    #expect(!totals.counts.hasTrouble)
    #expect(try SpoolStatus.read(state: yard.state).trouble == nil)
  }
}
