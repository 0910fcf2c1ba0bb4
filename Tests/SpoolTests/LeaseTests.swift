import Files
import Foundation
import Spool
import Synchronization
import Testing

/// One service to a state folder on a share, whose locks do not reach other machines.
@Suite struct LeaseTests {
  private static let other = StateLease.Mark(token: "0123", count: 7, place: "elsewhere/1", holder: "b1, process 12")

  /// A state folder, and rules whose waiting takes no time. What happens meanwhile is told to `during`.
  private final class Bench: Sendable {
    let yard: Yard
    let during = Mutex<@Sendable (Bench) throws -> Void>({ _ in })

    init() throws {
      yard = try Yard()
      try FileManager.default.createDirectory(atPath: yard.state, withIntermediateDirectories: true)
    }

    var path: String { yard.state + "/lease" }

    func rules() -> LeaseRules {
      var rules = LeaseRules()
      rules.isEverywhere = true
      rules.sleep = { [self] time in
        yard.clock.now += time
        try? during.withLock { $0 }(self)
      }
      return rules
    }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    func write(_ mark: StateLease.Mark) throws { try write(mark.line) }

    var mark: StateLease.Mark? { FileManager.default.contents(atPath: path).flatMap { StateLease.Mark([UInt8]($0)) } }

    func take() throws -> StateLease.Taken {
      try StateLease.take(try Folder(path: Name(yard.state)), rules(), now: { yard.clock.now })
    }

    func taken() throws -> StateLease {
      guard case .mine(let lease) = try take() else { throw Refused() }
      return lease
    }

    func configuration() -> SpoolConfiguration {
      var configuration = Orchard.small.configuration(yard)
      configuration.lease = rules()
      return configuration
    }
  }

  private struct Refused: Error {}

  @Test func whereNobodyHadItItIsTakenAfterASecondLook() throws {
    let bench = try Bench()
    _ = try bench.taken()
    #expect(bench.yard.clock.now == LeaseRules().second)
    #expect(bench.mark?.count == 0)
  }

  @Test func aLineOfOneLengthIsReadBack() {
    var mark = Self.other
    let length = mark.line.utf8.count
    mark.count = 123_456_789
    #expect(mark.line.utf8.count == length)
    #expect(StateLease.Mark(Array((mark.line + "rest of a longer one\n").utf8)) == mark)
    for text in ["", "half of one", "a b c d\n", "\n\n", "a 1\n"] { #expect(StateLease.Mark(Array(text.utf8)) == nil) }
  }

  @Test(arguments: ["", "half", other.line]) func fromOneThatGivesNoSignOfLifeItIsTakenInTheEnd(_ left: String) throws {
    let bench = try Bench()
    try bench.write(left)
    _ = try bench.taken()
    #expect(bench.yard.clock.now >= LeaseRules().patience)
    #expect(bench.mark?.place != Self.other.place)
  }

  /// However late its sign of life is.
  @Test(arguments: [1.0, 5, 29]) func fromOneThatLivesItIsNotTaken(_ seconds: Double) throws {
    let bench = try Bench()
    try bench.write(Self.other)
    var next = Self.other
    next.count += 1
    bench.during.withLock { [next] during in
      during = { bench in if bench.yard.clock.now >= .seconds(seconds) { try bench.write(next) } }
    }
    guard case .others(let holder) = try bench.take() else { throw Refused() }
    #expect(holder == next)
    #expect(bench.mark == next)
  }

  @Test func whatWasLetGoOfIsTakenAtOnce() throws {
    let bench = try Bench()
    try bench.write(Self.other)
    bench.during.withLock { $0 = { bench in if bench.yard.clock.now == .seconds(1) { try FileManager.default.removeItem(atPath: bench.path) } } }
    _ = try bench.taken()
    #expect(bench.yard.clock.now < .seconds(5))
  }

  /// After a crash on the same machine the lock has decided.
  @Test func inTheSamePlaceNobodyWaits() throws {
    let bench = try Bench()
    _ = try bench.taken()
    let before = bench.yard.clock.now
    let first = try #require(bench.mark)
    _ = try bench.taken()
    #expect(bench.yard.clock.now == before)
    #expect(bench.mark?.token != first.token && bench.mark?.place == first.place)
  }

  @Test func ofTwoThatTakeItAtOnceOneHasIt() throws {
    let bench = try Bench()
    bench.during.withLock { $0 = { try $0.write(LeaseTests.other) } }
    guard case .others(let holder) = try bench.take() else { throw Refused() }
    #expect(holder == Self.other)
    #expect(bench.mark == Self.other)
  }

  @Test func itsHolderNoticesThatAnotherHasIt() throws {
    let bench = try Bench()
    let root = try Folder(path: Name(bench.yard.state))
    var lease = try bench.taken()
    let pause = LeaseRules().pause
    var now = bench.yard.clock.now
    #expect(try lease.renew(root, now: now) == nil && bench.mark?.count == 0, "it is not due")
    for count in 1...3 {
      now += pause
      #expect(try lease.renew(root, now: now) == nil)
      #expect(bench.mark?.count == count)
    }
    // What nobody else wrote is written again.
    for damage in ["", "half", nil] {
      if let damage { try bench.write(damage) } else { try FileManager.default.removeItem(atPath: bench.path) }
      now += pause
      #expect(try lease.renew(root, now: now) == nil)
      #expect(bench.mark != nil)
    }
    try bench.write(Self.other)
    now += pause
    #expect(try lease.renew(root, now: now) == Self.other)
    #expect(bench.mark == Self.other)
  }

  @Test func aSpoolGivesSignsOfLifeAndLetsGo() throws {
    let bench = try Bench()
    do {
      let loop = try bench.yard.loop(bench.configuration())
      bench.yard.run(loop, seconds: 21)
      #expect(bench.mark?.count == 4)
      loop.stop()
    }
    #expect(bench.mark == nil)
  }

  @Test func aSecondSpoolIsRefusedByName() throws {
    let bench = try Bench()
    try bench.write(Self.other)
    bench.during.withLock { $0 = { bench in
      var mark = try #require(bench.mark)
      mark.count += 1
      try bench.write(mark)
    } }
    let error = #expect(throws: SpoolError.self) { try bench.yard.loop(bench.configuration()) }
    #expect(error?.message == "\(bench.yard.state): another idinvert (b1, process 12) already serves this state folder; stop it first")
    #expect(error?.kind == .stop)
  }

  @Test func aSpoolThatWasSupersededTouchesNothing() throws {
    let bench = try Bench()
    let yard = bench.yard
    let loop = try yard.loop(bench.configuration())
    yard.run(loop, seconds: 6)
    try bench.write(Self.other)
    yard.run(loop, seconds: 6)
    let told = yard.messages.filter { $0.contains("b1, process 12") }
    #expect(told.count == 1 && told[0].hasPrefix("service failed "))
    try yard.drop("apple.jpg", "pixels of apple")
    let before = try yard.tree(yard.path)
    yard.run(loop, seconds: 60)
    #expect(loop.takeJob() == nil)
    loop.stop()
    #expect(try yard.tree(yard.path) == before)
  }

  @Test func whereTheLockCanBeReliedOnThereIsNone() throws {
    let bench = try Bench()
    let loop = try bench.yard.loop()
    bench.yard.run(loop, seconds: 20)
    #expect(!FileManager.default.fileExists(atPath: bench.path))
    loop.stop()
  }
}
