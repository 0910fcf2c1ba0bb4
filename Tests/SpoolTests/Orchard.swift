import Files
import Foundation
import Spool
import Testing

/// One drop of each kind, a worker for them, and the one function that knows what may never be lost.
struct Orchard {
  /// One drop of each kind: path in the inbox → content. Every content is unlike the others.
  static let all = Orchard(drops: [
    "apple.jpg": "pixels of apple", "apple.jpg.yaml": "steps of apple",
    "cherry.jpg": "pixels of cherry",
    "bad.jpg": "pixels of bad", "bad.yaml": "broken",
    "pair.jpg": "pixels of pair", "pair.yaml": "with tomato.jpg", "tomato.jpg": "pixels of tomato",
    "basket/job.yaml": "with one.jpg\nwith two.jpg", "basket/one.jpg": "pixels of one", "basket/two.jpg": "pixels of two",
  ], jobs: ["apple", "cherry", "bad", "pair", "basket"])

  /// A job folder and a pair.
  static let folders = Orchard(drops: [
    "apple.jpg": "pixels of apple", "apple.jpg.yaml": "steps of apple",
    "basket/job.yaml": "with one.jpg\nwith two.jpg", "basket/one.jpg": "pixels of one", "basket/two.jpg": "pixels of two",
  ], jobs: ["apple", "basket"])

  /// A job folder.
  static let basket = Orchard(drops: [
    "basket/job.yaml": "with one.jpg\nwith two.jpg", "basket/one.jpg": "pixels of one", "basket/two.jpg": "pixels of two",
  ], jobs: ["basket"])

  /// A success and a failure.
  static let small = Orchard(drops: [
    "apple.jpg": "pixels of apple", "apple.jpg.yaml": "steps of apple",
    "bad.jpg": "pixels of bad", "bad.yaml": "broken",
  ], jobs: ["apple", "bad"])

  /// A picture that seems cut short and goes back to the inbox once.
  static let cut = Orchard(drops: ["cut.jpg": "pixels of cut", "cut.jpg.yaml": "steps of cut"], jobs: ["cut"])

  let drops: [String: String]
  let jobs: [String]
  /// Who does its jobs, in folders of their own; nil: they are done where they are claimed.
  var elsewhere: Elsewhere?

  init(drops: [String: String], jobs: [String]) {
    self.drops = drops
    self.jobs = jobs
  }

  /// The same drops, worked on elsewhere.
  func workedOnElsewhere(behind worker: (@Sendable () -> FaultInjector)? = nil) -> Orchard {
    var orchard = self
    orchard.elsewhere = Elsewhere(worker: worker)
    return orchard
  }

  func configuration(_ yard: Yard) -> SpoolConfiguration {
    yard.configuration {
      $0.settleMilliseconds = 100
      $0.pairingSeconds = 0.3
      $0.orphanSeconds = 5
      $0.incompleteSeconds = 1
    }
  }

  func fill(_ yard: Yard) throws {
    for (path, content) in drops {
      let folder = path.split(separator: "/").dropLast().joined()
      if !folder.isEmpty {
        try FileManager.default.createDirectory(atPath: yard.inbox + "/" + folder, withIntermediateDirectories: true)
      }
      try yard.drop(path, content)
    }
  }

  /// Runs a spool and works on what it gives, until nothing is left or the time is up.
  func work(_ yard: Yard, _ loop: SpoolLoop, seconds: Double) {
    let end = yard.clock.now + .seconds(seconds)
    while yard.clock.now < end {
      let next = loop.advance()
      while let job = loop.takeJob(begins: elsewhere == nil) {
        if let elsewhere { elsewhere.work(on: job) } else { work(job) }
      }
      if isDone(yard) { return }
      yard.clock.now = min(end, max(next, yard.clock.now + .milliseconds(20)))
    }
  }

