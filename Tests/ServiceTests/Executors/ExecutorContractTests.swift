import Files
import Foundation
import Service
import Spool
import TestSupport
import Testing

/// What every executor is held to. One more is one more case here.
@Suite(.serialized) struct ExecutorContractTests {
  static let executors: [ExecutorChoice] = [.local, .process, .slurm]

  private static let sidecar = "invert: {method: in-domain, steps: 12}\nedits: [reconstruct, {manipulate: {attribute: redness, frames: 3}}]"

  /// The answer of a service that is not disturbed and works in its own process.
  private static func reference(_ sidecar: String?) throws -> [String: [UInt8]] {
    let bench = try Workbench(.local)
    try bench.start()
    try bench.dropApple(sidecar: sidecar)
    try bench.waitForAnswer()
    return try bench.answer()
  }

  @Test(arguments: executors, [nil, sidecar])
  func aResultHasTheSameBytes(_ executor: ExecutorChoice, _ sidecar: String?) throws {
    let bench = try Workbench(executor)
    try bench.start()
    try bench.dropApple(sidecar: sidecar)
    try bench.waitForAnswer()
    let (found, expected) = (try bench.answer(), try Self.reference(sidecar))
    #expect(found.keys.sorted() == expected.keys.sorted())
    #expect(found.count > 5)
    for (file, bytes) in expected { #expect(found[file] == bytes, "\(file) differs") }
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors)
  func aJobFolderIsDone(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    try FileManager.default.createDirectory(atPath: bench.path("basket"), withIntermediateDirectories: true)
    for name in ["one.png", "two.png"] { try Data(Workbench.apple()).write(to: URL(fileURLWithPath: bench.path("basket/" + name))) }
    try Data("images: [one.png, two.png]\n".utf8).write(to: URL(fileURLWithPath: bench.path("basket/job.yaml")))
    try FileManager.default.moveItem(atPath: bench.path("basket"), toPath: bench.path("inbox/basket"))
    try bench.start()
    try bench.waitForAnswer("basket")
    #expect(bench.exists("outbox/basket/one/inverted.png") && bench.exists("outbox/basket/two/inverted.png"))
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors)
  func whatCannotBeDoneFailsWithItsReason(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    try bench.start()
    try bench.dropApple("one", sidecar: "edits: [{manipulate: {attribute: nosuch}}]")
    try bench.drop("two.png", Array("no picture".utf8))
    var broken = try Workbench.apple()
    for index in 60..<120 { broken[index] ^= 0x5A }
    try bench.drop("three.png", broken)
    for name in ["one", "two", "three"] { try bench.waitForAnswer(name) }
    #expect(try bench.reason("one").contains("nosuch"))
    #expect(try bench.reason("two").contains("is no picture that is read"))
    #expect(try bench.reason("three").hasPrefix("three.png: "))
    #expect(bench.exists("outbox/failed/three/three.png"))
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors)
  func anImageThatIsCutShortGoesBackUntilItIsWhole(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    try bench.start()
    let bytes = try Workbench.apple()
    try bench.drop("apple.png", Array(bytes.prefix(bytes.count / 2)))
    try bench.wait("its return to the inbox") { bench.messages.contains { $0.hasPrefix("job taken back") } }
    #expect(!bench.exists("outbox/failed/apple"))
    try bench.drop("apple.png", bytes)
    try bench.waitForAnswer()
    #expect(bench.exists("outbox/apple/inverted.png"))
    try bench.expectNothingLeft()
  }

  /// Longer than any test waits.
  private static let long = "invert: {method: in-domain, steps: 9000}"

  @Test(arguments: executors)
  func aRunningJobIsCancelled(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    try bench.start()
    try bench.dropApple(sidecar: Self.long)
    try bench.wait("its tenth step") { bench.step >= 10 }
    try bench.cancel()
    try bench.wait(seconds: 20, "its end") { bench.exists("outbox/failed/apple/error.txt") }
    #expect(try bench.reason() == "cancelled\n")
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors)
  func aWaitingJobIsCancelled(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    bench.configuration.execution.jobs = 1
    try bench.start()
    try bench.dropApple("first", sidecar: Self.long)
    try bench.wait("the first one's tenth step") { bench.step >= 10 }
    try bench.dropApple("second", sidecar: Self.long)
    try bench.wait("the second one") { bench.messages.contains { $0.hasPrefix("job accepted") && $0.contains("name=second") } }
    try bench.cancel("second")
    try bench.wait(seconds: 20, "the second one's end") { bench.exists("outbox/failed/second/error.txt") }
    #expect(!bench.exists("outbox/failed/first"))
    try bench.cancel("first")
    try bench.waitForAnswer("first")
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors, executors)
  func afterAStopItGoesOnToTheSameBytes(_ executor: ExecutorChoice, _ next: ExecutorChoice) throws {
    let sidecar = "invert: {method: in-domain, steps: 400}"
    let bench = try Workbench(executor)
    try bench.start()
    try bench.dropApple(sidecar: sidecar)
    try bench.wait("its thirtieth step") { bench.step >= 30 }
    let start = ContinuousClock.now
    #expect(bench.stop())
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(!bench.exists("outbox/apple"))
    bench.configuration.execution.executor = next
    try bench.start()
    try bench.wait("a step beyond the stop") { bench.step >= 30 || bench.exists("outbox/apple/result.json") }
    try bench.waitForAnswer()
    #expect(try bench.answer() == Self.reference(sidecar))
    #expect(!bench.messages.contains { $0.hasPrefix("job delayed") }, "a stop is no crash: \(bench.messages)")
    try bench.expectNothingLeft()
  }

  @Test(arguments: executors)
  func aJobOverItsTimeFails(_ executor: ExecutorChoice) throws {
    let bench = try Workbench(executor)
    bench.configuration.limits.jobSeconds = 1
    try bench.start()
    try bench.dropApple(sidecar: Self.long)
    try bench.wait(seconds: 40, "its end") { bench.exists("outbox/failed/apple/error.txt") }
    #expect(try bench.reason().contains("it took longer than 1 s"))
  }
}
