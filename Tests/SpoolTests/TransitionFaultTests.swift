import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// The ways beside that from inbox to outbox: back to the inbox, away for good, and all of them in subfolders. Each call of
/// theirs fails once, or is the last one before the process dies, or the power.
@Suite struct TransitionFaultTests {
  enum Way: CaseIterable, Sendable {
    case retry, retryOfASubfolder, retryOfAFolder, cancelOfAnAnswer, cancelWithoutOutbox, takeBack, retention
    case failureInASubfolder, takeBackToASubfolder, takeBackOfAFolder, retentionOfASubfolder

    var isRetry: Bool { [.retry, .retryOfASubfolder, .retryOfAFolder].contains(self) }
    var isTakeBack: Bool { [.takeBack, .takeBackToASubfolder, .takeBackOfAFolder].contains(self) }
    var isRetention: Bool { [.retention, .retentionOfASubfolder].contains(self) }
    var isRecursive: Bool {
      [.retryOfASubfolder, .failureInASubfolder, .takeBackToASubfolder, .retentionOfASubfolder].contains(self)
    }

    /// Where it is dropped, below the inbox.
    var folder: String { isRecursive ? "card/deep/" : "" }

    /// What was dropped, path → content.
    var drops: [String: String] {
      switch self {
      case .retryOfAFolder, .takeBackOfAFolder: ["basket/job.yaml": "with one.jpg", "basket/one.jpg": "pixels"]
      case .retention, .retentionOfASubfolder: [folder + "apple.jpg": "pixels"]
      default: [folder + "apple.jpg": "pixels", folder + "apple.yaml": "steps"]
      }
    }
  }

  private func configuration(_ way: Way, _ yard: Yard) -> SpoolConfiguration {
    var configuration = yard.configuration {
      $0.settleMilliseconds = 100
      $0.pairingSeconds = 0.3
      $0.orphanSeconds = 5
      $0.incompleteSeconds = 5
      $0.recursive = way.isRecursive
    }
    if way.isRetention { configuration.retention.keepResults = 1 }
    return configuration
  }

  /// Renames that are not permitted, on top of what the test does: results cannot be delivered where one is to be cancelled,
  /// or nothing can.
  private func action(_ way: Way, _ yard: Yard) -> @Sendable (FileCall, String) -> FaultInjector.Action {
    { [outbox = yard.outbox] call, path in
      switch way {
      case .cancelOfAnAnswer where call == .rename && path.hasSuffix(" → \(outbox)/apple"): .fail(EACCES)
      case .cancelWithoutOutbox where call == .rename && path.contains(" → \(outbox)/"): .fail(EACCES)
      default: .proceed
      }
    }
  }

  /// Everything that comes before, without disturbance.
  private func prepare(_ way: Way, _ yard: Yard) throws {
    let action = action(way, yard)
    try FaultInjector.$current.withValue(FaultInjector(recordsCalls: false) { _, call, path in action(call, path) }) {
      let loop = try yard.loop(configuration(way, yard))
      func drop(_ drops: [String: String]) throws {
        for (path, content) in drops {
          let folder = yard.inbox + "/" + path.split(separator: "/").dropLast().joined(separator: "/")
          try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
          try yard.drop(path, content)
        }
        yard.run(loop, seconds: 3)
      }
      if way.isTakeBack || way == .failureInASubfolder {
        try drop(way.drops)
        return loop.stop()
      }
      if way.isRetention {
        try drop([way.folder + "old.jpg": "old pixels"])
        try #require(loop.takeJob()).publish()
        Thread.sleep(forTimeInterval: 0.02)
      }
      try drop(way.drops)
      let job = try #require(loop.takeJob())
      if way.isRetention || [.cancelOfAnAnswer, .cancelWithoutOutbox].contains(way) {
        try job.outputFolder().write("result.json", Array("result".utf8))
        job.publish()
      } else {
        job.fail("no")
      }
      loop.stop()
      switch way {
      case .retry: try SpoolRequest(.retry, job: "apple").submit(state: yard.state)
      case .retryOfASubfolder: try SpoolRequest(.retry, job: "card/deep/apple").submit(state: yard.state)
      case .retryOfAFolder: try SpoolRequest(.retry, job: "basket").submit(state: yard.state)
      case .cancelOfAnAnswer, .cancelWithoutOutbox: try SpoolRequest(.cancel, job: "apple").submit(state: yard.state)
      default: break
      }
    }
  }

