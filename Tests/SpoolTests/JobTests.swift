import Files
import Foundation
import Glibc
import Spool
import Testing

/// Pairs, references, folders, collisions, limits.
@Suite struct JobTests {
  @Test func imagesThatASidecarNamesBelongToItsJob() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("tomato.jpg", "red")
    yard.run(loop, seconds: 5)
    try yard.drop("apple.yaml", "with tomato.jpg")
    yard.run(loop, seconds: 60)
    #expect(loop.takeJob() == nil)
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    #expect(try job.source.files().map(\.name) == ["apple.jpg", "apple.yaml", "tomato.jpg"])
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }

  @Test func anImageThatSeveralSidecarsNameIsCopiedToEach() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    for name in ["a", "b", "c"] {
      try yard.drop("\(name).jpg", name)
      try yard.drop("\(name).yaml", "with style.jpg")
    }
    try yard.drop("style.jpg", "style")
    yard.run(loop, seconds: 15)
    for _ in 0..<3 {
      let job = try #require(loop.takeJob())
      #expect(try job.source.contents(of: "style.jpg").bytes == Array("style".utf8))
      job.publish()
    }
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }

  @Test func twoSidecarsMayNameEachOthersImages() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    for (name, other) in [("a", "b"), ("b", "a")] {
      try yard.drop("\(name).jpg", name)
      try yard.drop("\(name).yaml", "with \(other).jpg")
    }
    yard.run(loop, seconds: 15)
    for _ in 0..<2 {
      let job = try #require(loop.takeJob())
      #expect(try job.source.contents(of: "a.jpg").bytes == Array("a".utf8))
      #expect(try job.source.contents(of: "b.jpg").bytes == Array("b".utf8))
      job.publish()
    }
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.inbox).isEmpty)
    let outbox = try yard.tree(yard.outbox)
    #expect(outbox["a/a.jpg"] == "a" && outbox["a/b.jpg"] == "b" && outbox["b/a.jpg"] == "a" && outbox["b/b.jpg"] == "b")
  }

  @Test func completeDropsThatWaitInTheInboxAreCounted() throws {
    let yard = try Yard()
    var configuration = yard.configuration()
    configuration.claimAhead = 2
    let loop = try yard.loop(configuration)
    for number in 0..<10 { try yard.drop("\(number).jpg") }
    yard.run(loop, seconds: 15)
    func backlogs() -> [Int] { yard.events.compactMap { if case .backlog(let drops) = $0 { drops } else { nil } } }
    #expect(backlogs().last == 8)
    while let job = loop.takeJob() {
      job.publish()
      _ = loop.advance()
    }
    #expect(backlogs().last == 0)
  }

  @Test func aMissingImageIsSaidAndAfterAWhileTheJobGoesWithoutIt() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    try yard.drop("apple.yaml", "with tomatoe.jpg")
    yard.run(loop, seconds: 590)
    #expect(loop.takeJob() == nil)
    #expect(yard.messages.filter { $0.contains("waits for tomatoe.jpg") }.count == 1)
    #expect(try SpoolStatus.read(state: yard.state).held.map(\.name) == ["apple.yaml"])
    yard.run(loop, seconds: 20)
    #expect(try #require(loop.takeJob()).source.description.missing == ["tomatoe.jpg"])
  }

  @Test func aJobFolderIsCompleteWhenAllItNamesIsThere() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try FileManager.default.createDirectory(atPath: yard.inbox + "/basket", withIntermediateDirectories: true)
    try yard.drop("basket/one.jpg", "1")
    yard.run(loop, seconds: 30)
    try yard.drop("basket/job.yaml", "with one.jpg\nwith two.jpg")
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    try yard.drop("basket/two.jpg", "2")
    yard.run(loop, seconds: 6)
    let job = try #require(loop.takeJob())
    #expect(job.name == "basket")
    #expect(try job.source.files().map(\.name) == ["job.yaml", "one.jpg", "two.jpg"])
    #expect(try job.source.sidecar()?.name == "job.yaml")
    job.publish()
    #expect(try yard.tree(yard.outbox)["basket/originals/two.jpg"] == "2")
  }

  @Test func resultsNeverReplaceEachOther() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    for index in 1...20 {
      try yard.drop("apple.jpg", "apple \(index)")
      try yard.drop("apple.yaml", "")
      yard.run(loop, seconds: 4)
      let job = try #require(loop.takeJob())
      if index.isMultiple(of: 2) { job.fail("even") } else { job.publish() }
      _ = loop.advance()
    }
    let tree = try yard.tree(yard.outbox)
    for index in 1...10 {
      let suffix = index == 1 ? "" : "-\(index)"
      #expect(tree["apple\(suffix)/apple.jpg"] == "apple \(2 * index - 1)")
      #expect(tree["failed/apple\(suffix)/apple.jpg"] == "apple \(2 * index)")
    }
  }

  @Test func anOriginalNamedLikeAResultIsKeptBesideIt() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("sheet.png", "dropped")
    try yard.drop("sheet.yaml", "")
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    try job.outputFolder().write("sheet.png", Array("made".utf8))
    job.publish()
    let tree = try yard.tree(yard.outbox)
    #expect(tree["sheet/sheet.png"] == "made")
    #expect(tree["sheet/originals/sheet.png"] == "dropped")
  }

  @Test func anEmptyImageWaitsAndFailsInTheEnd() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("late.jpg", "")
    try yard.drop("never.jpg", "")
    yard.run(loop, seconds: 400)
    try yard.drop("late.jpg", "here it is")
    yard.run(loop, seconds: 20)
    #expect(try #require(loop.takeJob()).name == "late")
    yard.run(loop, seconds: 200)
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.outbox)["failed/never/error.txt"] == "never.jpg: it is empty; copy it again\n")
  }

  @Test func aTruncatedImageGoesBackUntilItChanges() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "hal")
    try yard.drop("apple.yaml", "steps")
    yard.run(loop, seconds: 4)
    let first = try #require(loop.takeJob())
    #expect(first.settleAgain("apple.jpg: cut short"))
    yard.run(loop, seconds: 100)
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.inbox) == ["apple.jpg": "hal", "apple.yaml": "steps"])
    try yard.drop("apple.jpg", "whole")
    yard.run(loop, seconds: 4)
    let second = try #require(loop.takeJob())
    #expect(try second.source.contents(of: "apple.jpg").bytes == Array("whole".utf8))
    #expect(second.settleAgain("apple.jpg: still cut short"))
    yard.run(loop, seconds: 700)
    // Its time is over: it is to be failed now.
    let third = try #require(loop.takeJob())
    #expect(!third.settleAgain("apple.jpg: cut short"))
    #expect(third.fail("apple.jpg: cut short") == .delivered(Name(yard.outbox + "/failed/apple")))
  }

  @Test func tooLargeASidecarFailsItsJob() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    try yard.drop("apple.yaml", String(repeating: "x", count: 65537))
    yard.run(loop, seconds: 4)
    #expect(loop.takeJob() == nil)
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/apple/error.txt"] == "apple.yaml: it has 65537 bytes; the limit is 65536\n")
    #expect(tree["failed/apple/apple.jpg"] == "picture")
  }

  @Test func subfoldersAreMirroredWhereAskedFor() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.recursive = true })
    try FileManager.default.createDirectory(atPath: yard.inbox + "/2026/fruit", withIntermediateDirectories: true)
    try yard.drop("2026/fruit/apple.jpg", "deep")
    yard.run(loop, seconds: 16)
    try #require(loop.takeJob()).publish()
    #expect(try yard.tree(yard.outbox)["2026/fruit/apple/apple.jpg"] == "deep")
  }

  @Test func aSidecarMayBeRequired() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.requireSidecar = true })
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 100)
    #expect(loop.takeJob() == nil)
    #expect(yard.messages.filter { $0.contains("waits for its sidecar") }.count == 1)
    try yard.drop("apple.yaml", "")
    yard.run(loop, seconds: 4)
    #expect(loop.takeJob() != nil)
  }

  @Test func resultsHaveTheAccessOfTheirOutbox() throws {
    let yard = try Yard()
    try FileManager.default.createDirectory(atPath: yard.outbox, withIntermediateDirectories: true)
    #expect(chmod(yard.outbox, 0o2770) == 0)
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 12)
    let job = try #require(loop.takeJob())
    try job.outputFolder().makeFolder("frames").write("00.png", [1], mode: 0o600)
    job.publish()
    let result = try Folder(path: Name(yard.outbox)).folder("apple")
    #expect(try result.status().mode & 0o777 == 0o770)
    #expect(try result.folder("frames").status().mode & 0o777 == 0o770)
    #expect(try result.folder("frames").status(of: "00.png").mode & 0o777 == 0o640)
  }
}
