import Files
import Foundation
import Spool
import Testing

/// Of a job's attempts only the one on record counts.
@Suite struct AttemptTests {
  private let elsewhere = Elsewhere()

  /// A dropped photograph, claimed; its loop.
  private func claim(_ yard: Yard) throws -> (loop: SpoolLoop, job: ClaimedJob) {
    try yard.drop("apple.jpg", "pixels")
    let loop = try yard.loop(Orchard.small.configuration(yard))
    yard.run(loop, seconds: 2)
    return (loop, try #require(loop.takeJob(begins: false)))
  }

  /// What an earlier process left, claimed anew. Nothing of that process may be held any more: its lock goes with it.
  private func restart(_ yard: Yard) throws -> (loop: SpoolLoop, job: ClaimedJob) {
    let loop = try yard.loop(Orchard.small.configuration(yard))
    yard.run(loop, seconds: 1)
    return (loop, try #require(loop.takeJob(begins: false)))
  }

  @Test func anAnswerIsPublished() throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    elsewhere.work(on: job)
    let outbox = try yard.tree(yard.outbox)
    #expect(outbox["apple/result.json"] == "result of apple")
    #expect(outbox["apple/apple.jpg"] == "pixels")
    #expect(Set(outbox.keys) == ["apple/result.json", "apple/frames/00.png", "apple/apple.jpg", "apple/.job.json"])
  }

  @Test func anAnswerThatIsThereAtTheNextStartIsTaken() throws {
    let yard = try Yard()
    let mark = try {
      let (loop, job) = try claim(yard)
      elsewhere.labor(try elsewhere.begin(job).folder.path)
      loop.stop()
      return job.attempt
    }()
    let (_, again) = try restart(yard)
    #expect(again.attempt == mark && mark != nil)
    #expect(again.crashes == 0, "an end of the daemon is no crash of a job that is worked on elsewhere")
    elsewhere.settle(again, try #require(try again.attemptFolder().answer()))
    #expect(try yard.tree(yard.outbox)["apple/result.json"] == "result of apple")
  }

  @Test func aLateAnswerOfAnEarlierAttemptIsIgnored() throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    let first = try elsewhere.begin(job)
    let task = try first.task()
    let second = try elsewhere.begin(job)
    #expect(second.folder.path != first.folder.path)
    // The one thought dead lives: its folder is away, and what it holds open leads nowhere that is looked at.
    #expect(throws: FileError.self) { try first.task() }
    #expect(throws: FileError.self) { try first.finish(WorkAnswer(job: job.id, attempt: AttemptMark(number: 1), end: .failed)) }
    #expect(try second.answer() == nil)
    #expect(try second.task() != task)
    elsewhere.labor(second.folder.path)
    elsewhere.settle(job, try #require(try second.answer()))
    #expect(try yard.tree(yard.outbox)["apple/result.json"] == "result of apple")
  }

  @Test func anAnswerWithAnotherTokenIsRefused() throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    let folder = try elsewhere.begin(job)
    elsewhere.labor(folder.folder.path)
    var answer = try #require(try folder.answer())
    let number = answer.attempt.number
    for wrong in [AttemptMark(number: number), AttemptMark(number: number + 1, token: answer.attempt.token)] {
      answer.attempt = wrong
      #expect(throws: FileError.self) { try job.accept(answer) }
    }
    #expect(try yard.tree(yard.outbox).isEmpty)
    #expect(try folder.folder.contains("work"), "nothing was moved")
  }

  @Test(arguments: ["changed", "shorter", "missing", "additional", "link"])
  func aResultThatIsNotAsItsAnswerSaysIsRefused(_ damage: String) throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    let folder = try elsewhere.begin(job)
    elsewhere.labor(folder.folder.path)
    let answer = try #require(try folder.answer())
    let work = try folder.result()
    switch damage {
    case "changed": try work.write("result.json", Array("result of aqqle".utf8))
    case "shorter": try work.write("result.json", Array("result".utf8))
    case "missing": try work.remove("result.json")
    case "additional": try work.write("more", [1])
    default:
      try work.remove("result.json")
      try FileManager.default.createSymbolicLink(
        atPath: work.printablePath(of: "result.json"), withDestinationPath: "/etc/passwd")
    }
    #expect(throws: FileError.self) { try job.accept(answer) }
    elsewhere.settle(job, answer)
    #expect(try yard.tree(yard.outbox).isEmpty)
    #expect(yard.messages.contains { $0.hasPrefix("job delayed") && $0.contains("seconds=0 ") }, "\(yard.messages)")
  }