  /// The way itself.
  private func go(_ way: Way, _ yard: Yard, _ injector: FaultInjector) {
    FaultInjector.$current.withValue(injector) {
      guard let loop = try? yard.loop(configuration(way, yard)) else { return }
      yard.run(loop, seconds: 1)
      if way.isTakeBack, let job = loop.takeJob() {
        _ = job.settleAgain(way == .takeBackOfAFolder ? "one.jpg: ends too early" : "apple.jpg: ends too early")
        yard.run(loop, seconds: 1)
      }
      if way == .failureInASubfolder, let job = loop.takeJob() {
        job.fail("no")
        yard.run(loop, seconds: 1)
      }
      loop.stop()
    }
  }

  private func expectNothingLost(_ way: Way, _ yard: Yard, _ when: String) throws {
    let everything = try yard.tree(yard.path)
    for (path, content) in way.drops {
      #expect(everything.contains { $0.value == content }, "\(way), \(when): \(path) is lost")
    }
  }

  /// A failure that a person can see has its reason and its marker.
  private func expectNoHalfFailure(_ way: Way, _ yard: Yard, _ when: String) throws {
    let files = try yard.tree(yard.outbox).keys.filter { $0.hasPrefix("failed/") && !$0.contains("/.removed-") }
    guard !files.isEmpty else { return }
    for name in ["error.txt", ".job.json"] {
      #expect(files.contains { $0.hasSuffix("/" + name) }, "\(way), \(when): \(name) is gone from \(files.sorted())")
    }
  }

  /// A retry that was refused moved nothing.
  private func expectOriginals(_ way: Way, inFailed yard: Yard, _ when: String) throws {
    guard way.isRetry else { return }
    let failed = try yard.tree(yard.outbox + "/failed")
    for (path, content) in way.drops {
      #expect(failed.contains { $0.value == content && !$0.key.hasPrefix(".") }, "\(way), \(when): refused, and \(path) is gone from \(failed.keys.sorted())")
    }
  }

