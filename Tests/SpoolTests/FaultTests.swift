import Files
import Foundation
import Glibc
import Spool
import Synchronization
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

/// Counts the calls that may change what is on disk. A process that dies at another one leaves what it leaves at the next
/// of these.
final class Changes: Sendable {
  private let number = Mutex(0)
  private let alsoSyncs: Bool

  init(alsoSyncs: Bool = false) {
    self.alsoSyncs = alsoSyncs
  }

  /// - Returns: its number, from 1; nil for a call that changes nothing.
  func count(_ call: FileCall, _ path: String) -> Int? {
    switch call {
    case .write, .makeFolder, .rename, .link, .symbolicLink, .remove, .changeMode, .changeGroup, .touch: break
    case .sync where alsoSyncs: break
    // What is opened and not there is made; what has a hidden name may be emptied.
    case .open where access(path, F_OK) != 0 || path.split(separator: "/").last?.hasPrefix(".") == true: break
    default: return nil
    }
    return number.withLock { number in
      number += 1
      return number
    }
  }
}

/// File systems as they are: with all that is asked of them, as a FUSE or NFS share, and with nothing beyond the plainest.
let fileSystems: [Set<Capability>] = [[], [.exclusiveRename], Set(Capability.allCases)]

/// Every system call on the way from the inbox to the outbox fails once, or is the last one the process makes.
@Suite struct FaultTests {
  /// Of each kind the errors take turns: the spool goes by the kind, and by a few errors it knows by name.
  @Test(arguments: [
    ([ENOSPC, EIO, EDQUOT, EMFILE], fileSystems[0]), ([EACCES], fileSystems[0]), ([EINTR], fileSystems[0]),
    ([ESTALE, EBUSY, EACCES], fileSystems[1]), ([ENOTCONN, EIO, EINTR], fileSystems[2]),
  ])
  func eachCallMayFailOnce(_ numbers: [Int32], _ lacking: Set<Capability>) throws {
    #expect(try failEachCallOnce(Orchard.small, numbers, lacking: lacking) > 200)
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

  @Test(arguments: fileSystems)
  func theProcessMayDieAtEachCall(_ lacking: Set<Capability>) throws {
    let count = try dieAtEachCall(Orchard.all, lacking: lacking) { try Yard() }
    #expect(count > 200)
  }

  @Test(arguments: fileSystems)
  func theProcessMayDieAtEachCallAcrossFileSystems(_ lacking: Set<Capability>) throws {
    guard Yard.canSplit else { return }
    let count = try dieAtEachCall(Orchard.folders, lacking: lacking) { try Yard(isSplit: true) }
    #expect(count > 120)
  }

  @Test(arguments: fileSystems)
  func theProcessMayDieAtEachCallWithAFolderThatMayNotLeaveTheInbox(_ lacking: Set<Capability>) throws {
    let count = try dieAtEachCall(Orchard.basket, lacking: lacking, forbidding: "/inbox/basket → ") { try Yard() }
    #expect(count > 60)
  }

  /// Without symbolic links as well, a stop in the middle may leave an empty file, which is answered as such.
  @Test(arguments: fileSystems.dropLast() + [Set(Capability.allCases).subtracting([.symbolicLinks])], [false, true])
  func theProcessMayDieAtEachCallOfGivingADropBack(_ lacking: Set<Capability>, _ isSplit: Bool) throws {
    guard !isSplit || Yard.canSplit else { return }
    let count = try dieAtEachCall(Orchard.cut, lacking: lacking) { try Yard(isSplit: isSplit) }
    #expect(count > 40)
  }

  /// Two deaths in a row, the second one during the recovery from the first.
  @Test(arguments: fileSystems)
  func theProcessMayDieAgainDuringRecovery(_ lacking: Set<Capability>) throws {
    let orchard = Orchard.small
    @Sendable func dying(at number: Int) -> FaultInjector {
      let changes = Changes()
      return FaultInjector(recordsCalls: false, lacking: lacking) { _, kind, path in changes.count(kind, path) == number ? .die : .proceed }
    }
    var pairs = 0
    for first in stride(from: 1, to: 200, by: 5) {
      var second = 1 + first % 4
      while true {
        let yard = try Yard()
        try orchard.fill(yard)
        run(yard, orchard, dying(at: first), seconds: 60)
        let injector = dying(at: second)
        run(yard, orchard, injector, seconds: 60)
        guard injector.hits > 0 else { break }
        try orchard.expectNothingLost(yard, "dead at change \(first), then at \(second)")
        run(yard, orchard, nil, seconds: 900)
        try orchard.expectEachAnsweredOnce(yard, "dead at change \(first), then at \(second)")
        second += 4
        pairs += 1
      }
    }
    #expect(pairs > 200)
  }
}
