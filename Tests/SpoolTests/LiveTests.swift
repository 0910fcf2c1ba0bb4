import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// The spool on its own thread with the machine's clock and inotify.
@Suite(.serialized) struct LiveTests {
  private func configuration(_ yard: Yard, settle: Int = 60) -> SpoolConfiguration {
    yard.configuration {
      $0.mode = .inotify
      $0.settleMilliseconds = settle
      $0.pairingSeconds = 0.1
    }
  }

  private func start(_ yard: Yard, _ configuration: SpoolConfiguration) throws -> Spool {
    let spool = try Spool(configuration) { yard.note($0) }
    spool.start()
    return spool
  }

  @Test func aDropIsAnsweredShortlyAfterItSettled() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    Thread.sleep(forTimeInterval: 0.1)
    var overheads: [Double] = []
    for index in 0..<9 {
      try yard.drop("a\(index).yaml")
      try yard.drop("a\(index).jpg")
      let dropped = ContinuousClock.now
      let job = try #require(spool.waitForJob(timeout: .seconds(5)))
      guard case .delivered = job.publish() else {
        Issue.record("not delivered")
        return
      }
      let (seconds, attoseconds) = dropped.duration(to: .now).components
      overheads.append((Double(seconds) + Double(attoseconds) * 1e-18) * 1000 - 60)
    }
    let best = try #require(overheads.min())
    print("beyond settling: \(overheads.sorted()[overheads.count / 2]) ms, best \(best) ms")
    // The best of nine: a busy machine makes some of them late.
    #expect(best < 50)
  }

  @Test func manySmallJobsAreSustained() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    let begun = ContinuousClock.now
    let count = 100
    for index in 0..<count {
      try yard.drop("a\(index).yaml")
      try yard.drop("a\(index).jpg")
    }
    for _ in 0..<count { try #require(spool.waitForJob(timeout: .seconds(10))).publish() }
    let seconds = Double(begun.duration(to: .now).components.seconds) + 1
    print("\(count) jobs in under \(seconds) s")
    #expect(Double(count) / seconds >= 20)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }

  @Test func aFileWithAnOpenWriterIsNotClaimed() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    let writer = open(yard.inbox + "/apple.jpg", O_CREAT | O_WRONLY, 0o644)
    for _ in 0..<5 {
      #expect(write(writer, "half", 4) == 4)
      // Longer than settling and pairing together.
      #expect(spool.waitForJob(timeout: .milliseconds(250)) == nil)
    }
    close(writer)
    let job = try #require(spool.waitForJob(timeout: .seconds(5)))
    #expect(try job.source.contents(of: "apple.jpg").bytes.count == 20)
    job.publish()
  }

  @Test func aMappedWriterIsAWriterToo() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    let file = open(yard.inbox + "/apple.jpg", O_CREAT | O_RDWR, 0o644)
    #expect(ftruncate(file, 4096) == 0)
    let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    close(file)
    #expect(spool.waitForJob(timeout: .milliseconds(600)) == nil)
    munmap(memory, 4096)
    // Unmapping is no event: the next look finds it.
    let job = try #require(spool.waitForJob(timeout: .seconds(5)))
    job.publish()
  }

  @Test func anInboxThatIsDeletedAndMadeAgainIsPickedUp() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    try yard.waitFor { $0.hasPrefix("watch started ") && $0.contains("inotify: ") }
    try FileManager.default.removeItem(atPath: yard.inbox)
    try yard.waitFor { $0.contains("watch lost") }
    try FileManager.default.createDirectory(atPath: yard.inbox, withIntermediateDirectories: true)
    try yard.drop("apple.jpg")
    try #require(spool.waitForJob(timeout: .seconds(5))).publish()
    #expect(yard.messages.contains { $0.contains("watch found") })
  }

  @Test func anInboxReplacedByALinkIsLost() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    try yard.waitFor { $0.hasPrefix("watch started ") && $0.contains("inotify: ") }
    try FileManager.default.moveItem(atPath: yard.inbox, toPath: yard.path + "/elsewhere")
    try FileManager.default.createSymbolicLink(atPath: yard.inbox, withDestinationPath: yard.path + "/elsewhere")
    try yard.drop("apple.jpg")
    #expect(spool.waitForJob(timeout: .seconds(1)) == nil)
    #expect(yard.messages.filter { $0.contains("watch lost") }.count == 1)
  }

  @Test func atRestNothingIsWrittenAndNothingIsSaid() throws {
    let yard = try Yard()
    let spool = try start(yard, configuration(yard))
    defer { spool.stop() }
    try yard.waitFor { $0.hasPrefix("watch started ") && $0.contains("inotify: ") }
    try yard.drop("notes.txt")
    Thread.sleep(forTimeInterval: 1.5)
    let before = try #require(try? Folder(path: Name(yard.state)).status(of: "status.json"))
    let said = yard.messages.count
    Thread.sleep(forTimeInterval: 2.5)
    let after = try #require(try? Folder(path: Name(yard.state)).status(of: "status.json"))
    #expect(before == after)
    #expect(yard.messages.count == said)
  }

  @Test func aJobThatIsReleasedGoesOnAfterTheRestart() throws {
    let yard = try Yard()
    let first = try start(yard, configuration(yard))
    try yard.drop("apple.jpg")
    do {
      let job = try #require(first.waitForJob(timeout: .seconds(5)))
      try job.saveCheckpoint([1, 2, 3])
      job.release()
    }
    first.stop()
    let second = try Spool(configuration(yard)) { yard.note($0) }
    second.start()
    defer { second.stop() }
    let job = try #require(second.waitForJob(timeout: .seconds(5)))
    #expect(try job.loadCheckpoint() == [1, 2, 3])
    #expect(job.publish() == .delivered(Name(yard.outbox + "/apple")))
  }
}