  /// Without disturbance it goes on to the end: each original is in one answer, and nothing is left behind.
  private func expectEnd(_ way: Way, _ yard: Yard, _ when: String) throws {
    let action = action(way, yard)
    // A ledger's own names of each file are no names that people gave.
    let injector = FaultInjector(recordsCalls: false, hidesLinks: true) { _, call, path in action(call, path) }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(way, yard))
      for _ in 0..<100 {
        yard.run(loop, seconds: 5)
        if way == .cancelWithoutOutbox {
          #expect(loop.takeJob() == nil, "\(when): it is done after all")
          if try yard.tree(yard.inbox) == way.drops { break }
        }
        while let job = loop.takeJob() {
          if way == .failureInASubfolder {
            job.fail("no")
            continue
          }
          try job.outputFolder().write("result.json", Array("result".utf8))
          job.publish()
        }
        let state = try yard.tree(yard.state).keys.filter { !["lock", "status.json"].contains($0) }
        if state.isEmpty, try yard.tree(yard.inbox).isEmpty { break }
      }
      if way.isRetention { yard.run(loop, seconds: 3700) }
      loop.stop()
    }
    let outbox = try yard.tree(yard.outbox)
    if way == .cancelWithoutOutbox {
      #expect(try yard.tree(yard.inbox) == way.drops, "\(when)")
      #expect(outbox.isEmpty, "\(when): \(outbox.keys.sorted())")
      let left = try yard.tree(yard.state).keys.filter { !["lock", "status.json"].contains($0) }
      #expect(left == ["cancelled.json"], "\(when): \(left.sorted())")
      #expect(!yard.events.contains { if case .requestRefused = $0 { true } else { false } }, "\(when): refused")
      return
    }
    for (path, content) in way.drops {
      #expect(outbox.filter { $0.value == content }.count == 1, "\(way), \(when): \(path) is not in the outbox once: \(outbox.keys.sorted())")
    }
    if way == .cancelOfAnAnswer { #expect(outbox["failed/apple/error.txt"] == "cancelled\n", "\(when)") }
    if way == .failureInASubfolder { #expect(outbox["failed/card/deep/apple/error.txt"] == "no\n", "\(when): \(outbox.keys.sorted())") }
    if way.isRetention { #expect(!outbox.values.contains("old pixels"), "\(when): \(outbox.keys.sorted())") }
    if way.isRetry { #expect(outbox.keys.allSatisfy { !$0.hasPrefix("failed/") }, "\(way), \(when): \(outbox.keys.sorted())") }
    #expect(outbox.keys.allSatisfy { !$0.hasPrefix(".") && !$0.contains("/.removed") }, "\(way), \(when): \(outbox.keys.sorted())")
    #expect(try yard.tree(yard.inbox).isEmpty, "\(way), \(when)")
    let left = try yard.tree(yard.state).keys.filter { !["lock", "status.json"].contains($0) }
    #expect(left.isEmpty, "\(way), \(when): \(left.sorted())")
  }

  @Test(arguments: Way.allCases, [fileSystems[0], fileSystems[1]])
  func theProcessMayDieAtEachCall(_ way: Way, _ lacking: Set<Capability>) throws {
    var last = 1
    while true {
      let yard = try Yard()
      try prepare(way, yard)
      let (changes, action, number) = (Changes(), action(way, yard), last)
      let hasDied = Mutex(false)
      go(way, yard, FaultInjector(recordsCalls: false, lacking: lacking) { _, call, path in
        guard changes.count(call, path) == number else { return action(call, path) }
        hasDied.withLock { $0 = true }
        return .die
      })
      if !hasDied.withLock({ $0 }) { break }
      try expectNothingLost(way, yard, "dead at change \(last)")
      if way.isRetry { try expectNoHalfFailure(way, yard, "dead at change \(last)") }
      try expectEnd(way, yard, "dead at change \(last), restarted")
      last += 1
    }
    #expect(last > 10)
  }

  @Test(arguments: Way.allCases)
  func eachCallMayFailOnce(_ way: Way) throws {
    let numbers = [EIO, ENOSPC, EINTR, EACCES]
    var failing = 1
    while true {
      let yard = try Yard()
      try prepare(way, yard)
      let (action, number) = (action(way, yard), failing)
      let hasFailed = Mutex(false)
      go(way, yard, FaultInjector(recordsCalls: false) { count, call, path in
        guard count == number else { return action(call, path) }
        hasFailed.withLock { $0 = true }
        return .fail(numbers[number % numbers.count])
      })
      if !hasFailed.withLock({ $0 }) { break }
      try expectNothingLost(way, yard, "call \(failing) failed")
      // A cancelled job may go either way then: `failed`, or its inbox. A retry may be refused, and is whole in `failed` then.
      let isRefused = yard.events.contains { if case .requestRefused = $0 { true } else { false } }
      if isRefused {
        try expectNoHalfFailure(way, yard, "call \(failing) failed")
        try expectOriginals(way, inFailed: yard, "call \(failing) failed")
      } else if ![.cancelOfAnAnswer, .cancelWithoutOutbox].contains(way) {
        try expectEnd(way, yard, "call \(failing) failed, restarted")
      }
      failing += 1
    }
    #expect(failing > 30)
  }

  @Test(arguments: Way.allCases, Ledger.Survival.allCases)
  func thePowerMayFailAtEachCall(_ way: Way, _ survival: Ledger.Survival) throws {
    var cut = 1
    while true {
      let yard = try Yard()
      try prepare(way, yard)
      let ledger = try Ledger(yard)
      let (changes, action, number) = (Changes(alsoSyncs: true), action(way, yard), cut)
      let hasFailed = Mutex(false)
      go(way, yard, FaultInjector(recordsCalls: false, hidesLinks: true) { _, call, path in
        if changes.count(call, path) == number {
          hasFailed.withLock { $0 = true }
          return .die
        }
        let action = action(call, path)
        if case .proceed = action { ledger.observe(call, path) }
        return action
      })
      if !hasFailed.withLock({ $0 }) { break }
      try ledger.cutPower(survival)
      try expectNothingLost(way, yard, "power cut at change \(cut), \(survival)")
      try expectEnd(way, yard, "power cut at change \(cut), \(survival), restarted")
      cut += 1
    }
    #expect(cut > 10)
  }
}
