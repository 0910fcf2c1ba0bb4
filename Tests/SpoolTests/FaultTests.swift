import Files
import Foundation
import Glibc
import Spool
import Testing

/// Every system call on the way from the inbox to the outbox fails once, or is the last one the process makes.
@Suite struct FaultTests {
  /// Starts a spool and lets it work while the injector stands behind its system calls.
  private func run(_ yard: Yard, _ orchard: Orchard, _ injector: FaultInjector?, seconds: Double) {
    FaultInjector.$current.withValue(injector) {
      // A start that fails is a service that did not start; the next one finds all as it was.
      guard let loop = try? yard.loop(orchard.configuration(yard)) else { return }
      orchard.work(yard, loop, seconds: seconds)
      loop.stop()
    }
  }

  @Test(arguments: [ENOSPC, EIO, EDQUOT, EACCES, EMFILE, EINTR])
  func eachCallMayFailOnce(_ number: Int32) throws {
    let orchard = Orchard.small
    var call = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let failing = call
      let injector = FaultInjector(recordsCalls: false) { count, _, _ in count == failing ? .fail(number) : .proceed }
      run(yard, orchard, injector, seconds: 900)
      if injector.hits == 0 { break }
      // A start that failed is tried again by who started it.
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "error \(number) at call \(call)")
      call += 1
    }
    print("error \(number): \(call - 1) calls failed in turn")
    #expect(call > 200)
  }

  @Test func eachWriteMayBeShort() throws {
    let orchard = Orchard.small
    var call = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let failing = call
      let injector = FaultInjector(recordsCalls: false) { count, kind, _ in
        count == failing && kind == .write ? .short : .proceed
      }
      run(yard, orchard, injector, seconds: 900)
      if injector.count < call { break }
      try orchard.expectEachAnsweredOnce(yard, "short write at call \(call)")
      call += 1
    }
  }

  /// The disk is full for a while: every call that needs space fails from the n-th call on, for a hundred calls.
  @Test func aFullDiskPasses() throws {
    let orchard = Orchard.all
    for call in stride(from: 1, to: 1200, by: 23) {
      let yard = try Yard()
      try orchard.fill(yard)
      let injector = FaultInjector(recordsCalls: false) { count, kind, _ in
        (call..<(call + 100)).contains(count) && [.write, .makeFolder, .sync].contains(kind) ? .fail(ENOSPC) : .proceed
      }
      run(yard, orchard, injector, seconds: 3600)
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "disk full from call \(call)")
    }
  }

  @Test func theProcessMayDieAtEachCall() throws {
    let orchard = Orchard.all
    var call = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let last = call
      let injector = FaultInjector(recordsCalls: false) { count, _, _ in count == last ? .die : .proceed }
      run(yard, orchard, injector, seconds: 60)
      if injector.hits == 0 { break }
      try orchard.expectNothingLost(yard, "dead at call \(call)")
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "dead at call \(call), restarted")
      call += 1
    }
    print("died at \(call - 1) calls in turn")
    #expect(call > 200)
  }

  @Test func theProcessMayDieAgainDuringRecovery() throws {
    let orchard = Orchard.small
    for first in stride(from: 20, to: 400, by: 29) {
      var second = 1
      while true {
        let yard = try Yard()
        try orchard.fill(yard)
        run(yard, orchard, FaultInjector(recordsCalls: false) { count, _, _ in count == first ? .die : .proceed }, seconds: 60)
        let last = second
        let injector = FaultInjector(recordsCalls: false) { count, _, _ in count == last ? .die : .proceed }
        run(yard, orchard, injector, seconds: 60)
        let hasDied = injector.hits > 0
        try orchard.expectNothingLost(yard, "dead at call \(first), then at \(second)")
        run(yard, orchard, nil, seconds: 900)
        try orchard.expectEachAnsweredOnce(yard, "dead at call \(first), then at \(second)")
        if !hasDied { break }
        second += 13
      }
    }
  }
}
