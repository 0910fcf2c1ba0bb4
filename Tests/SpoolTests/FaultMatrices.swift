import Files
import Glibc
import Spool
import Synchronization
import Testing

// What can happen at each call of the orchard's work, one call after the other, each in a yard of its own.

/// Each call fails once.
///
/// - Returns: the first call that no run came to.
func failEachCallOnce(_ orchard: Orchard, _ numbers: [Int32], lacking: Set<Capability>) throws -> Int {
  var call = 1
  while true {
    let yard = try Yard()
    try orchard.fill(yard)
    let (failing, number) = (call, numbers[call % numbers.count])
    let injector = FaultInjector(recordsCalls: false, lacking: lacking) { count, _, _ in
      count == failing ? .fail(number) : .proceed
    }
    run(yard, orchard, injector, seconds: 900)
    if injector.hits == 0 { return call }
    // A start that failed is tried again by who started it.
    run(yard, orchard, nil, seconds: 900)
    try orchard.expectEachAnsweredOnce(yard, "error \(number) at call \(call)")
    call += 1
  }
}

/// The process dies at each call that changes something.
///
/// - Parameter forbidding: renames out of the inbox with this in their description are not permitted.
/// - Returns: the number of changes of a run without death.
func dieAtEachCall(
  _ orchard: Orchard, lacking: Set<Capability> = [], forbidding: String? = nil, makeYard: () throws -> Yard = { try Yard() }
) throws -> Int {
  @Sendable func action(_ kind: FileCall, _ path: String) -> FaultInjector.Action {
    guard let forbidding, kind == .rename, path.contains(forbidding), path.contains("/input/") else { return .proceed }
    return .fail(EACCES)
  }
  var call = 1
  while true {
    let yard = try makeYard()
    try orchard.fill(yard)
    let last = call
    let changes = Changes()
    let hasDied = Mutex(false)
    let injector = FaultInjector(recordsCalls: false, lacking: lacking) { _, kind, path in
      guard changes.count(kind, path) == last else { return action(kind, path) }
      hasDied.withLock { $0 = true }
      return .die
    }
    run(yard, orchard, injector, seconds: 60)
    guard hasDied.withLock({ $0 }) else { return call - 1 }
    try orchard.expectNothingLost(yard, "dead at change \(call)")
    let second = FaultInjector(recordsCalls: false, lacking: lacking) { _, kind, path in action(kind, path) }
    run(yard, orchard, second, seconds: 900)
    try orchard.expectEachAnsweredOnce(yard, "dead at change \(call), restarted")
    call += 1
  }
}

/// The power fails after each call that changes something.
func cutPowerAtEachCall(_ survival: Ledger.Survival, _ orchard: Orchard, lacking: Set<Capability> = []) throws {
  var failing = 1
  while true {
    let yard = try Yard()
    try orchard.fill(yard)
    let ledger = try Ledger(yard)
    let cut = failing
    let changes = Changes(alsoSyncs: true)
    // The ledger's own names of each file are no names that people gave.
    let injector = FaultInjector(recordsCalls: false, lacking: lacking, hidesLinks: true) { _, call, path in
      if changes.count(call, path) == cut { return .die }
      ledger.observe(call, path)
      return .proceed
    }
    run(yard, orchard, injector, seconds: 60)
    if injector.hits == 0 { break }
    try ledger.cutPower(survival)
    try orchard.expectNothingLost(yard, "power cut at change \(cut), \(survival)")
    let after = FaultInjector(recordsCalls: false, lacking: lacking, hidesLinks: true) { _, _, _ in .proceed }
    run(yard, orchard, after, seconds: 900)
    try orchard.expectEachAnsweredOnce(yard, "power cut at change \(cut), \(survival), restarted")
    failing += 1
  }
  #expect(failing > 100)
}