  @Test func anAttemptGoesOnFromTheCheckpointOfTheOneBefore() throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    let first = try elsewhere.begin(job)
    try first.saveCheckpoint(Array("half".utf8))
    let second = try elsewhere.begin(job)
    #expect(second.checkpoint(at: "../..") == Array("half".utf8))
    #expect(try job.loadCheckpoint() == Array("half".utf8))
    // One that came no further leaves it as it is.
    let third = try elsewhere.begin(job)
    #expect(third.checkpoint(at: "../..") == Array("half".utf8))
  }

  @Test func anAttemptIsBegunOnce() throws {
    let yard = try Yard()
    let (_, job) = try claim(yard)
    let folder = try elsewhere.begin(job)
    #expect(try folder.begin("one"))
    #expect(try folder.begin("one"), "the reply was lost, and the call made again")
    #expect(try !folder.begin("two"))
    #expect(try folder.hasBegun())
  }

  @Test func aJobWhoseWorkersEndAgainAndAgainIsGivenUp() throws {
    let yard = try Yard()
    let (loop, first) = try claim(yard)
    var job = first
    for number in 1..<10 {
      _ = try elsewhere.begin(job)
      #expect(job.crashed("its worker was ended by signal 11") == nil, "crash \(number)")
      yard.run(loop, seconds: 400)
      job = try #require(loop.takeJob(begins: false), "crash \(number)")
      #expect(job.crashes == number && job.attempt == nil)
    }
    _ = try elsewhere.begin(job)
    #expect(job.crashed("its worker was ended by signal 11") == 10)
  }

  @Test func aJobThatGetsFurtherIsNotGivenUp() throws {
    let yard = try Yard()
    let (loop, first) = try claim(yard)
    var job = first
    for number in 1...12 {
      try elsewhere.begin(job).saveCheckpoint(Array("step \(number)".utf8))
      #expect(job.crashed("its worker was ended by signal 11") == nil)
      yard.run(loop, seconds: 400)
      job = try #require(loop.takeJob(begins: false))
      #expect(job.crashes == 1)
    }
  }

  @Test func whatTheExecutorNotesIsThereAfterARestart() throws {
    let yard = try Yard()
    try {
      let (loop, job) = try claim(yard)
      _ = try elsewhere.begin(job)
      try job.note(["ticket": "4711"])
      loop.stop()
    }()
    let (_, again) = try restart(yard)
    #expect(again.attemptNotes?.executor == "elsewhere")
    #expect(again.attemptNotes?.notes == ["ticket": "4711"])
  }

  @Test func anAttemptThatIsGivenUpLeavesNothingToPublish() throws {
    let yard = try Yard()
    let answer = try {
      let (loop, job) = try claim(yard)
      elsewhere.labor(try elsewhere.begin(job).folder.path)
      let answer = try #require(try job.attemptFolder().answer())
      try job.accept(answer)
      loop.stop()
      return answer
    }()
    // The process ended here; the next one is configured to do the work itself.
    let (_, again) = try restart(yard)
    try again.giveUpAttempt()
    #expect(try again.outputFolder().names().isEmpty)
    #expect(throws: FileError.self) { try again.accept(answer) }
  }
}