  private func work(_ job: ClaimedJob) {
    do throws(FileError) {
      let sidecar = try job.source.sidecar()
      if sidecar?.contents.bytes == Array("broken".utf8) {
        job.fail("bad.yaml:1:1: not understood")
        return
      }
      if job.name == "cut", job.settleAgain("cut.jpg: cut short") { return }
      for file in try job.source.files() where file.role != .sidecar { _ = try job.source.contents(of: file.name) }
      // A quick job ends before its first one.
      if job.name != "apple" { try job.saveCheckpoint(Array("half of \(job.name)".utf8)) }
      let output = try job.outputFolder()
      let frames = try output.makeFolder("frames")
      try frames.write("00.png", Array("frame of \(job.name)".utf8), durability: .none)
      try output.write("result.json", Array("result of \(job.name)".utf8), durability: .none)
      job.publish()
    } catch {
      if error.kind == .retry { job.retryLater(error.message) } else { job.fail(error.message) }
    }
  }

  /// Outside of any injector: what the disk says.
  private func isDone(_ yard: Yard) -> Bool {
    FaultInjector.$current.withValue(nil) {
      guard let state = try? Folder(path: Name(yard.state)), let inbox = try? Folder(path: Name(yard.inbox)) else { return false }
      let names = (try? state.names()) ?? [""]
      return (try? inbox.names().isEmpty) == true && names.allSatisfy { !JobIdentifier.isValid($0) }
    }
  }

  /// The invariant, at any instant: every dropped content is somewhere, and nothing half-done can be seen.
  func expectNothingLost(_ yard: Yard, _ when: String) throws {
    let everything = try yard.tree(yard.path)
    for (path, content) in drops {
      let places = everything.filter { $0.value == content }.keys
      #expect(!places.isEmpty, "\(when): \(path) is lost")
    }
    try expectVisibleResultsAreWhole(yard, when)
  }

  private func expectVisibleResultsAreWhole(_ yard: Yard, _ when: String) throws {
    let outbox = try yard.tree(yard.outbox).filter { !$0.key.hasPrefix(".idinvert-") }
    let folders = Set(outbox.keys.map { path in
      path.split(separator: "/").prefix(path.hasPrefix("failed/") ? 2 : 1).joined(separator: "/")
    })
    for folder in folders {
      let name = folder.split(separator: "/").last.map(String.init) ?? ""
      if folder.hasPrefix("failed/") {
        #expect(outbox[folder + "/error.txt"] != nil, "\(when): \(folder) has no reason")
      } else {
        #expect(outbox[folder + "/result.json"] == "result of \(name)", "\(when): \(folder) is not whole")
        #expect(outbox[folder + "/frames/00.png"] == "frame of \(name)", "\(when): \(folder) is not whole")
      }
      #expect(outbox[folder + "/.job.json"] != nil, "\(when): \(folder) has no marker")
    }
  }

  /// The invariant at the end: one answer for each drop, with its originals; nothing anywhere else.
  func expectEachAnsweredOnce(_ yard: Yard, _ when: String) throws {
    try expectVisibleResultsAreWhole(yard, when)
    let outbox = try yard.tree(yard.outbox)
    for (path, content) in drops {
      #expect(outbox.filter { $0.value == content }.count == 1, "\(when): \(path) is not in the outbox once: \(outbox.keys.sorted())")
    }
    for job in jobs {
      let answers = outbox.keys.filter { path in
        path == "\(job)/.job.json" || path == "failed/\(job)/.job.json" || path.hasPrefix("\(job)-")
          || path.hasPrefix("failed/\(job)-")
      }
      #expect(answers.count == 1, "\(when): \(job) has \(answers.sorted())")
    }
    let inbox = try yard.tree(yard.inbox).keys.sorted()
    #expect(inbox.isEmpty, "\(when): left in the inbox: \(inbox)")
    let left = try yard.tree(yard.state).keys.filter { !["lock", "status.json"].contains($0) }
    #expect(left.isEmpty, "\(when): left in the state folder: \(left.sorted())")
    #expect(outbox.keys.allSatisfy { !$0.hasPrefix(".idinvert") }, "\(when): hidden leftovers in the outbox")
  }
}
