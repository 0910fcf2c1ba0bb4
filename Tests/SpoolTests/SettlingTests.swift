import Files
import Foundation
import Glibc
import Spool
import Testing

/// The machine alone: no clock, no disk but for one status to begin with.
@Suite struct SettlingTests {
  private let quiet: Duration = .milliseconds(500)

  private func observation(size: Int64, modified: Int64 = 1) throws -> Settling.Observation {
    var status = try Folder(path: "/").status()
    status.size = size
    status.modified = modified
    return Settling.Observation(status)
  }

  private func at(_ milliseconds: Int) -> Duration { .milliseconds(milliseconds) }

  @Test func aFileThatDoesNotChangeSettlesAfterTheQuietPeriod() throws {
    let seen = try observation(size: 1)
    var settling = Settling(seen, at: at(0), quiet: quiet)
    #expect(settling.look(seen, at: at(0)) { false } == .wait(until: at(500)))
    #expect(settling.look(seen, at: at(499)) { false } == .wait(until: at(500)))
    #expect(settling.look(seen, at: at(500)) { false } == .settled)
  }

  @Test(arguments: [(size: Int64(2), modified: Int64(1)), (size: 1, modified: 2), (size: 0, modified: 1)])
  func everyChangeBeginsTheQuietPeriodAnew(_ change: (size: Int64, modified: Int64)) throws {
    var settling = Settling(try observation(size: 1), at: at(0), quiet: quiet)
    let changed = try observation(size: change.size, modified: change.modified)
    #expect(settling.look(changed, at: at(400)) { false } == .wait(until: at(900)))
    #expect(settling.look(changed, at: at(900)) { false } == .settled)
  }

  @Test func anOpenWriterProlongsItWithoutEnd() throws {
    let seen = try observation(size: 1)
    var settling = Settling(seen, at: at(0), quiet: quiet)
    for time in stride(from: 500, to: 3_600_000, by: 50_000) {
      #expect(settling.look(seen, at: at(time)) { true } == .wait(until: at(time + 500)))
    }
    #expect(settling.look(seen, at: at(3_600_000)) { false } == .settled)
  }

  @Test func whoWritesIsAskedOnlyWhenAllElseIsQuiet() throws {
    let seen = try observation(size: 1)
    var settling = Settling(seen, at: at(0), quiet: quiet)
    var questions = 0
    for time in 0..<500 { _ = settling.look(seen, at: at(time)) { () -> Bool? in questions += 1; return false } }
    #expect(questions == 0)
  }

  @Test func aFileSeenBeingCreatedIsWaitedForWhereTheKernelDoesNotSayWhoWrites() throws {
    let seen = try observation(size: 1)
    var created = Settling(seen, at: at(0), quiet: quiet, isUnclosed: true)
    #expect(created.look(seen, at: at(500)) { nil } == .wait(until: at(1000)))
    var closed = created
    closed.closed(at: at(700))
    #expect(closed.look(seen, at: at(1200)) { nil } == .settled)
    #expect(created.look(seen, at: at(30_000)) { nil } == .settled)
    var found = Settling(seen, at: at(0), quiet: quiet)
    #expect(found.look(seen, at: at(500)) { nil } == .settled)
  }
}

/// Which names are looked at, and what is made of them.
@Suite struct NameRulesTests {
  private let rules = NameRules(imageExtensions: ["jpg", "jpeg", "png"])

  @Test(arguments: [
    ".apple.jpg", "._apple.jpg", ".DS_Store", "~$apple.jpg", "apple.jpg~", "apple.jpg.part", "apple.jpg.partial", "apple.jpg.tmp",
    "apple.jpg.crdownload", "apple.jpg.filepart", "Thumbs.db", "desktop.ini", "@eaDir", ".syncthing.apple.jpg.tmp", "APPLE.JPG.TMP",
  ])
  func namesOfOtherProgramsAreIgnored(_ name: String) {
    #expect(rules.classify(Name(name)) == .ignored)
  }

  @Test(arguments: [
    ("apple.jpg", NameClass.image), ("APPLE.JPG", .image), ("a.b.png", .image), ("apple.yaml", .sidecar), ("apple.jpg.YML", .sidecar),
    ("notes.txt", .other), ("jpg", .other), ("-rf", .other),
  ])
  func extensionsTellTheKind(_ name: String, _ kind: NameClass) {
    #expect(rules.classify(Name(name)) == kind)
  }

  @Test(arguments: [
    ("apple.jpg", "apple"), ("apple.jpg.yaml", "apple"), ("apple.yaml", "apple"), ("a.b.png", "a.b"), ("x.y.yml", "x.y"),
  ])
  func theResultHasTheNameWithoutExtension(_ name: String, _ job: String) {
    #expect(rules.jobName(of: Name(name)) == Name(job))
  }
}
