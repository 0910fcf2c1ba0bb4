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
    #expect(yard.messages.filter { $0.hasPrefix("queue overflow ") }.count == 1)
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
    #expect(try job.source.contents(of: "apple.jpg").bytes == Array("on the other file system".utf8))
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
      #expect(yard.messages.filter { $0.contains("name=apple.jpg ") && $0.contains("cannot be read by the service (mode 0600, uid") }.count == 1)
      isForbidden.withLock { $0 = false }
      #expect(chmod(yard.inbox + "/apple.jpg", 0o640) == 0)
      yard.run(loop, seconds: 3)
      #expect(loop.takeJob()?.name == "apple")
    }
  }

  /// What helps a file of another group is another group, not a mode.
  @Test(arguments: [(false, "; chmod g+r, or copy"), (true, "; chgrp \(getegid()) and chmod g+r, or copy")])
  func theRemedyForAnUnreadableFileFitsItsGroup(_ isForeign: Bool, _ remedy: String) throws {
    let yard = try Yard()
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .open && path.hasSuffix("apple.jpg") ? .fail(EACCES) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(yard))
      try yard.drop("apple.jpg")
      if isForeign, chown(yard.inbox + "/apple.jpg", uid_t.max, 54_321) != 0 {
        print("skipped: only root may give files to other groups")
        return
      }
      yard.run(loop, seconds: 3)
      #expect(yard.messages.contains { $0.contains(remedy) }, "\(yard.messages)")
    }
  }

  /// By the numbers of linux/magic.h.
  @Test(arguments: [
    (0x6969, "nfs"), (0xFF53_4D42, "cifs"), (0xFE53_4D42, "smb2"), (0x517B, "smb"), (0x0102_1997, "9p"),
    (0x6573_5546, "fuse"), (0x5346_414F, "afs"), (0x00C3_6400, "ceph"), (0x7375_7245, "coda"),
    (0xEF53, nil), (0x0102_1994, nil), (0x9123_683E, nil), (0x5846_5342, nil), (0x794C_7630, nil),
  ])
  func fileSystemsOfOtherMachinesArePolled(_ magic: Int64, _ name: String?) {
    #expect(NetworkFileSystems.name(ofType: magic) == name)
  }

  /// A sticky inbox, for instance: tried again as soon as a scan would, said once, and nothing is lost.
  @Test func aDropThatMayNotBeMovedIsTakenSoonAfterItMay() throws {
    let yard = try Yard()
    let isForbidden = Mutex(true)
    let injector = FaultInjector(recordsCalls: false) { _, call, path in
      call == .rename && path.contains("/inbox/apple.jpg → ") && isForbidden.withLock { $0 } ? .fail(EPERM) : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let loop = try yard.loop(configuration(yard))
      try yard.drop("apple.jpg")
      yard.run(loop, seconds: 2000)
      #expect(loop.takeJob() == nil)
      #expect(yard.messages.filter { $0.contains("no sticky bit") }.count == 1)
      isForbidden.withLock { $0 = false }
      yard.run(loop, seconds: 31)
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
        if try job.source.contents(of: job.name + ".jpg").bytes == Array("bad".utf8) { job.fail("bad") } else { job.publish() }
        answered += 1
      }
    }
    let outbox = try Folder(path: Name(yard.outbox))
    #expect(try outbox.names().count == count * 4 / 5 + 1)
    #expect(try outbox.folder("failed").names().count == count / 5)
    #expect(try yard.tree(yard.inbox).isEmpty)
  }
}
