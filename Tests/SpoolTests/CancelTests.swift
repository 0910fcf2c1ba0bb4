import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// Every job, in whatever state, can be cancelled, gives its originals back, and is not done after all.
@Suite struct CancelTests {
  private func take(_ yard: Yard, _ loop: SpoolLoop) throws -> ClaimedJob {
    yard.run(loop, seconds: 13)
    return try #require(loop.takeJob())
  }

  private func cancel(_ yard: Yard, _ loop: SpoolLoop, _ name: Name, seconds: Double = 1) throws {
    try SpoolRequest(.cancel, job: name).submit(state: yard.state)
    loop.isRequestsDirty = true
    yard.run(loop, seconds: seconds)
  }

  /// The outbox could not be written until now, once as it is meant to be and once on another file system.
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
      isForbidden.withLock { $0 = false }
      try cancel(yard, loop, "apple")
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

  // MARK: In the inbox

  private func held(_ yard: Yard) throws -> [String: String] {
    let status = try SpoolStatus.read(state: yard.state)
    return Dictionary(uniqueKeysWithValues: status.held.map { ($0.name.description, $0.reason) })
  }

  @Test func whatIsCancelledInItsInboxStaysSoAfterARestartUntilItChanges() throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .rename && path.contains("/inbox/apple.jpg → ") ? .fail(EPERM) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(yard.configuration { $0.pairingSeconds = 1 })
      try yard.drop("apple.jpg", "pixels")
      yard.run(loop, seconds: 4)
      try cancel(yard, loop, "apple", seconds: 60)
      loop.stop()
    }
    // Now it could be taken out.
    let loop = try yard.loop()
    yard.run(loop, seconds: 120)
    #expect(loop.takeJob() == nil)
    #expect(try held(yard)["apple.jpg"]?.hasPrefix("cancelled; it cannot be taken out of the inbox") == true)
    try yard.drop("apple.jpg", "other pixels")
    #expect(try take(yard, loop).name == "apple")
    #expect(try yard.tree(yard.state).keys.allSatisfy { $0 != "cancelled.json" })
  }

  /// Corrected while the service runs, or while it does not; written over, or replaced.
  @Test(arguments: [false, true], [false, true])
  func aSidecarThatIsCorrectedHasItsCancelledPictureDone(_ isRestarted: Bool, _ isReplaced: Bool) throws {
    let yard = try Yard()
    let isForbidden = Mutex(true)
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .rename && path.contains("/inbox/apple.jpg → ") && isForbidden.withLock { $0 } ? .fail(EPERM) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      var loop: SpoolLoop? = try yard.loop()
      try yard.drop("apple.jpg", "pixels")
      try yard.drop("apple.yaml", "steps")
      yard.run(try #require(loop), seconds: 4)
      try cancel(yard, try #require(loop), "apple", seconds: 60)
      #expect(try held(yard).keys.sorted() == ["apple.jpg", "apple.yaml"])
      isForbidden.withLock { $0 = false }
      if isRestarted {
        loop?.stop()
        loop = nil
      }
      if isReplaced {
        #expect(unlink(yard.inbox + "/apple.yaml") == 0)
        if let loop { yard.run(loop, seconds: 30) }
        #expect(loop?.takeJob() == nil)
      }
      try yard.drop("apple.yaml", "other steps")
      let last = try loop ?? yard.loop()
      yard.run(last, seconds: 45)
      let job = try #require(last.takeJob())
      #expect(try job.source.files().map(\.name) == ["apple.jpg", "apple.yaml"])
      #expect(try job.source.sidecar()?.contents.bytes == Array("other steps".utf8))
    }
  }

  enum Moment: CaseIterable { case waiting, running, delayed, delayedElsewhere }

  /// The outbox may be read and not written, or not even be entered.
  @Test(arguments: Moment.allCases, [false, true])
  func whereTheOutboxCannotBeWrittenTheOriginalsAreInTheInboxAgain(_ moment: Moment, _ isShut: Bool) throws {
    if moment == .delayedElsewhere, !Yard.canSplit { return }
    let yard = try Yard(isSplit: moment == .delayedElsewhere)
    let isForbidden = Mutex(false)
    let injector = FaultInjector(recordsCalls: false) { [outbox = yard.outbox] _, call, path in
      let isMeant =
        isShut
        ? path.contains(outbox)
        : [.rename, .makeFolder].contains(call) && (path.contains(" → \(outbox)") || path.hasPrefix(outbox))
      return isMeant && isForbidden.withLock { $0 } ? .fail(EACCES) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      do {
        let loop = try yard.loop()
        isForbidden.withLock { $0 = true }
        try yard.drop("apple.jpg", "pixels")
        try yard.drop("apple.yaml", "steps")
        yard.run(loop, seconds: 4)
        let job = moment == .waiting ? nil : loop.takeJob()
        #expect((job == nil) == (moment == .waiting))
        if moment != .running { job?.publish() }
        try cancel(yard, loop, "apple", seconds: 2)
        if moment == .running {
          #expect(job?.isCancelled == true)
          job?.fail("cancelled")
        }
        yard.run(loop, seconds: 60)
        #expect(try yard.tree(yard.inbox) == ["apple.jpg": "pixels", "apple.yaml": "steps"])
        let found = try held(yard)
        #expect(found["apple.jpg"]?.hasPrefix("cancelled; its outbox cannot be written (") == true, "\(found)")
        #expect(try SpoolStatus.read(state: yard.state).delayed.isEmpty)
        loop.stop()
      }
      isForbidden.withLock { $0 = false }
      let loop = try yard.loop()
      yard.run(loop, seconds: 60)
      #expect(loop.takeJob() == nil)
      #expect(try yard.tree(yard.outbox).isEmpty)
    }
  }
}
