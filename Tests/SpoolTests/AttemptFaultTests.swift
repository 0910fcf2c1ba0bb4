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
    let orchard = Orchard.small.workedOnElsewhere()
    var call = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let (failing, number) = (call, numbers[call % numbers.count])
      let injector = FaultInjector(recordsCalls: false, lacking: lacking) { count, _, _ in
        count == failing ? .fail(number) : .proceed
      }
      run(yard, orchard, injector, seconds: 900)
      if injector.hits == 0 { break }
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "error \(number) at call \(call)")
      call += 1
    }
    #expect(call > 300)
  }

  /// Both die at once, as with the machine.
  @Test(arguments: [Orchard.all, .cut])
  func allMayDieAtEachCall(_ orchard: Orchard) throws {
    let orchard = orchard.workedOnElsewhere()
    var last = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let (changes, number) = (Changes(), last)
      let injector = FaultInjector(recordsCalls: false) { _, call, path in
        changes.count(call, path) == number ? .die : .proceed
      }
      run(yard, orchard, injector, seconds: 60)
      if injector.hits == 0 { break }
      try orchard.expectNothingLost(yard, "dead at change \(last)")
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "dead at change \(last), restarted")
      last += 1
    }
    #expect(last > 60)
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
    let orchard = orchard.workedOnElsewhere()
    var failing = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let ledger = try Ledger(yard)
      let (changes, cut) = (Changes(alsoSyncs: true), failing)
      let injector = FaultInjector(recordsCalls: false, hidesLinks: true) { _, call, path in
        if changes.count(call, path) == cut { return .die }
        ledger.observe(call, path)
        return .proceed
      }
      run(yard, orchard, injector, seconds: 60)
      if injector.hits == 0 { break }
      try ledger.cutPower(survival)
      try orchard.expectNothingLost(yard, "power cut at change \(cut), \(survival)")
      run(yard, orchard, FaultInjector(recordsCalls: false, hidesLinks: true) { _, _, _ in .proceed }, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "power cut at change \(cut), \(survival), restarted")
      failing += 1
    }
    #expect(failing > 100)
  }
}
