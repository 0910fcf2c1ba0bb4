import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// Jobs that are worked on elsewhere: every call of the daemon's and of the worker's fails once, or is the last one, or the
/// power fails after it.
@Suite struct AttemptFaultTests {
  @Test(arguments: [([ENOSPC, EIO, EACCES], fileSystems[0]), ([ESTALE, EBUSY, EINTR], fileSystems[1])])
  func eachCallMayFailOnce(_ numbers: [Int32], _ lacking: Set<Capability>) throws {
    #expect(try failEachCallOnce(Orchard.small.workedOnElsewhere(), numbers, lacking: lacking) > 300)
  }

  /// Both die at once, as with the machine.
  @Test(arguments: [Orchard.all, .cut])
  func allMayDieAtEachCall(_ orchard: Orchard) throws {
    #expect(try dieAtEachCall(orchard.workedOnElsewhere()) >= 60)
  }

  /// The worker dies; the daemon lives and tries again.
  @Test func theWorkerMayDieAtEachCall() throws {
    var last = 1
    while true {
      let yard = try Yard()
      let (changes, number) = (Changes(), last)
      let hasDied = Mutex(false)
      // Each of its processes for itself: those after the one that dies live.
      let orchard = Orchard.small.workedOnElsewhere {
        FaultInjector(recordsCalls: false) { _, call, path in
          guard changes.count(call, path) == number else { return .proceed }
          hasDied.withLock { $0 = true }
          return .die
        }
      }
      try orchard.fill(yard)
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "its worker dead at change \(last)")
      if !hasDied.withLock({ $0 }) { break }
      last += 1
    }
    #expect(last > 10)
  }

  @Test(arguments: Ledger.Survival.allCases, [Orchard.small, .folders])
  func thePowerMayFailAtEachCall(_ survival: Ledger.Survival, _ orchard: Orchard) throws {
    try cutPowerAtEachCall(survival, orchard.workedOnElsewhere())
  }
}
