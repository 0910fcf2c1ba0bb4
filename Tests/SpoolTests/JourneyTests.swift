import Files
import Foundation
import Spool
import Testing

@Suite struct JourneyTests {
  @Test func anImageWithItsSidecarIsPublishedWithItsOriginals() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg", "pixels")
    try yard.drop("apple.jpg.yaml", "steps")
    yard.run(loop, seconds: 3)
    let job = try #require(loop.takeJob())
    #expect(job.name == "apple")
    #expect(try job.source.files().map(\.name) == ["apple.jpg", "apple.jpg.yaml"])
    #expect(try job.source.contents(of: "apple.jpg").bytes == Array("pixels".utf8))
    #expect(try job.source.sidecar()?.contents.bytes == Array("steps".utf8))
    try job.outputFolder().write("result.json", Array("{}".utf8))
    #expect(job.publish() == .delivered(Name(yard.outbox + "/apple")))
    _ = loop.advance()
    var tree = try yard.tree(yard.outbox)
    #expect(tree.removeValue(forKey: "apple/.job.json") != nil)
    #expect(tree == ["apple/apple.jpg": "pixels", "apple/apple.jpg.yaml": "steps", "apple/result.json": "{}"])
    #expect(try yard.tree(yard.inbox).isEmpty)
    #expect(try yard.tree(yard.state).keys.sorted() == ["lock", "status.json"])
  }

  @Test(arguments: ["apple.yaml", "apple.yml", "apple.jpg.yml"])
  func aSidecarMayComeFirst(_ sidecar: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop(sidecar, "steps")
    yard.run(loop, seconds: 60)
    #expect(loop.takeJob() == nil)
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar()?.name == Name(sidecar))
  }

  @Test func anImageAloneIsAJobAfterThePairingTime() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 9)
    #expect(loop.takeJob() == nil)
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar() == nil)
    #expect(job.fail("no apple in it") == .delivered(Name(yard.outbox + "/failed/apple")))
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/apple/apple.jpg"] == "picture")
    #expect(tree["failed/apple/error.txt"] == "no apple in it\n")
  }

  @Test func aSidecarWithoutImageFailsWithItsText() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg.yaml", "steps")
    yard.run(loop, seconds: 610)
    #expect(loop.takeJob() == nil)
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/apple/apple.jpg.yaml"] == "steps")
    #expect(tree["failed/apple/error.txt"]?.contains("no image came for it within 600 s") == true)
  }
}
