import Files
import Foundation
import Glibc
import Spool
import Testing

/// Starts a spool and lets it work while the injector stands behind its system calls.
func run(_ yard: Yard, _ orchard: Orchard, _ injector: FaultInjector?, seconds: Double) {
  FaultInjector.$current.withValue(injector) {
    // A start that fails is a service that did not start; the next one finds all as it was.
    guard let loop = try? yard.loop(orchard.configuration(yard)) else { return }
    orchard.work(yard, loop, seconds: seconds)
    loop.stop()
  }
}

/// Every system call on the way from the inbox to the outbox fails once, or is the last one the process makes.
@Suite struct FaultTests {
  /// Of each kind the errors take turns: the spool goes by the kind, and by a few errors it knows by name.
  @Test(arguments: [[ENOSPC, EIO, EDQUOT, EMFILE], [EACCES], [EINTR]])
  func eachCallMayFailOnce(_ numbers: [Int32]) throws {
    let orchard = Orchard.small
    var call = 1
    while true {
      let yard = try Yard()
      try orchard.fill(yard)
      let failing = call
      let number = numbers[call % numbers.count]
      let injector = FaultInjector(recordsCalls: false) { count, _, _ in count == failing ? .fail(number) : .proceed }
      run(yard, orchard, injector, seconds: 900)
      if injector.hits == 0 { break }
      // A start that failed is tried again by who started it.
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "error \(number) at call \(call)")
      call += 1
    }
    #expect(call > 200)
  }

  @Test func everyWriteMayBeShort() throws {
    let orchard = Orchard.all
    let yard = try Yard()
    try orchard.fill(yard)
    let injector = FaultInjector(recordsCalls: false) { _, _, _ in .short }
    run(yard, orchard, injector, seconds: 900)
    try orchard.expectEachAnsweredOnce(yard, "short writes")
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

  /// In halves, so that two processors share the work.
  @Test(arguments: [1, 2])
  func theProcessMayDieAtEachCall(_ start: Int) throws {
    let count = try dieAtEachCall(Orchard.all, from: start, by: 2, forbidding: nil) { try Yard() }
    #expect(count > 900)
  }

  @Test func theProcessMayDieAtEachCallAcrossFileSystems() throws {
    guard Yard.canSplit else { return }
    let count = try dieAtEachCall(Orchard.folders, from: 1, by: 1, forbidding: nil) { try Yard(isSplit: true) }
    #expect(count > 400)
  }

  @Test func theProcessMayDieAtEachCallWithAFolderThatMayNotLeaveTheInbox() throws {
    let count = try dieAtEachCall(Orchard.basket, from: 1, by: 1, forbidding: "/inbox/basket → ") { try Yard() }
    #expect(count > 200)
  }

  /// - Parameter forbidding: renames out of the inbox with this in their description are not permitted.
  /// - Returns: the number of calls of a run without death.
  private func dieAtEachCall(
    _ orchard: Orchard, from start: Int, by step: Int, forbidding: String?, makeYard: () throws -> Yard
  ) throws -> Int {
    @Sendable func action(_ kind: FileCall, _ path: String) -> FaultInjector.Action {
      guard let forbidding, kind == .rename, path.contains(forbidding), path.contains("/input/") else { return .proceed }
      return .fail(EACCES)
    }
    var call = start
    while true {
      let yard = try makeYard()
      try orchard.fill(yard)
      let last = call
      let injector = FaultInjector(recordsCalls: false) { count, kind, path in count == last ? .die : action(kind, path) }
      run(yard, orchard, injector, seconds: 60)
      if injector.count < last { return injector.count }
      try orchard.expectNothingLost(yard, "dead at call \(call)")
      let second = FaultInjector(recordsCalls: false) { _, kind, path in action(kind, path) }
      run(yard, orchard, second, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "dead at call \(call), restarted")
      call += step
    }
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
