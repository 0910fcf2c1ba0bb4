import Service
import Slurm
import Testing

/// How those that wait are divided among Slurm jobs.
@Suite struct BatchDivisionTests {
  /// A table of so many places, and the sizes of the batches that it submits of so many jobs before it looks.
  private func submitted(_ jobs: Int, places: Int, batchJobs: Int = 16) -> (table: RemoteTable, sizes: [Int]) {
    var settings = RemoteSettings()
    settings.places = places
    settings.batchJobs = batchJobs
    var table = RemoteTable(settings, spool: "a1b2c3d4", serial: 0)
    #expect(table.room == places * batchJobs)
    for number in 0..<jobs { table.add(RemoteJob(id: "job-\(number)", kind: "pack", megabytes: 500), now: .zero) }
    var sizes: [Int] = []
    while let action = table.next(.seconds(3)) {
      if case .intend(let plan) = action {
        sizes.append(plan.jobs.count)
        table.intended(plan.name, failure: nil, now: .seconds(3))
      }
      if case .submit(let plan) = action { table.submitted(plan.name, .accepted(id: sizes.count), now: .seconds(3)) }
    }
    return (table, sizes)
  }

  /// - Parameters:
  ///   - pause: between jobs, in tenths of a second.
  ///   - begins: when the first batch is planned.
  @Test(arguments: [(pause: 100, begins: 5), (4, 20), (6, 5)])
  func aJobWaitsForOthersAsLongAsTheyCome(pause: Int, begins: Int) {
    var table = RemoteTable(RemoteSettings(), spool: "a1b2c3d4", serial: 0)
    for tenth in 0..<40 {
      let now = Duration.milliseconds(100 * tenth)
      if tenth % pause == 0 { table.add(RemoteJob(id: "job-\(tenth)", kind: "pack", megabytes: 500), now: now) }
      if case .intend = table.next(now) {
        #expect(tenth == begins)
        return
      }
      #expect(table.nextMoment(now).map { $0 > now } == true)
    }
    Issue.record("no batch in four seconds")
  }

  @Test func batchesFillTheCluster() {
    let (table, sizes) = submitted(40, places: 10)
    #expect(sizes == [Int](repeating: 4, count: 10))
    #expect(table.room == 0)
    #expect(submitted(10, places: 1).sizes == [10])
    #expect(submitted(3000, places: 10).sizes == [Int](repeating: 16, count: 10))
  }

  /// - Parameters:
  ///   - seconds: what a job takes.
  ///   - least: of the batches at the end but the last.
  @Test(arguments: [(seconds: nil as Double?, least: 13), (0.5, 30), (3, 5), (60, 1)])
  func whatIsLeftIsDividedAgainSoThatAllPlacesEndTogether(seconds: Double?, least: Int) {
    var (table, sizes) = submitted(300, places: 4, batchJobs: 50)
    #expect(sizes == [38, 33, 29, 25])
    // Two run, two wait; then one after the other ends, and the next takes its place.
    var now = Duration.seconds(3), ended = 0
    while sizes.count < 100, table.jobs.count > 0 {
      now += .seconds(15)
      let out = (ended + 1...sizes.count).map { number in
        QueueEntry(
          id: number, word: number <= ended + 2 ? "RUNNING" : "PENDING", reason: number <= ended + 2 ? "None" : "Resources", nodes: "n1",
          name: "idinvert-a1b2c3d4-" + String(number, radix: 36))
      }
      while let action = table.next(now) {
        switch action {
        case .ask: table.looked(QueueListing(entries: out), now: now)
        case .list(let looks):
          for id in looks.first?.jobs ?? [] { table.answered(id, .delivered(seconds: seconds), now: now) }
          table.listed(now: now)
        case .intend(let plan):
          sizes.append(plan.jobs.count)
          table.intended(plan.name, failure: nil, now: now)
        case .submit(let plan): table.submitted(plan.name, .accepted(id: sizes.count), now: now)
        default: continue
        }
      }
      ended += 1
    }
    #expect(sizes.reduce(0, +) == 300)
    #expect(sizes.suffix(3).allSatisfy { $0 <= least }, "\(sizes)")
    #expect(sizes.dropFirst(4).dropLast().min() == least, "\(sizes)")
    #expect(zip(sizes.dropFirst(4), sizes.dropFirst(5)).allSatisfy { $0 >= $1 }, "\(sizes)")
  }

  @Test func oneThatSlurmHasNotLookedAtYetSaysNothingOfTheRoom() {
    var (table, sizes) = submitted(1, places: 4, batchJobs: 50)
    var now = Duration.seconds(3), hasEnded = false
    while sizes.reduce(0, +) < 101, now < .seconds(600) {
      guard let action = table.next(now) else {
        now += .seconds(15)
        continue
      }
      switch action {
      case .ask:
        let out = (1...sizes.count).map { number in
          QueueEntry(
            id: number, word: number == 1 ? "RUNNING" : "PENDING", nodes: "n1", name: "idinvert-a1b2c3d4-" + String(number, radix: 36))
        }
        table.looked(QueueListing(entries: hasEnded ? Array(out.dropFirst()) : out), now: now)
      case .list:
        if table.summary().batches["RUNNING"] == 1, !hasEnded {
          table.answered("job-0", .delivered(seconds: nil), now: now)
          hasEnded = true
          for number in 1...100 { table.add(RemoteJob(id: "job-\(number)", kind: "pack", megabytes: 500), now: now) }
        }
        table.listed(now: now)
      case .intend(let plan):
        sizes.append(plan.jobs.count)
        table.intended(plan.name, failure: nil, now: now)
      case .submit(let plan):
        table.submitted(plan.name, .accepted(id: sizes.count), now: now)
        now += .seconds(15)
      default: continue
      }
    }
    #expect(sizes == [1, 13, 13, 13, 13], "\(sizes)")
  }
}
