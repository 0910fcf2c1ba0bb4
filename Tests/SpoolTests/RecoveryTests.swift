import Files
import Foundation
import Glibc
import Spool
import Testing

/// What a start makes of what it finds.
@Suite struct RecoveryTests {
  /// A yard with two claimed jobs, `apple` and `pear`, and no service; the name of apple's folder.
  private func abandoned() throws -> (yard: Yard, apple: Name) {
    let yard = try Yard()
    let loop = try yard.loop()
    for name in ["apple", "pear"] {
      try yard.drop(name + ".jpg", "pixels of \(name)")
      try yard.drop(name + ".yaml", "")
    }
    yard.run(loop, seconds: 4)
    let jobs = try Folder(path: Name(yard.state)).names().filter { JobIdentifier.isValid($0) }
    #expect(jobs.count == 2)
    return (yard, try #require(jobs.first { $0.description.contains("apple") }))
  }

  private func finish(_ yard: Yard) throws {
    let loop = try yard.loop()
    yard.run(loop, seconds: 4)
    while let job = loop.takeJob() { job.publish() }
    _ = loop.advance()
  }

  private func expectAppleSetAside(_ yard: Yard, _ apple: Name, _ reason: String) throws {
    let tree = try yard.tree(yard.state)
    #expect(tree["quarantine/\(apple)/input/apple.jpg"] == "pixels of apple", "\(reason): \(tree.keys.sorted())")
    #expect(yard.messages.filter { $0.contains("quarantine") }.count == 1)
    #expect(try yard.tree(yard.outbox)["pear/pear.jpg"] == "pixels of pear")
  }

  @Test func aRecordCutAtAnyByteIsSetAsideAndTheRestGoesOn() throws {
    let whole = try abandoned()
    let count = try Folder(path: Name(whole.yard.state)).folder(whole.apple).read("job.json", limit: 1 << 20).bytes.count
    for length in Array(stride(from: 0, to: count - 1, by: 9)) + [1, count - 3, count - 2] {
      let (yard, apple) = try abandoned()
      #expect(truncate(yard.state + "/\(apple)/job.json", length) == 0)
      try finish(yard)
      try expectAppleSetAside(yard, apple, "cut at \(length)")
    }
  }

  @Test(arguments: [
    ("\"format\" : 1", "\"format\" : 2", "it has format 2"), ("-apple-", "-plum-", "it belongs to job"),
    ("\"apple.jpg\"", "\"../apple.jpg\"", "a name that leads elsewhere"), ("\"claimed\"", "\"dreaming\"", "damaged or cut short"),
  ])
  func aRecordOfAnotherKindIsSetAside(_ found: String, _ put: String, _ reason: String) throws {
    let (yard, apple) = try abandoned()
    let folder = try Folder(path: Name(yard.state)).folder(apple)
    let text = String(decoding: try folder.read("job.json", limit: 1 << 20).bytes, as: UTF8.self)
    let changed = text.replacingOccurrences(of: found, with: put)
    #expect(changed != text)
    try folder.write("job.json", Array(changed.utf8))
    try finish(yard)
    try expectAppleSetAside(yard, apple, reason)
    #expect(yard.messages.contains { $0.contains(reason) })
  }

  /// The power failed before the first record came to disk, when nothing had moved yet.
  @Test func aJobWhoseRecordNeverCameToDiskIsForgottenWhereItHoldsNothing() throws {
    let yard = try Yard()
    _ = try yard.loop()
    for (id, bytes) in [("20261124T101502Z-empty-0001", []), ("20261124T101502Z-zeros-0002", [0, 0, 0] as [UInt8])] {
      let job = try Folder(path: Name(yard.state)).makeFolder(Name(id))
      _ = try job.makeFolder("input")
      try job.write("job.json", bytes)
    }
    let loop = try yard.loop()
    #expect(try yard.tree(yard.state).keys.sorted() == ["lock"])
    _ = loop.advance()
  }

  @Test func aFolderThatIsNoJobIsLeftAlone() throws {
    let (yard, _) = try abandoned()
    try Folder(path: Name(yard.state)).makeFolder("mine").write("letter", [1])
    try finish(yard)
    #expect(try yard.tree(yard.state)["mine/letter"] != nil)
  }

  /// A start that ends while a worker has the job, after as much time as a pause may take.
  private func crash(_ yard: Yard, isFurther: Bool = false) throws {
    let loop = try yard.loop()
    yard.run(loop, seconds: 320)
    let job = try #require(loop.takeJob())
    if isFurther { try job.saveCheckpoint([1]) }
    // The process ends here: nothing is said of the job.
  }

  @Test func aJobThatEndsTheProcessAgainAndAgainWithoutGettingFurtherIsGivenUp() throws {
    let yard = try Yard()
    try yard.drop("apple.jpg")
    for _ in 0..<10 { try crash(yard) }
    let loop = try yard.loop()
    yard.run(loop, seconds: 320)
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.outbox)["failed/apple/error.txt"]?.contains("ended 10 times") == true)
    #expect(try yard.tree(yard.outbox)["failed/apple/apple.jpg"] == "picture")
  }

  @Test func aJobThatGetsFurtherIsNotGivenUpHoweverOftenTheProcessEnds() throws {
    let yard = try Yard()
    try yard.drop("apple.jpg")
    for number in 0..<25 { try crash(yard, isFurther: number % 9 == 8) }
    let loop = try yard.loop()
    yard.run(loop, seconds: 320)
    try #require(loop.takeJob()).publish()
    #expect(try yard.tree(yard.outbox)["apple/apple.jpg"] == "picture")
  }

  /// It waited for another one, which may be what ended the process.
  @Test func aJobThatHadNotBegunIsNotCountedWithTheOneThatEndedTheProcess() throws {
    let yard = try Yard()
    try yard.drop("apple.jpg")
    try crash(yard)
    for _ in 0..<12 {
      let loop = try yard.loop()
      yard.run(loop, seconds: 320)
      #expect(try #require(loop.takeJob(begins: false)).crashes == 1)
    }
    let loop = try yard.loop()
    yard.run(loop, seconds: 320)
    let job = try #require(loop.takeJob(begins: false))
    #expect(job.begin())
    job.publish()
    #expect(try yard.tree(yard.outbox)["apple/apple.jpg"] == "picture")
  }

  /// Kills in quick succession are a person's or a machine's doing: the job waits, across starts, and is not given up.
  @Test func aJobThatMayBeWhatEndsTheProcessWaitsAndLetsOthersPass() throws {
    let yard = try Yard()
    try yard.drop("apple.jpg")
    let quick = yard.configuration {
      $0.settleMilliseconds = 50
      $0.pairingSeconds = 0.1
    }
    var taken = 0
    for _ in 0..<100 {
      let loop = try yard.loop(quick)
      yard.run(loop, seconds: 0.5)
      while loop.takeJob() != nil { taken += 1 }
    }
    // Fifty seconds with pauses of 2, 5, 15 and 60 seconds.
    #expect((3...5).contains(taken))
    try yard.drop("pear.jpg")
    let loop = try yard.loop()
    yard.run(loop, seconds: 13)
    let next = try #require(loop.takeJob())
    #expect(next.name == "pear")
    next.publish()
    _ = loop.advance()
    yard.run(loop, seconds: 2)
    let waiting = try #require(try SpoolStatus.read(state: yard.state).delayed.first)
    #expect(waiting.reason?.contains("times while working on it") == true)
    yard.run(loop, seconds: 60)
    try #require(loop.takeJob()).publish()
    #expect(try yard.tree(yard.outbox)["apple/apple.jpg"] == "picture")
  }

  @Test func aSecondServiceOnOneStateFolderIsRefused() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    let error = #expect(throws: SpoolError.self) { _ = try yard.loop() }
    #expect(error?.message.contains("already serves this state folder") == true)
    #expect(error?.message.contains("process \(getpid())") == true)
    _ = loop.advance()
  }

  @Test(arguments: ["inbox/outbox", "inbox", "", "link/outbox"])
  func foldersThatFeedEachOtherAreRefused(_ outbox: String) throws {
    let yard = try Yard()
    #expect(symlink(yard.inbox, yard.path + "/link") == 0)
    var configuration = yard.configuration()
    configuration.watches[0].outbox = yard.path + (outbox.isEmpty ? "" : "/" + outbox)
    let error = #expect(throws: SpoolError.self) { _ = try yard.loop(configuration) }
    #expect(error?.message.contains("inside") == true)
  }

  @Test func troubleThatPassesIsTriedAgainAfterAPause() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 13)
    try #require(loop.takeJob()).retryLater("no memory left")
    yard.run(loop, seconds: 1)
    #expect(loop.takeJob() == nil)
    let shown = try SpoolStatus.read(state: yard.state).delayed
    #expect(shown.map(\.reason) == ["no memory left"])
    #expect(shown.allSatisfy { $0.nextAttempt != nil })
    yard.run(loop, seconds: 2)
    let again = try #require(loop.takeJob())
    #expect(again.attempts == 1)
    again.publish()
    _ = loop.advance()
    yard.run(loop, seconds: 2)
    #expect(try SpoolStatus.read(state: yard.state).done == 1)
  }
}
