import Files
import Spool
import Synchronization
import Testing

/// Jobs that another machine has while this one loses its power, as with Slurm.
@Suite struct HandOverTests {
  struct Handed: Sendable {
    let job: String
    let path: Name
    let mark: AttemptMark
    let notes: [String: String]
  }

  /// Whoever was told of an attempt finds it, whatever the power cut took; the next process knows it by its name, takes its
  /// answer and begins no other.
  @Test(arguments: Ledger.Survival.allCases, [Orchard.all, .small])
  func whatWasHandedOverOutlivesAPowerCut(_ survival: Ledger.Survival, _ drops: Orchard) throws {
    var cut = 1
    var found = 0
    while true {
      let when = "power cut at change \(cut), \(survival)"
      let yard = try Yard()
      let out = Mutex<[Handed]>([])
      var orchard = drops
      orchard.elsewhere = Elsewhere(handOver: { job, folder in
        guard let mark = job.attempt, let notes = job.attemptNotes?.notes else { return false }
        out.withLock { $0.append(Handed(job: job.id, path: folder.folder.path, mark: mark, notes: notes)) }
        return true
      })
      try orchard.fill(yard)
      let ledger = try Ledger(yard)
      let (changes, last) = (Changes(alsoSyncs: true), cut)
      let injector = FaultInjector(recordsCalls: false, hidesLinks: true) { _, call, path in
        if changes.count(call, path) == last { return .die }
        ledger.observe(call, path)
        return .proceed
      }
      run(yard, orchard, injector, seconds: 20)
      let handed = out.withLock { $0 }
      if injector.hits == 0 {
        #expect(handed.count == drops.jobs.count)
        break
      }
      try ledger.cutPower(survival)
      try orchard.expectNothingLost(yard, when)
      // Meanwhile the other machine does what it has.
      for one in handed {
        Elsewhere().labor(one.path)
        let answer = try? WorkFolder(path: one.path).answer()
        #expect(answer?.attempt == one.mark, "\(when): the attempt that was handed over is gone")
      }
      found += handed.count
      let again = Mutex<[String]>([])
      orchard.elsewhere = Elsewhere(handOver: { job, _ in
        again.withLock { $0.append(job.id) }
        return false
      })
      let known = Dictionary(uniqueKeysWithValues: handed.map { ($0.job, $0.notes) })
      orchard.elsewhere?.takeUp = { job in
        guard let notes = known[job.id] else { return }
        #expect(job.attemptNotes?.notes == notes, "\(when): the name by which it is found is gone")
      }
      let after = FaultInjector(recordsCalls: false, hidesLinks: true) { _, _, _ in .proceed }
      run(yard, orchard, after, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "\(when), restarted")
      #expect(again.withLock { Set($0) }.isDisjoint(with: known.keys), "\(when): it is begun a second time")
      cut += 1
    }
    #expect(cut > 50 && found > 20)
  }
}
