import Files
import Foundation
import Glibc
import Spool
import Synchronization
import Testing

/// Events that are lost, and watches that are not to be had.
@Suite struct WatchingTests {
  private func configuration(_ yard: Yard) -> SpoolConfiguration {
    yard.configuration {
      $0.mode = .auto
      $0.pairingSeconds = 1
    }
  }

  @Test func withoutWatchesLeftTheInboxIsPolledAndThatIsSaidOnce() throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .watch && path.hasSuffix("/inbox") ? .fail(ENOSPC) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(yard))
      yard.run(loop, seconds: 60)
      try yard.drop("apple.jpg")
      yard.run(loop, seconds: 6)
      #expect(loop.takeJob()?.name == "apple")
    }
    #expect(yard.messages.filter { $0.contains("fs.inotify.max_user_watches") }.count == 1)
  }

  @Test func withoutInotifyAllInboxesArePolled() throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .watch && path == "inotify" ? .fail(EMFILE) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(yard))
      try yard.drop("apple.jpg")
      yard.run(loop, seconds: 6)
      #expect(loop.takeJob()?.name == "apple")
    }
    #expect(yard.messages.filter { $0.contains("fs.inotify.max_user_instances") }.count == 1)
  }

  @Test func aQueueOverflowIsMadeGoodByAScan() throws {
    let yard = try Yard()
    let loop = try yard.loop(configuration(yard))
    _ = loop.advance()
    let limit = try String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
    let events = try #require(Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)))
    guard events <= 50_000 else {
      print("skipped: fs.inotify.max_queued_events is \(events), too many to overflow in a test")
      return
    }
    // Each ignored file is three events; the image at the end is told by none.
    for index in 0..<(events / 2) { close(open(yard.inbox + "/.\(index)", O_CREAT | O_WRONLY, 0o600)) }
    try yard.drop("apple.jpg")
    yard.run(loop, seconds: 3)
    #expect(yard.messages.filter { $0.contains("too many events") }.count == 1)
    #expect(loop.takeJob()?.name == "apple")
  }

  @Test func anInboxThatIsMountedOverIsTakenUp() throws {
    guard Yard.canSplit else { return }
    let yard = try Yard()
    let loop = try yard.loop(configuration(yard))
    _ = loop.advance()
    #expect(mount("tmpfs", yard.inbox, "tmpfs", 0, nil) == 0)
    defer { umount2(yard.inbox, Int32(MNT_DETACH)) }
    try yard.drop("apple.jpg", "on the other file system")
    yard.run(loop, seconds: 36)
    let job = try #require(loop.takeJob())
    #expect(try job.contents(of: "apple.jpg").bytes == Array("on the other file system".utf8))
    job.publish()
    #expect(try yard.tree(yard.outbox)["apple/apple.jpg"] == "on the other file system")
    #expect(yard.messages.filter { $0.contains("watch lost") }.count == 1)
  }

  @Test func aFileThatMayNotBeReadIsSaidOnceAndTakenWhenItMay() throws {
    let yard = try Yard()
    let isForbidden = Mutex(true)
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .open && path.hasSuffix("apple.jpg") && isForbidden.withLock { $0 } ? .fail(EACCES) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(yard))
      try yard.drop("apple.jpg")
      #expect(chmod(yard.inbox + "/apple.jpg", 0o600) == 0)
      yard.run(loop, seconds: 120)
      #expect(loop.takeJob() == nil)
      #expect(yard.messages.filter { $0.contains("apple.jpg: cannot be read by the service (mode 0600, owner uid") }.count == 1)
      isForbidden.withLock { $0 = false }
      #expect(chmod(yard.inbox + "/apple.jpg", 0o640) == 0)
      yard.run(loop, seconds: 3)
      #expect(loop.takeJob()?.name == "apple")
    }
  }

  @Test func aThousandDropsOfWhichAFifthIsBadAreAllAnswered() throws {
    let yard = try Yard()
    var configuration = configuration(yard)
    configuration.watches[0].settleMilliseconds = 10
    let loop = try yard.loop(configuration)
    let count = 1000
    for index in 0..<count { try yard.drop("a\(index).jpg", index.isMultiple(of: 5) ? "bad" : "good") }
    var answered = 0
    while answered < count, yard.clock.now < .seconds(600) {
      yard.run(loop, seconds: 0.2)
      while let job = loop.takeJob() {
        if try job.contents(of: job.name + ".jpg").bytes == Array("bad".utf8) { job.fail("bad") } else { job.publish() }
        answered += 1
      }
    }
    let outbox = try Folder(path: Name(yard.outbox))
    #expect(try outbox.names().count == count * 4 / 5 + 1)
    #expect(try outbox.folder("failed").names().count == count / 5)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }
}
