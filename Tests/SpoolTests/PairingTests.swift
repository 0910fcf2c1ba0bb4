import Files
import Foundation
import Glibc
import Spool
import Testing

/// Which instructions go with which picture, however people and programs name and time them.
@Suite struct PairingTests {
  private static let composed = "caf\u{E9}", decomposed = "cafe\u{301}"

  func yard(_ change: (inout WatchConfiguration) -> Void = { _ in }) throws -> (Yard, SpoolLoop) {
    let yard = try Yard()
    return (yard, try yard.loop(yard.configuration {
      $0.pairingSeconds = 3
      $0.orphanSeconds = 15
      $0.rescanSeconds = 5
      change(&$0)
    }))
  }

  func held(_ yard: Yard) throws -> [String: String] {
    let status = try SpoolStatus.read(state: yard.state)
    return Dictionary(uniqueKeysWithValues: status.held.map { ($0.name.description, $0.reason) })
  }

  @Test(arguments: [
    (composed + ".jpg", decomposed + ".jpg.yaml"), (decomposed + ".jpg", composed + ".yaml"), ("IMG_1.JPG", "img_1.yaml"),
    ("apple.jpg", "apple.jpg.YAML"), ("apple.jpg", "APPLE.JPG.YML"), ("Apple.jpg", "apple.JPG.yaml"),
  ])
  func aSidecarInAnotherSpellingBelongsToItsImage(_ image: String, _ sidecar: String) throws {
    let (yard, loop) = try yard()
    try yard.drop(sidecar, "steps")
    try yard.drop(image)
    yard.run(loop, seconds: 5)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar()?.name == Name(sidecar))
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }

  @Test func theSidecarOfTheExactSpellingIsTakenAndTheOtherOneGoesWithTheOtherImage() throws {
    let (yard, loop) = try yard()
    for name in [Self.composed, Self.decomposed] {
      try yard.drop(name + ".jpg", "picture \(name.unicodeScalars.count)")
      try yard.drop(name + ".jpg.yaml", "steps \(name.unicodeScalars.count)")
    }
    yard.run(loop, seconds: 5)
    for _ in 0..<2 {
      let job = try #require(loop.takeJob())
      let image = try #require(try job.source.files().first { $0.role == .image }).name
      let picture = String(decoding: try job.source.contents(of: image).bytes, as: UTF8.self)
      let steps = String(decoding: try #require(try job.source.sidecar()).contents.bytes, as: UTF8.self)
      #expect(picture.last == steps.last)
    }
  }

  @Test func ofSeveralSpellingsNobodyGuesses() throws {
    let (yard, loop) = try yard()
    try yard.drop("photo.jpg")
    try yard.drop("Photo.yaml", "one")
    try yard.drop("PHOTO.yaml", "other")
    yard.run(loop, seconds: 8)
    #expect(loop.takeJob() == nil)
    #expect(try held(yard) == ["photo.jpg": "could go with PHOTO.yaml or Photo.yaml; rename the right one to photo.jpg.yaml"])
    yard.run(loop, seconds: 20)
    #expect(loop.takeJob() == nil)
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/photo/error.txt"]?.contains("could go with PHOTO.yaml or Photo.yaml") == true)
    #expect(tree["failed/photo/photo.jpg"] == "picture" && tree["failed/photo/Photo.yaml"] == "one")
  }

  @Test func aSidecarForImagesOfSeveralSpellingsIsNotGuessedEither() throws {
    let (yard, loop) = try yard()
    try yard.drop("photo.yaml", "steps")
    try yard.drop("Photo.jpg", "one")
    try yard.drop("PHOTO.jpg", "other")
    yard.run(loop, seconds: 8)
    #expect(loop.takeJob() == nil)
    #expect(try held(yard)["photo.yaml"]?.contains("PHOTO.jpg or Photo.jpg") == true)
  }

  @Test func aSidecarWithoutEndingSpeaksForAllImagesOfItsName() throws {
    let (yard, loop) = try yard()
    try yard.drop("both.yaml", "steps")
    try yard.drop("both.jpg", "jpg")
    try yard.drop("both.png", "png")
    yard.run(loop, seconds: 5)
    var images: [Name] = []
    for _ in 0..<2 {
      let job = try #require(loop.takeJob())
      #expect(try job.source.sidecar()?.contents.bytes == Array("steps".utf8))
      images += try job.source.files().filter { $0.role == .image }.map(\.name)
      job.publish()
    }
    #expect(images.sorted() == ["both.jpg", "both.png"])
    yard.run(loop, seconds: 30)
    #expect(try yard.tree(yard.inbox).isEmpty)
    #expect(loop.takeJob() == nil)
    let tree = try yard.tree(yard.outbox)
    #expect(tree["both/both.yaml"] == "steps" && tree["both-2/both.yaml"] == "steps")
  }

  @Test func anImageThatComesAfterItsSidecarWasUsedIsToldSo() throws {
    let (yard, loop) = try yard()
    try yard.drop("both.yaml", "steps")
    try yard.drop("both.jpg", "jpg")
    yard.run(loop, seconds: 5)
    try #require(loop.takeJob()).publish()
    try yard.drop("both.png", "png")
    yard.run(loop, seconds: 5)
    let job = try #require(loop.takeJob())
    #expect(job.source.description.notes.count == 1 && job.source.description.notes[0].hasPrefix("both.yaml was used for both.jpg at "))
  }

  @Test func aSecondSidecarIsToldWhichOneWasUsed() throws {
    let (yard, loop) = try yard()
    try yard.drop("two.jpg.yaml", "exact")
    try yard.drop("two.yaml", "second")
    try yard.drop("two.jpg")
    yard.run(loop, seconds: 1)
    let job = try #require(loop.takeJob())
    #expect(try job.source.sidecar()?.name == "two.jpg.yaml")
    job.publish()
    yard.run(loop, seconds: 4)
    let reason = try #require(try held(yard)["two.yaml"])
    #expect(reason.hasPrefix("two.jpg was done with two.jpg.yaml at ") && reason.contains(yard.outbox + "/two"))
    yard.run(loop, seconds: 20)
    let tree = try yard.tree(yard.outbox)
    #expect(tree["failed/two/error.txt"]?.contains("two.jpg was done with two.jpg.yaml at ") == true)
    #expect(tree["failed/two/two.yaml"] == "second")
  }

  @Test func aLateSidecarHearsAtOnceWhatBecameOfItsImage() throws {
    let (yard, loop) = try yard()
    try yard.drop("late.jpg")
    yard.run(loop, seconds: 5)
    let job = try #require(loop.takeJob())
    try yard.drop("late.jpg.yaml", "steps")
    yard.run(loop, seconds: 3)
    #expect(try held(yard)["late.jpg.yaml"]?.hasPrefix("late.jpg is being worked on without it since ") == true)
    job.publish()
    yard.run(loop, seconds: 6)
    let reason = try #require(try held(yard)["late.jpg.yaml"])
    #expect(reason.hasPrefix("late.jpg was done without it at ") && reason.contains("(\(yard.outbox)/late); drop both again"))
    // Only the image again: the sidecar still lies there.
    try yard.drop("late.jpg", "again")
    yard.run(loop, seconds: 3)
    #expect(try #require(loop.takeJob()).source.sidecar()?.contents.bytes == Array("steps".utf8))
  }

  @Test func aLateSidecarFailsWithTheTruth() throws {
    let (yard, loop) = try yard()
    try yard.drop("late.jpg")
    yard.run(loop, seconds: 5)
    try #require(loop.takeJob()).publish()
    try yard.drop("late.yaml", "steps")
    yard.run(loop, seconds: 20)
    let reason = try #require(try yard.tree(yard.outbox)["failed/late/error.txt"])
    #expect(reason.contains("late.jpg was done without it at ") && !reason.contains("no image came"))
  }

  /// As by clients that delete first and rename then, and by an editor that saved it under another name before.
  @Test(arguments: ["apple.jpg.yaml", "apple.jpg.yaml.txt", "apple.yaml", "APPLE.YAML"])
  func anImageWaitsForTheSuccessorOfASidecar(_ first: String) throws {
    let (yard, loop) = try yard()
    try yard.drop("apple.jpg")
    try yard.drop(first, "with tomatoes.jpg")
    yard.run(loop, seconds: 6)
    #expect(loop.takeJob() == nil)
    #expect(unlink(yard.inbox + "/" + first) == 0)
    yard.run(loop, seconds: 2.5)
    #expect(loop.takeJob() == nil)
    try yard.drop("apple.jpg.yaml", "corrected")
    yard.run(loop, seconds: 3)
    #expect(try #require(loop.takeJob()).source.sidecar()?.contents.bytes == Array("corrected".utf8))
    #expect(try yard.tree(yard.inbox).isEmpty)
  }

  @Test func aSidecarThatGoesAwayForGoodLeavesItsImageToTheDefaults() throws {
    let (yard, loop) = try yard()
    try yard.drop("apple.jpg")
    try yard.drop("apple.jpg.yaml", "with tomatoes.jpg")
    yard.run(loop, seconds: 6)
    #expect(unlink(yard.inbox + "/apple.jpg.yaml") == 0)
    yard.run(loop, seconds: 6)
    #expect(try #require(loop.takeJob()).source.sidecar() == nil)
  }

  /// It has been ready for a while, but the queue was full.
  @Test func aSidecarThatComesWhileItsImageWaitsForRoomIsUsed() throws {
    let yard = try Yard()
    var configuration = yard.configuration { $0.pairingSeconds = 3 }
    configuration.claimAhead = 1
    let loop = try yard.loop(configuration)
    try yard.drop("a.jpg")
    try yard.drop("b.jpg")
    yard.run(loop, seconds: 5)
    try yard.drop("b.jpg.yaml", "steps")
    yard.run(loop, seconds: 3)
    try #require(loop.takeJob()).publish()
    yard.run(loop, seconds: 3)
    #expect(try #require(loop.takeJob()).source.sidecar()?.contents.bytes == Array("steps".utf8))
  }

  @Test(arguments: [
    ("apple.jpg.yaml.txt", "apple.jpg.yaml"), ("apple.yml.txt", "apple.yml"), ("APPLE.JPG.YAML.TXT", "APPLE.JPG.YAML"),
    ("apple.jpg.yaml.yaml", "apple.jpg.yaml"), ("apple.yaml.text", "apple.yaml"), ("apple.jpg.yaml.yaml.txt", "apple.jpg.yaml"),
  ])
  func aSidecarThatAnEditorSavedAsTextHoldsItsImage(_ name: String, _ meant: String) throws {
    let (yard, loop) = try yard()
    try yard.drop(name, "steps")
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 3)
    #expect(try held(yard)[name] == "looks like a sidecar that an editor saved as text; rename it to \(meant)")
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    #expect(rename(yard.inbox + "/" + name, yard.inbox + "/" + meant) == 0)
    yard.run(loop, seconds: 6)
    #expect(try #require(loop.takeJob()).source.sidecar()?.name == Name(meant))
    #expect(yard.messages.filter { $0.contains("saved as text") }.count == 1)
  }

  @Test func besideAnImageElsewhereTheSameSidecarIsFound() throws {
    let yard = try Yard()
    let rules = NameRules(imageExtensions: ["jpg", "png"])
    func beside(_ image: Name) -> SidecarBeside { SidecarBeside(of: image, in: Name(yard.inbox), rules: rules) }
    try yard.drop("apple.jpg")
    #expect(beside("apple.jpg") == .none)
    try yard.drop("apple.yaml.txt")
    #expect(beside("apple.jpg") == .doubt("apple.yaml.txt looks like its sidecar, saved as text by an editor; rename it to apple.yaml"))
    try yard.drop("apple.yaml")
    #expect(beside("apple.jpg") == .found("apple.yaml", unused: []))
    try yard.drop("APPLE.jpg.yaml")
    #expect(beside("apple.jpg") == .found("apple.yaml", unused: ["APPLE.jpg.yaml"]))
  }
}
