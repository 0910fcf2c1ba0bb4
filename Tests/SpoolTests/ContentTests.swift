import Files
import Foundation
import Spool
import Testing

/// What a file is, its first bytes say, whatever its name.
@Suite struct ContentTests {
  private func yard() throws -> (Yard, SpoolConfiguration) {
    let yard = try Yard()
    var configuration = yard.configuration()
    configuration.content = { opening in
      let text = String(decoding: opening, as: UTF8.self)
      return text.hasPrefix("picture") ? .subject : text.hasPrefix("GIF") ? .unread("is a GIF image; save it as PNG") : nil
    }
    return (yard, configuration)
  }

  @Test(arguments: ["a.jfif", "b.jpe", "c.JFIF", "d.dat", "e", "f.gif"])
  func aPictureUnderAnotherEndingIsAJob(name: String) throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    try yard.drop(name)
    yard.run(loop, seconds: 12)
    let job = try #require(loop.takeJob())
    #expect(try job.source.files().map(\.name) == [Name(name)])
  }

  @Test func itsSidecarIsFoundLikeAnyOther() throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    try yard.drop("d.dat.yaml", "x")
    try yard.drop("d.dat")
    yard.run(loop, seconds: 3)
    let job = try #require(loop.takeJob())
    #expect(try job.source.files().map(\.role) == [.image, .sidecar])
    #expect(job.name == "d")
  }

  @Test func aFormatThatIsNotReadIsSaidAtOnceAndShown() throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    try yard.drop("d.gif", "GIF")
    try yard.drop("notes.txt", "notes")
    yard.run(loop, seconds: 3)
    #expect(yard.messages.filter { $0.contains("name=d.gif ") && $0.hasSuffix("reason=\"left alone: is a GIF image; save it as PNG\"") }.count == 1)
    #expect(try SpoolStatus.read(state: yard.state).held.map(\.name) == ["d.gif"])
    yard.run(loop, seconds: 30)
    #expect(yard.messages.filter { $0.contains("d.gif") }.count == 1 && loop.takeJob() == nil)
    // Replaced by what is read, under the old name.
    try yard.drop("d.gif", "picture")
    yard.run(loop, seconds: 45)
    #expect(loop.takeJob()?.name == "d")
    #expect(try SpoolStatus.read(state: yard.state).held.map(\.name) == ["notes.txt"])
  }

  @Test(arguments: ["d.gif.yaml", "d.yaml"], [true, false])
  func aSidecarBesideAFormatThatIsNotReadSaysWhichAndWhatToDo(_ sidecar: String, _ isFirst: Bool) throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    if isFirst { try yard.drop(sidecar, "steps") } else { try yard.drop("d.gif", "GIF") }
    yard.run(loop, seconds: 30)
    if isFirst { try yard.drop("d.gif", "GIF") } else { try yard.drop(sidecar, "steps") }
    yard.run(loop, seconds: 45)
    let held = try SpoolStatus.read(state: yard.state).held
    #expect(held.map(\.name) == ["d.gif", Name(sidecar)])
    #expect(held.last?.reason == "d.gif is a GIF image; save it as PNG")
    yard.run(loop, seconds: 700)
    let folder = Name(sidecar).stemAndExtension.stem
    #expect(try yard.tree(yard.outbox)["failed/\(folder)/error.txt"] == "\(sidecar): d.gif is a GIF image; save it as PNG\n")
    #expect(try yard.tree(yard.inbox) == ["d.gif": "GIF"])
  }

  @Test func aSidecarBesideAFormatThatIsNotReadGoesWithWhatItIsSavedAs() throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    try yard.drop("d.gif", "GIF")
    try yard.drop("d.yaml", "steps")
    yard.run(loop, seconds: 30)
    try yard.drop("d.png")
    yard.run(loop, seconds: 10)
    #expect(try #require(loop.takeJob()).source.files().map(\.name) == ["d.png", "d.yaml"])
  }

  @Test func aFileThatBeginsEmptyIsLookedIntoAgain() throws {
    let (yard, configuration) = try yard()
    let loop = try yard.loop(configuration)
    try yard.drop("d.dat", "")
    yard.run(loop, seconds: 15)
    try yard.drop("d.dat", "picture")
    yard.run(loop, seconds: 45)
    #expect(loop.takeJob()?.name == "d")
  }
}
