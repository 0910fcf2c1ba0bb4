import Files
import Foundation
import Glibc
import Spool
import Testing

/// What is particular to shares, beside the matrices of `FaultTests` and `PowerLossTests`.
@Suite struct ShareTests {
  @Test func whatAFileSystemLacksIsToldOnceForEach() throws {
    let yard = try Yard()
    let orchard = Orchard.all
    try orchard.fill(yard)
    let injector = FaultInjector(recordsCalls: false, lacking: Set(Capability.allCases)) { _, _, _ in .proceed }
    run(yard, orchard, injector, seconds: 60)
    try orchard.expectEachAnsweredOnce(yard, "on a plain file system")
    let told = yard.messages.filter { $0.hasPrefix("file system limited ") }
    #expect(told.filter { $0.contains("cannot rename without replacing") }.count == 1)
    #expect(told.filter { $0.contains("cannot put a folder's names on disk") }.count == 1)
    #expect(Set(told).count == told.count)
  }

  @Test(arguments: fileSystems)
  func aDoctorsTrialSaysWhatIsMissing(_ lacking: Set<Capability>) throws {
    let yard = try Yard()
    let folder = try Folder(path: Name(yard.inbox))
    let injector = FaultInjector(recordsCalls: false, lacking: lacking) { _, _, _ in .proceed }
    let missing = try FaultInjector.$current.withValue(injector) { try folder.missingCapabilities() }
    #expect(missing == lacking)
    #expect(try folder.names().isEmpty)
  }

  /// The machine or the mount comes back with other device numbers, wherever the process was stopped.
  @Test(arguments: [false, true])
  func deviceNumbersMayChangeWithAStop(_ isSplit: Bool) throws {
    guard !isSplit || Yard.canSplit else { return }
    var last = 1
    while true {
      let yard = try Yard(isSplit: isSplit)
      let orchard = Orchard.folders
      try orchard.fill(yard)
      let (changes, dying) = (Changes(), last)
      let injector = FaultInjector(recordsCalls: false) { _, kind, path in
        changes.count(kind, path) == dying ? .die : .proceed
      }
      run(yard, orchard, injector, seconds: 60)
      if injector.hits == 0 { break }
      try changeDeviceNumbers(yard)
      run(yard, orchard, nil, seconds: 900)
      try orchard.expectEachAnsweredOnce(yard, "mounted anew after change \(last)")
      last += 1
    }
    #expect(last > 60)
  }

  private func changeDeviceNumbers(_ yard: Yard) throws {
    // Stopped early, there is no state folder yet.
    for id in (try? FileManager.default.contentsOfDirectory(atPath: yard.state)) ?? [] {
      let path = yard.state + "/\(id)/job.json"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      let changed = text.replacing(#/"device" : \d+/#, with: "\"device\" : 7")
      try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test func aPictureFromAnAlbumKeepsItsModeAndTimes() throws {
    let yard = try Yard()
    let album = yard.path + "/album.jpg"
    try Data("pixels".utf8).write(to: URL(fileURLWithPath: album))
    #expect(chmod(album, 0o640) == 0)
    #expect(chmod(yard.inbox, 0o755) == 0)
    let time = timespec(tv_sec: 1_700_000_000, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, album, [time, time], 0) == 0)
    let before = try status(album)
    try FileManager.default.createDirectory(atPath: yard.inbox + "/basket", withIntermediateDirectories: false)
    try yard.drop("basket/job.yaml", "with linked.jpg")
    for name in ["linked.jpg", "basket/linked.jpg", "bad.jpg"] { #expect(link(album, yard.inbox + "/" + name) == 0) }
    let loop = try yard.loop()
    #expect(chmod(yard.outbox, 0o755) == 0)
    yard.run(loop, seconds: 30)
    while let job = loop.takeJob() { if job.name == "bad" { job.fail("bad") } else { job.publish() } }
    let after = try status(album)
    #expect(after.mode == before.mode && after.owner == before.owner && after.group == before.group)
    #expect(after.modified == before.modified && after.links == 1)
    for path in ["linked/linked.jpg", "basket/originals/linked.jpg", "failed/bad/bad.jpg"] {
      let original = try status(yard.outbox + "/" + path)
      #expect(original.inode != before.inode && original.links == 1, "\(path)")
      #expect(original.modified == before.modified, "\(path)")
      #expect(original.mode == 0o644, "\(path)")
      #expect(try String(contentsOfFile: yard.outbox + "/" + path, encoding: .utf8) == "pixels")
    }
  }

  private func status(_ path: String) throws -> FileStatus {
    let (folder, name) = (path[..<path.lastIndex(of: "/")!], path.split(separator: "/").last!)
    return try Folder(path: Name(String(folder))).status(of: Name(String(name)))
  }
}
