import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// What waits, how long, and how it is shown.
@Suite struct WaitingTests {
  @Test func everythingThatIsHeldIsInTheStatus() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration {
      $0.pairingSeconds = 2
      $0.orphanSeconds = 8
    })
    #expect(mkdir(yard.inbox + "/DCIM", 0o755) == 0)
    try yard.drop("DCIM/IMG_0001.JPG")
    #expect(symlink("DCIM/IMG_0001.JPG", yard.inbox + "/link.jpg") == 0)
    #expect(mkfifo(yard.inbox + "/pipe.jpg", 0o666) == 0)
    try yard.drop("x.xcf")
    try yard.drop("lone.yaml", "steps")
    try yard.drop("empty.jpg", "")
    yard.run(loop, seconds: 5)
    func held() throws -> [String] { try SpoolStatus.read(state: yard.state).held.map(\.name.description) }
    #expect(try held() == ["DCIM", "empty.jpg", "link.jpg", "lone.yaml", "pipe.jpg", "x.xcf"])
    #expect(try SpoolStatus.read(state: yard.state).heldInAll == 6)
    yard.run(loop, seconds: 7)
    #expect(try held() == ["DCIM", "empty.jpg", "link.jpg", "pipe.jpg", "x.xcf"], "the sidecar has failed")
    #expect(yard.messages.filter { $0.hasPrefix("file held name=DCIM ") }.count == 1)
    for name in ["link.jpg", "pipe.jpg", "x.xcf"] { #expect(unlink(yard.inbox + "/" + name) == 0) }
    yard.run(loop, seconds: 31)
    #expect(try held() == ["DCIM", "empty.jpg"])
  }

  @Test func whatIsSaidAgainIsShownAgain() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.pairingSeconds = 1 })
    try yard.drop("a.jpg")
    for text in ["with tomatoes.jpg", "with tomatoes.jpg\n"] {
      try yard.drop("a.yaml", text)
      yard.run(loop, seconds: 5)
      #expect(try SpoolStatus.read(state: yard.state).held.map(\.name) == ["a.yaml"])
    }
    #expect(yard.messages.filter { $0.contains("waits for tomatoes.jpg") }.count == 1)
  }

  @Test func moreThanTheStatusShowsIsCounted() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    for index in 0..<50 { try yard.drop("note\(index).doc") }
    yard.run(loop, seconds: 13)
    let status = try SpoolStatus.read(state: yard.state)
    #expect(status.held.count == SpoolStatus.heldAtMost && status.heldInAll == 50)
  }

  /// A piece each 10 s, of a file that is waited for 15 s: it is one job at the end.
  @Test(arguments: [false, true])
  func anUploadInPiecesIsWaitedForAsLongAsItGrows(_ isReserved: Bool) throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration {
      $0.pairingSeconds = 1
      $0.incompleteSeconds = 15
    })
    let whole = "the whole picture", size = whole.utf8.count
    var jobs = 0
    for count in 1...size {
      // In space that was reserved the size stays the same.
      let zeros = isReserved ? String(repeating: "\0", count: size - count) : ""
      try yard.drop("slow.jpg", String(whole.prefix(count)) + zeros)
      // Its own clock moves on by hand, that of the files does not.
      var times = [timespec(tv_sec: 1_795_000_000 + count, tv_nsec: 0), timespec(tv_sec: 1_795_000_000 + count, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, yard.inbox + "/slow.jpg", &times, 0) == 0)
      yard.run(loop, seconds: 10)
      while let job = loop.takeJob() {
        jobs += 1
        if count < size { #expect(job.settleAgain("slow.jpg: ends too early"), "piece \(count)") } else { job.publish() }
        _ = loop.advance()
      }
    }
    #expect(jobs >= size)
    #expect(try yard.tree(yard.outbox)["slow/slow.jpg"] == whole)
    #expect(try yard.tree(yard.outbox + "/failed").isEmpty)
  }

  @Test func anUploadThatStopsFailsAfterItsTimeSinceTheLastPiece() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration {
      $0.pairingSeconds = 1
      $0.incompleteSeconds = 15
    })
    for piece in ["a", "ab"] {
      try yard.drop("slow.jpg", piece)
      yard.run(loop, seconds: 10)
      #expect(try #require(loop.takeJob()).settleAgain("slow.jpg: ends too early"))
    }
    yard.run(loop, seconds: 3)
    #expect(loop.takeJob() == nil)
    #expect(try SpoolStatus.read(state: yard.state).held.map(\.reason) == ["ends too early; waits for the rest"])
    yard.run(loop, seconds: 20)
    #expect(try !#require(loop.takeJob()).settleAgain("slow.jpg: ends too early"))
  }

  /// It is the style that is cut short, and it that is waited for.
  @Test func aStyleThatIsCutShortIsNamedAndAwaited() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.incompleteSeconds = 600 })
    try yard.drop("good.jpg", "pixels")
    try yard.drop("style.jpg", "half")
    try yard.drop("good.jpg.yaml", "with style.jpg")
    yard.run(loop, seconds: 4)
    #expect(try #require(loop.takeJob()).settleAgain("style.jpg: ends too early"))
    yard.run(loop, seconds: 4)
    #expect(loop.takeJob() == nil)
    let held = try SpoolStatus.read(state: yard.state).held
    #expect(held.map(\.name) == ["style.jpg"] && held.map(\.reason) == ["ends too early; waits for the rest"])
    try yard.drop("style.jpg", "half and the rest")
    yard.run(loop, seconds: 10)
    #expect(loop.takeJob()?.name == "good")
  }

  @Test func aJobFolderWithAPictureThatIsCutShortWaitsForTheRest() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.incompleteSeconds = 600 })
    try yard.dropFolder("basket", ["job.yaml": "images: [a.jpg]", "a.jpg": "half"])
    yard.run(loop, seconds: 16)
    #expect(try #require(loop.takeJob()).settleAgain("a.jpg: ends too early"))
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    #expect(try SpoolStatus.read(state: yard.state).held.map(\.reason) == ["a picture in it ends too early; waits for the rest"])
    try yard.drop("basket/a.jpg", "half and the rest")
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob()?.name == "basket")
  }

  @Test func aSidecarOrAJobFileThatIsALinkIsWaitedForAndShown() throws {
    let yard = try Yard()
    let loop = try yard.loop(yard.configuration { $0.pairingSeconds = 1 })
    #expect(symlink("/nowhere", yard.inbox + "/apple.jpg.yaml") == 0)
    try yard.drop("apple.jpg", "pixels")
    try yard.dropFolder("basket", ["a.jpg": "pixels"])
    #expect(symlink("/nowhere", yard.inbox + "/basket/job.yaml") == 0)
    yard.run(loop, seconds: 30)
    #expect(loop.takeJob() == nil)
    let held = try SpoolStatus.read(state: yard.state).held
    let reasons = Dictionary(uniqueKeysWithValues: held.map { ($0.name.description, $0.reason) })
    #expect(reasons["apple.jpg"] == "waits for apple.jpg.yaml to be put right")
    #expect(reasons["basket"] == "its job.yaml is a symbolic link; put the file itself there")
    #expect(unlink(yard.inbox + "/apple.jpg.yaml") == 0 && unlink(yard.inbox + "/basket/job.yaml") == 0)
    try yard.drop("apple.jpg.yaml", "steps")
    try yard.drop("basket/job.yaml", "images: [a.jpg]")
    yard.run(loop, seconds: 60)
    #expect(Set([loop.takeJob()?.name, loop.takeJob()?.name]) == ["apple", "basket"])
  }

  @Test func aTroubleIsToldOnceHoweverManyThereAre() throws {
    let yard = try Yard()
    let isBroken = Mutex(false)
    let injector = FaultInjector(recordsCalls: false) { [inbox = yard.inbox, state = yard.state] _, call, path in
      let isMeant = (call == .open && path.hasSuffix("apple.jpg")) || (call == .list && path == state + "/requests")
        || (call == .makeFolder && path.hasPrefix(state)) || (call == .list && path == inbox)
      return isMeant && isBroken.withLock { $0 } ? .fail(EIO) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(yard.configuration { $0.pairingSeconds = 1 })
      isBroken.withLock { $0 = true }
      try yard.drop("apple.jpg")
      try yard.drop("pear.jpg")
      for _ in 0..<20 {
        loop.isRequestsDirty = true
        yard.run(loop, seconds: 30)
      }
      func troubles() -> [String] { yard.events.compactMap { if case .trouble(let reason) = $0 { reason } else { nil } } }
      #expect(Set(troubles()).count == troubles().count, "\(troubles())")
      #expect(!troubles().isEmpty)
      isBroken.withLock { $0 = false }
      loop.isRequestsDirty = true
      yard.run(loop, seconds: 60)
      #expect(yard.messages.filter { $0 == "trouble over" }.count == 1)
      #expect(try SpoolStatus.read(state: yard.state).trouble == nil)
    }
  }

  @Test(arguments: [EACCES, EPERM, EROFS])
  func aStartWithoutPermissionMayBeTriedAgain(_ number: Int32) throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { [outbox = yard.outbox] _, call, path in
      (call == .makeFolder || call == .open) && path == outbox ? .fail(number) : .proceed
    }
    FaultInjector.$current.withValue(injector) {
      #expect { try yard.loop() } throws: { ($0 as? SpoolError)?.kind == .retry }
    }
  }

  @Test func foldersThatFeedEachOtherAreAMistake() throws {
    let yard = try Yard()
    #expect { try yard.loop(yard.configuration { [inbox = yard.inbox] in $0.outbox = inbox + "/out" }) } throws: {
      ($0 as? SpoolError)?.kind == .stop
    }
  }
}
