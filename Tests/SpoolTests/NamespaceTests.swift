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

  @Test(arguments: ["originals.jpg", "result.json.jpg", "error.txt.png", "01-reconstruct.png", "snapshots.jpg", "failed.jpg", "Failed.jpg", "index.html.jpg", "Index-3.html.png"])
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
    let tops = tree.keys.compactMap { $0.split(separator: "/").first }.map { Name(String($0)) }
    #expect(tops.allSatisfy { !AnswerNames.isOfOutbox($0) })
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
