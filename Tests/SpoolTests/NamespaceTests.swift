import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// What people call their pictures never meets what the program calls its own.
@Suite struct NamespaceTests {
  private func take(_ yard: Yard, _ loop: SpoolLoop) throws -> ClaimedJob {
    yard.run(loop, seconds: 13)
    return try #require(loop.takeJob())
  }

  @Test(arguments: ["original.png", "Original.PNG", "sheet.png", "SHEET.png", "inverted.png", "Encoder.png"])
  func anOriginalNamedLikeOneOfOursInWhateverCaseLiesInOriginals(_ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop(name, "dropped")
    let job = try take(yard, loop)
    try job.outputFolder().write(Name(name.lowercased()), Array("made".utf8))
    job.publish()
    let tree = try yard.tree(yard.outbox)
    let folder = Name(name).stemAndExtension.stem.description
    #expect(tree["\(folder)/originals/\(name)"] == "dropped")
    #expect(tree["\(folder)/\(name.lowercased())"] == "made")
  }

  @Test(arguments: ["originals.jpg", "result.json.jpg", "error.txt.png", "01-reconstruct.png", "snapshots.jpg", "failed.jpg", "Failed.jpg"])
  func otherOddNamesOfPicturesArriveToo(_ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop(name, "dropped")
    let job = try take(yard, loop)
    for made in ["result.json", "sheet.png"] as [Name] { try job.outputFolder().write(made, [1]) }
    for folder in ["01-reconstruct", "snapshots"] as [Name] { _ = try job.outputFolder().makeFolder(folder) }
    #expect(job.publish() != .delayed(reason: ""))
    let tree = try yard.tree(yard.outbox)
    #expect(tree.filter { $0.value == "dropped" && $0.key.hasSuffix("/" + name) }.count == 1, "\(tree.keys)")
    #expect(tree.keys.allSatisfy { !$0.hasPrefix("failed/") && !$0.hasPrefix("Failed/") })
  }

