import Files
import Foundation
import Glibc
import Spool
import Testing

/// Folders with `train.yaml`: jobs that come after all others.
@Suite struct TrainingFolderTests {
  private func training(_ yard: Yard, _ name: String = "faces") throws {
    for folder in [name, name + "/more"] { #expect(mkdir(yard.inbox + "/" + folder, 0o755) == 0) }
    try yard.drop(name + "/a.jpg")
    try yard.drop(name + "/more/b.jpg")
    try yard.drop(name + "/train.yaml", "resolution: 16")
  }

  @Test func aFolderWithTrainYamlIsATraining() throws {
    let yard = try Yard(), loop = try yard.loop()
    try training(yard)
    yard.run(loop, seconds: 6)
    let job = try #require(loop.takeJob())
    #expect(job.isTraining)
    #expect(try job.source.sidecar()?.name == "train.yaml")
    let (input, state) = try job.workPaths()
    #expect(try Folder(path: input).folder("more").names() == ["b.jpg"])
    #expect(try Folder(path: Name(yard.state)).contains(Name(job.id)))
    #expect(state.description.hasSuffix("/training"))
    #expect(job.publish() == .delivered(Name(yard.outbox + "/faces")))
    #expect(FileManager.default.fileExists(atPath: yard.outbox + "/faces/originals/more/b.jpg"))
  }

  @Test func aTrainingComesAfterWhatIsDroppedLater() throws {
    let yard = try Yard(), loop = try yard.loop()
    try training(yard)
    yard.run(loop, seconds: 6)
    try yard.drop("late.jpg")
    yard.run(loop, seconds: 50)
    let first = try #require(loop.takeJob())
    #expect(first.name == "late")
    #expect(!first.isTraining)
    #expect(try #require(loop.takeJob()).isTraining)
  }

  @Test func waitingTrainingsTakeNoRoomInTheQueue() throws {
    let yard = try Yard(), loop = try yard.loop()
    for index in 0..<8 { try training(yard, "faces\(index)") }
    yard.run(loop, seconds: 6)
    try yard.drop("late.jpg")
    yard.run(loop, seconds: 50)
    #expect(try #require(loop.takeJob()).name == "late")
  }

  /// The top folder's own time does not change when a file in a subfolder grows.
  @Test func aTrainingIsNotSettledWhileItsSubfoldersGrow() throws {
    let yard = try Yard(), loop = try yard.loop()
    try training(yard)
    for round in 0..<8 {
      try yard.drop("faces/more/b.jpg", String(repeating: "x", count: round + 2))
      yard.run(loop, seconds: 0.4)
      #expect(loop.takeJob() == nil)
    }
    yard.run(loop, seconds: 6)
    #expect(try #require(loop.takeJob()).isTraining)
  }

  @Test(arguments: [false, true])
  func aFolderWithBothDescriptionsIsHeld(_ isRecursive: Bool) throws {
    let yard = try Yard(), loop = try yard.loop(yard.configuration { $0.recursive = isRecursive })
    try training(yard)
    try yard.drop("faces/job.yaml", "with a.jpg")
    yard.run(loop, seconds: 8)
    #expect(loop.takeJob() == nil)
    let held = try #require(try SpoolStatus.read(state: yard.state).held.first)
    #expect(held.reason == "job.yaml and train.yaml are both there; a folder is one job: leave one of them")
    #expect(unlink(yard.inbox + "/faces/job.yaml") == 0)
    yard.run(loop, seconds: 8)
    #expect(try #require(loop.takeJob()).isTraining)
  }

  @Test func aWaitingTrainingIsCancelled() throws {
    let yard = try Yard(), loop = try yard.loop()
    try training(yard)
    yard.run(loop, seconds: 6)
    try SpoolRequest(.cancel, job: "faces").submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: 2)
    #expect(loop.takeJob() == nil)
    #expect(FileManager.default.fileExists(atPath: yard.outbox + "/failed/faces/originals/more/b.jpg"))
  }

  /// It is marked as running until a checkpoint says that it came further.
  @Test func aTrainingThatCameFurtherIsNotBlamedForTheEndOfTheProcess() throws {
    let yard = try Yard()
    try training(yard)
    for _ in 0..<14 {
      let loop = try yard.loop()
      yard.run(loop, seconds: 50)
      let job = try #require(loop.takeJob())
      #expect(job.crashes <= 1)
      try job.cameFurther()
    }
  }
}
