import Files
import Foundation
import Glibc
import Spool
import Testing

/// `cancel`, `retry`, retention, the cache.
@Suite struct RequestTests {
  @Test func aFailureIsTriedAgainFromItsOriginals() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "pixels")
    try yard.drop("apple.jpg.yaml", "steps")
    yard.run(loop, seconds: 4)
    try #require(loop.takeJob()).fail("no")
    try SpoolRequest(.retry, job: "apple").submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: 6)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar()?.contents.bytes == Array("steps".utf8))
    #expect(try yard.tree(yard.outbox).isEmpty)
    #expect(try yard.tree(yard.state).keys.allSatisfy { !$0.hasPrefix("requests/") })
  }

  @Test func aFolderJobIsTriedAgainAsAFolder() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try FileManager.default.createDirectory(atPath: yard.inbox + "/basket", withIntermediateDirectories: true)
    try yard.drop("basket/job.yaml", "with one.jpg")
    try yard.drop("basket/one.jpg")
    yard.run(loop, seconds: 6)
    try #require(loop.takeJob()).fail("no")
    try SpoolRequest(.retry, job: "basket").submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: 6)
    #expect(try #require(loop.takeJob()).source.files().map(\.name) == ["job.yaml", "one.jpg"])
  }

  /// A refused retry must not leave the old sidecar beside the new image.
  @Test(arguments: ["apple.jpg", "apple.jpg.yaml"])
  func aRetryThatMeetsANewDropMovesNothing(_ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.requireSidecar = true })
    try yard.drop("apple.jpg", "old pixels")
    try yard.drop("apple.jpg.yaml", "old steps")
    yard.run(loop, seconds: 4)
    try #require(loop.takeJob()).fail("no")
    try yard.drop(name, "new")
    yard.run(loop, seconds: 2)
    let before = try yard.tree(yard.outbox)
    try SpoolRequest(.retry, job: "apple").submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: 2)
    #expect(try yard.tree(yard.inbox) == [name: "new"])
    #expect(try yard.tree(yard.outbox) == before)
    #expect(yard.messages.contains { $0.contains("\(name): a file of that name lies in the inbox; move it away first") })
  }

  /// The new file comes between the look and the rename.
  @Test func aRetryThatMeetsADropOnItsWayPutsBackWhatItMoved() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "old pixels")
    try yard.drop("apple.jpg.yaml", "old steps")
    yard.run(loop, seconds: 4)
    try #require(loop.takeJob()).fail("no")
    let before = try yard.tree(yard.outbox)
    let injector = FaultInjector(recordsCalls: false) { [inbox = yard.inbox] _, call, path in
      call == .rename && path.hasSuffix(" → \(inbox)/apple.jpg") ? .fail(EEXIST) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      try SpoolRequest(.retry, job: "apple").submit(state: yard.state)
      loop.isRequestsDirty = true
      _ = loop.advance()
    }
    #expect(try yard.tree(yard.inbox).isEmpty)
    #expect(try yard.tree(yard.outbox) == before)
  }

  @Test func whoeverAskedIsToldOfARefusalOnce() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    let request = try SpoolRequest(.cancel, job: "nosuch", wantsAnswer: true).submit(state: yard.state)
    #expect(try SpoolRequest.outcome(of: request, state: yard.state) == .open)
    loop.isRequestsDirty = true
    _ = loop.advance()
    guard case .refused(let reason) = try SpoolRequest.outcome(of: request, state: yard.state) else {
      Issue.record("no refusal")
      return
    }
    #expect(reason.hasPrefix("nosuch: no job of that name is waiting or running"))
    #expect(try SpoolRequest.outcome(of: request, state: yard.state) == .done)
  }

  /// In a failure of an older version originals lie beside the reason whatever they are called.
  @Test func anOriginalWithANameOfOursIsTriedAgain() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("sheet.png", "pixels")
    try yard.drop("sheet.yaml", "steps")
    yard.run(loop, seconds: 4)
    try #require(loop.takeJob()).fail("no")
    #expect(try yard.tree(yard.outbox)["failed/sheet/originals/sheet.png"] == "pixels")
    #expect(rename(yard.outbox + "/failed/sheet/originals/sheet.png", yard.outbox + "/failed/sheet/sheet.png") == 0)
    try SpoolRequest(.retry, job: "sheet").submit(state: yard.state)
    loop.isRequestsDirty = true
    _ = loop.advance()
    #expect(try yard.tree(yard.inbox) == ["sheet.png": "pixels", "sheet.yaml": "steps"])
  }

  @Test func aRequestLeftWhileTheServiceWasDownIsDoneAtItsStart() throws {
    let yard = try Yard()
    do {
      let loop = try yard.loop()
      try yard.drop("apple.jpg")
      yard.run(loop, seconds: 13)
      try #require(loop.takeJob()).fail("no")
    }
    try SpoolRequest(.retry, job: "apple").submit(state: yard.state)
    let loop = try yard.loop()
    yard.run(loop, seconds: 16)
    #expect(loop.takeJob()?.name == "apple")
  }

  @Test func aWaitingJobIsCancelledAndARunningOneIsAsked() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    for name in ["apple", "pear"] {
      try yard.drop("\(name).jpg")
      try yard.drop("\(name).yaml", "")
    }
    yard.run(loop, seconds: 4)
    let running = try #require(loop.takeJob())
    for name in ["apple", "pear"] { try SpoolRequest(.cancel, job: Name(name)).submit(state: yard.state) }
    loop.isRequestsDirty = true
    _ = loop.advance()
    #expect(running.isCancelled)
    running.fail("cancelled")
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/apple/error.txt"] == "cancelled\n")
    #expect(tree["failed/pear/error.txt"] == "cancelled\n")
    #expect(tree["failed/pear/pear.jpg"] == "picture")
  }

  @Test(arguments: ["{}", "not json", "{\"format\":1,\"action\":\"retry\",\"job\":\"../inbox\"}", "{\"format\":1,\"action\":\"cancel\",\"job\":\"x\"}"])
  func aRequestThatCannotBeDoneIsRefusedOnce(_ text: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try Folder(path: Name(yard.state)).folder("requests").write("cancel-1.json", Array(text.utf8))
    loop.isRequestsDirty = true
    yard.run(loop, seconds: 60)
    let refusals = yard.events.filter { if case .requestRefused = $0 { true } else { false } }
    #expect(refusals.count == 1)
    #expect(try yard.tree(yard.state).keys.allSatisfy { !$0.hasPrefix("requests/") })
  }

  @Test func oldResultsGoWhereTheConfigurationSaysSoAndOnlyOurs() throws {
    let yard = try Yard()
    var configuration = yard.configuration()
    configuration.retention.keepResults = 2
    let loop = try yard.loop(configuration)
    try FileManager.default.createDirectory(atPath: yard.outbox + "/mine", withIntermediateDirectories: true)
    for index in 1...4 {
      try yard.drop("apple\(index).jpg")
      yard.run(loop, seconds: 13)
      let job = try #require(loop.takeJob())
      if index == 1 { job.fail("no") } else { job.publish() }
      Thread.sleep(forTimeInterval: 0.02)
    }
    yard.run(loop, seconds: 3700)
    #expect(try Folder(path: Name(yard.outbox)).names().sorted() == ["apple3", "apple4", "failed", "mine"])
    #expect(try yard.tree(yard.outbox)["failed/apple1/apple1.jpg"] == "picture")
  }

  @Test func theCacheForgetsTheLeastRecentlyUsedAndWhatIsDamaged() throws {
    let yard = try Yard()
    let path = yard.path + "/cache"
    let keys = (0..<4).map { sha256([UInt8($0)]) }
    let value = [UInt8](repeating: 7, count: 1000)
    do {
      let cache = try LatentCache(path: path, limitBytes: 3500, clock: yard.clock.clock)
      for key in keys[..<3] {
        try cache.store(value, for: key)
        yard.clock.now += .seconds(1)
      }
      #expect(cache.value(for: keys[0]) == value)
      yard.clock.now += .seconds(1)
      try cache.store(value, for: keys[3])
      #expect(cache.value(for: keys[1]) == nil)
      #expect(cache.value(for: keys[0]) == value)
      #expect(cache.totalBytes <= 3500)
    }
    let folder = try Folder(path: Name(path))
    var bytes = try folder.read(Name(keys[0]), limit: 5000).bytes
    bytes[500] ^= 1
    try folder.write(Name(keys[0]), bytes)
    let again = try LatentCache(path: path, limitBytes: 3500, clock: yard.clock.clock)
    #expect(again.count == 3)
    #expect(again.value(for: keys[0]) == nil)
    #expect(again.value(for: keys[3]) == value)
    #expect(again.value(for: "../../etc/passwd") == nil)
    #expect(try !folder.contains(Name(keys[0])))
  }
}