  /// Two originals of one name in other letters, and a result of that name: nothing is told apart by case alone.
  @Test func originalsThatMeetEachOtherHaveFoldersOfTheirOwn() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("a.yaml", "with X.jpg\nwith x.jpg\nwith Original.png\nwith original.PNG")
    for name in ["a.jpg", "X.jpg", "x.jpg", "Original.png", "original.PNG"] { try yard.drop(name, name) }
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    try job.outputFolder().write("original.png", [1])
    job.publish()
    let names = try yard.tree(yard.outbox).keys.map { $0.lowercased() }
    #expect(Set(names).count == names.count, "\(names.sorted())")
    #expect(names.contains("a/originals (2)/original.png"))
  }

  /// As an older version made them: a photograph's folder called `originals`.
  @Test func aResultThatIsCalledLikeTheFolderOfOriginalsIsPublished() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    #expect(mkdir(yard.inbox + "/stuck", 0o755) == 0)
    try yard.drop("stuck/job.yaml", "with originals.jpg")
    try yard.drop("stuck/originals.jpg", "dropped")
    let job = try take(yard, loop)
    try job.outputFolder().makeFolder("originals").write("sheet.png", [1])
    #expect(job.publish() == .delivered(Name(yard.outbox + "/stuck")))
    let tree = try yard.tree(yard.outbox)
    #expect(tree["stuck/originals (2)/originals.jpg"] == "dropped" && tree["stuck/originals/sheet.png"] == "\u{1}")
  }

  @Test func aSubfolderOfTheInboxIsNeitherTheFolderOfFailuresNorAnAnswer() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.recursive = true })
    try yard.drop("holiday.jpg", "top")
    try take(yard, loop).publish()
    for (folder, name) in [("failed", "good"), ("holiday", "beach"), ("Failed", "other")] {
      #expect(mkdir(yard.inbox + "/" + folder, 0o755) == 0)
      try yard.drop("\(folder)/\(name).jpg", name)
    }
    for _ in 0..<3 { try take(yard, loop).publish() }
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed-2/good/good.jpg"] == "good" && tree["Failed-2/other/other.jpg"] == "other")
    #expect(tree["holiday-2/beach/beach.jpg"] == "beach")
    #expect(tree["holiday/holiday.jpg"] == "top")
  }

  // MARK: Cancel

  private func cancel(_ yard: Yard, _ loop: SpoolLoop, _ name: Name, seconds: Double = 1) throws {
    try SpoolRequest(.cancel, job: name).submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: seconds)
  }

  /// The outbox may not be written, once as it is meant to be and once on another file system.
  @Test(arguments: [false, true])
  func aJobWhoseAnswerCannotBeDeliveredIsCancelled(_ isSplit: Bool) throws {
    if isSplit, !Yard.canSplit { return }
    let yard = try Yard(isSplit: isSplit)
    let isForbidden = Mutex(true)
    let injector = FaultInjector(recordsCalls: false) { [outbox = yard.outbox] _, call, path in
      call == .rename && path.contains(" → \(outbox)/") && !path.contains("/.idinvert-") || call == .rename && path.contains("/.idinvert-") && path.contains(" → \(outbox)/apple")
        ? (isForbidden.withLock { $0 } ? .fail(EACCES) : .proceed) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop()
      try yard.drop("apple.jpg", "pixels")
      try yard.drop("apple.yaml", "steps")
      yard.run(loop, seconds: 4)
      let job = try #require(loop.takeJob())
      try job.outputFolder().write("result.json", [1])
      guard case .delayed = job.publish() else {
        Issue.record("it was published")
        return
      }
      yard.run(loop, seconds: 10)
      try cancel(yard, loop, "apple")
      isForbidden.withLock { $0 = false }
      yard.run(loop, seconds: 40)
    }
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/apple/error.txt"] == "cancelled\n")
    #expect(tree["failed/apple/apple.jpg"] == "pixels" && tree["failed/apple/apple.yaml"] == "steps")
    #expect(tree.keys.allSatisfy { $0.hasPrefix("failed/apple/") }, "\(tree.keys.sorted())")
    #expect(!yard.events.contains { if case .requestRefused = $0 { true } else { false } })
  }

  @Test func aJobThatWaitsForAnotherTryIsCancelled() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "pixels")
    try take(yard, loop).retryLater("no space")
    try cancel(yard, loop, "apple")
    #expect(try yard.tree(yard.outbox)["failed/apple/error.txt"] == "cancelled\n")
    yard.run(loop, seconds: 600)
    #expect(loop.takeJob() == nil)
  }

  @Test func aDropThatCannotBeTakenOutOfItsInboxIsCancelledThere() throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .rename && path.contains("/inbox/apple.jpg → ") ? .fail(EPERM) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(yard.configuration { $0.pairingSeconds = 1 })
      try yard.drop("apple.yaml", "steps")
      try yard.drop("apple.jpg", "pixels")
      yard.run(loop, seconds: 4)
      #expect(try SpoolStatus.read(state: yard.state).delayed.map(\.name) == ["apple"])
      try cancel(yard, loop, "apple", seconds: 120)
      let status = try SpoolStatus.read(state: yard.state)
      #expect(status.delayed.isEmpty)
      #expect(status.held.contains { $0.name == "apple.jpg" && $0.reason.hasPrefix("cancelled") })
    }
    #expect(try yard.tree(yard.inbox) == ["apple.jpg": "pixels", "apple.yaml": "steps"])
    #expect(try yard.tree(yard.state).keys.allSatisfy { !$0.contains("/") }, "the job is forgotten")
  }

  @Test(arguments: [("Apple", "apple"), ("cafe\u{301}", "caf\u{E9}")])
  func aJobIsCancelledByAnotherSpellingOfItsName(_ asked: String, _ name: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop(name + ".jpg")
    yard.run(loop, seconds: 13)
    try cancel(yard, loop, Name(asked))
    #expect(try yard.tree(yard.outbox)["failed/\(name)/error.txt"] == "cancelled\n")
  }

  @Test func aNameThatIsNearlyThatOfAJobIsSuggested() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("tomato.jpg")
    yard.run(loop, seconds: 13)
    try cancel(yard, loop, "tomatoo")
    #expect(yard.messages.contains { $0.contains("no job of that name is waiting or running; did you mean 'tomato'?") })
    try yard.drop("pear.yaml", "with plum.jpg")
    try yard.drop("pear.jpg")
    yard.run(loop, seconds: 2)
    try cancel(yard, loop, "pear")
    #expect(yard.messages.contains { $0.contains("pear: it lies in the inbox and is no job yet") })
  }

  // MARK: Modes

  @Test func aFolderThatNobodyMightEmptyCanBeRemovedFromTheOutbox() throws {
    guard geteuid() == 0 else {
      print("skipped: only root moves folders that it may not write to")
      return
    }
    let yard = try Yard()
    try FileManager.default.createDirectory(atPath: yard.outbox, withIntermediateDirectories: true)
    #expect(chmod(yard.outbox, 0o2770) == 0)
    let loop = try yard.loop()
    try FileManager.default.createDirectory(atPath: yard.inbox + "/card/deep", withIntermediateDirectories: true)
    try yard.drop("card/job.yaml", "with a.jpg")
    try yard.drop("card/a.jpg")
    try yard.drop("card/deep/b.jpg")
    for path in ["/card/deep", "/card"] {
      #expect(chown(yard.inbox + path, 1234, 1234) == 0)
      #expect(chmod(yard.inbox + path, 0o555) == 0)
    }
    yard.run(loop, seconds: 5)
    try #require(loop.takeJob()).fail("no")
    let originals = try Folder(path: Name(yard.outbox)).folder("failed").folder("card").folder("originals")
    let group = try Folder(path: Name(yard.outbox)).status().group
    for folder in [originals, try originals.folder("deep")] {
      #expect(try folder.status().mode & 0o777 == 0o770)
      #expect(try folder.status().group == group)
    }
  }
}
