import Files
import Foundation
import Glibc
import Spool
import Testing

/// Recursive inboxes: failures and results of subfolders, and what lies in an inbox that is no inbox.
@Suite struct SubfolderTests {
  private func fail(_ path: String, _ yard: Yard, _ loop: SpoolLoop) throws {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: yard.inbox + "/" + folder, withIntermediateDirectories: true)
    try yard.drop(path, "pixels of \(path)")
    yard.run(loop, seconds: 16)
    try #require(loop.takeJob()).fail("no")
    _ = loop.advance()
  }

  private func retry(_ yard: Yard, _ loop: SpoolLoop, _ name: String) throws {
    try SpoolRequest(.retry, job: Name(name)).submit(state: yard.state)
    loop.isRequestsDirty = true
    _ = loop.advance()
  }

  @Test(arguments: ["card/100CANON/bad", "bad", "BAD", "Card/100canon/bad"])
  func aFailureOfASubfolderHasAName(_ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.recursive = true })
    try fail("card/100CANON/bad.jpg", yard, loop)
    #expect(try yard.tree(yard.outbox)["failed/card/100CANON/bad/error.txt"] == "no\n")
    try retry(yard, loop, name)
    #expect(try yard.tree(yard.inbox) == ["card/100CANON/bad.jpg": "pixels of card/100CANON/bad.jpg"])
    yard.run(loop, seconds: 16)
    #expect(loop.takeJob()?.subfolder == "card/100CANON")
  }

  /// "New folder", renamed while a picture in it is being taken.
  @Test(arguments: ["/job.json", "/input"]) func aFolderThatIsRenamedDuringAClaimLeavesNoJobBehind(_ moment: String) throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { [inbox = yard.inbox] _, _, path in
      if path.contains(moment) { _ = rename(inbox + "/new", inbox + "/named") }
      return .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(yard.configuration { ($0.recursive, $0.pairingSeconds) = (true, 1) })
      try FileManager.default.createDirectory(atPath: yard.inbox + "/new", withIntermediateDirectories: true)
      try yard.drop("new/apple.jpg", "pixels")
      yard.run(loop, seconds: 60)
      let job = try #require(loop.takeJob())
      #expect(job.subfolder == "named" && loop.takeJob() == nil)
      job.publish()
      _ = loop.advance()
      #expect(try SpoolStatus.read(state: yard.state).delayed.isEmpty)
      #expect(try yard.tree(yard.state).keys.allSatisfy { !$0.contains("/") })
    }
    #expect(try yard.tree(yard.outbox)["named/apple/apple.jpg"] == "pixels")
  }

  @Test func ofSeveralFailuresOfOneNameTheTopOneIsMeantAndElseTheyAreListed() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.recursive = true })
    for path in ["a/bad.jpg", "b/bad.jpg"] { try fail(path, yard, loop) }
    try retry(yard, loop, "bad")
    #expect(yard.messages.contains { $0.contains("bad: could mean 'a/bad' or 'b/bad'; write it with its folder") })
    try retry(yard, loop, "a/bd")
    #expect(yard.messages.contains { $0.contains("lies in an outbox's folder 'failed'; did you mean 'a/bad'?") })
    try fail("bad.jpg", yard, loop)
    try retry(yard, loop, "bad")
    #expect(try yard.tree(yard.inbox).keys.sorted() == ["bad.jpg"])
  }

  @Test func retentionKnowsTheResultsOfSubfoldersAndSparesTheirFailures() throws {
    let yard = try Yard()
    var configuration = yard.configuration { $0.recursive = true }
    configuration.retention.keepResults = 2
    let loop = try yard.loop(configuration)
    try fail("deep/bad.jpg", yard, loop)
    for index in 1...4 {
      let folder = index.isMultiple(of: 2) ? "deep/er/" : ""
      try FileManager.default.createDirectory(atPath: yard.inbox + "/" + folder, withIntermediateDirectories: true)
      try yard.drop("\(folder)apple\(index).jpg")
      yard.run(loop, seconds: 16)
      try #require(loop.takeJob()).publish()
      Thread.sleep(forTimeInterval: 0.02)
    }
    yard.run(loop, seconds: 3700)
    let tree = try yard.tree(yard.outbox).keys.filter { $0.hasSuffix(".jpg") }.sorted()
    #expect(tree == ["apple3/apple3.jpg", "deep/er/apple4/apple4.jpg", "failed/deep/bad/bad.jpg"])
  }

  @Test(arguments: [
    "#recycle", "@Recycle", "$RECYCLE.BIN", "$Recycle.Bin", "lost+found", "System Volume Information", "__MACOSX", "@eaDir", "#snapshot",
    ".Trash-1000", ".stfolder", "RECYCLER",
  ])
  func wasteBasketsAndFoldersOfSystemsAreNoInboxes(_ folder: String) throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.recursive = true })
    #expect(mkdir(yard.inbox + "/" + folder, 0o755) == 0)
    try yard.drop(folder + "/thrown-away.jpg")
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    #expect(try SpoolStatus.read(state: yard.state).held.isEmpty)
  }

  @Test(arguments: [
    "apple (conflicted copy 2026-11-29 101500).jpg", "apple (Jane's conflicted copy 2026-11-29).jpg", "apple (Conflicted Copy).jpg",
    "apple.sync-conflict-20261129-101500-ABCDEFG.jpg", "apple_conflict-20261129-101500.jpg",
  ])
  func conflictCopiesAreLeftAlone(_ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop(name)
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
  }

  @Test func whatIsIgnoredIsForTheConfigurationToSay() throws {
    let yard = try Yard()
    var configuration = yard.configuration { $0.recursive = true }
    configuration.ignoredNames = ["draft-*", "?.jpg"]
    let loop = try yard.loop(configuration)
    #expect(mkdir(yard.inbox + "/#recycle", 0o755) == 0)
    for name in ["#recycle/a1.jpg", "Draft-1.jpg", "é.jpg", "ab.jpg"] { try yard.drop(name) }
    yard.run(loop, seconds: 30)
    var jobs: [Name] = []
    while let job = loop.takeJob() { jobs.append(job.name) }
    #expect(jobs.sorted() == ["a1", "ab"])
  }
}