/// What a person lays into a failure before asking for another try is used, never removed.
@Suite struct AdditionTests {
  private func retry(_ yard: Yard, _ loop: SpoolLoop, _ name: Name) throws {
    try SpoolRequest(.retry, job: name).submit(state: yard.state)
    loop.isRequestsDirty = true
    _ = loop.advance()
  }

  private func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func additionsGoBackToTheInboxWithTheOriginals() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "GIF")
    try yard.drop("apple.jpg.yaml", "steps")
    yard.run(loop, seconds: 4)
    try #require(loop.takeJob()).fail("no")
    let failure = yard.outbox + "/failed/apple"
    try put("PNG", failure + "/apple.png")
    try put("pixels", failure + "/style.png")
    #expect(unlink(failure + "/apple.jpg") == 0)
    #expect(rename(failure + "/apple.jpg.yaml", failure + "/apple.png.yaml") == 0)
    try retry(yard, loop, "apple")
    #expect(try yard.tree(yard.inbox) == ["apple.png": "PNG", "apple.png.yaml": "steps", "style.png": "pixels"])
    #expect(try yard.tree(yard.outbox + "/failed").isEmpty)
  }

  @Test func additionsToAJobFolderGoIntoIt() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.dropFolder("basket", ["job.yaml": "images: [a.jpg, b.jpg]", "a.jpg": "pixels"])
    yard.run(loop, seconds: 16)
    try #require(loop.takeJob()).fail("no")
    let failure = yard.outbox + "/failed/basket"
    try put("more", failure + "/b.jpg")
    try put("other", failure + "/a.jpg")
    let before = try yard.tree(yard.outbox)
    try retry(yard, loop, "basket")
    #expect(try yard.tree(yard.outbox) == before, "nothing is moved where one has a name that is taken")
    #expect(yard.messages.contains { $0.contains("originals has a file of that name already") })
    #expect(unlink(failure + "/a.jpg") == 0)
    try yard.dropFolder("basket", ["job.yaml": "images: [c.jpg]"])
    let again = try yard.tree(yard.outbox)
    try retry(yard, loop, "basket")
    #expect(try yard.tree(yard.outbox) == again, "nor where the inbox has a new folder of that name")
    try FileManager.default.removeItem(atPath: yard.inbox + "/basket")
    try retry(yard, loop, "basket")
    #expect(try yard.tree(yard.inbox) == ["basket/a.jpg": "pixels", "basket/b.jpg": "more", "basket/job.yaml": "images: [a.jpg, b.jpg]"])
  }

  @Test func whatReplacesAJobFolderGoesBackToTheInbox() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.dropFolder("basket", ["job.yaml": "images: [a.jpg]"])
    yard.run(loop, seconds: 16)
    try #require(loop.takeJob()).fail("no")
    let failure = yard.outbox + "/failed/basket"
    try FileManager.default.removeItem(atPath: failure + "/originals")
    try put("pixels", failure + "/a.jpg")
    try retry(yard, loop, "basket")
    #expect(try yard.tree(yard.inbox) == ["a.jpg": "pixels"])
  }
}
