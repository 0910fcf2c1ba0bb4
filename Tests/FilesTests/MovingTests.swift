import Files
import Foundation
import Glibc
import Testing

/// What `move` promises, whatever the file system lacks.
@Suite struct MovingTests {
  static let fileSystems: [Set<Capability>] = [
    [], [.exclusiveRename], [.exclusiveRename, .hardLinks], [.exclusiveRename, .hardLinks, .symbolicLinks],
  ]

  private let content = Array("content".utf8)
  private let other = Array("other".utf8)

  private func on<Result>(_ lacking: Set<Capability>, _ body: () throws -> Result) rethrows -> Result {
    let injector = FaultInjector(recordsCalls: false, lacking: lacking) { _, _, _ in .proceed }
    return try FaultInjector.$current.withValue(injector) { try body() }
  }

  @Test(arguments: fileSystems, [false, true])
  func aFileMovesToAFreeNameOnly(_ lacking: Set<Capability>, _ isPrivate: Bool) throws {
    let temporary = try TemporaryFolder()
    let target = try temporary.folder.makeFolder("target")
    try temporary.folder.write("file", content)
    try target.write("taken", other)
    try on(lacking) {
      #expect(throws: (any Error).self) {
        try temporary.folder.move("file", to: target, as: "taken", isPrivate: isPrivate)
      }
      try temporary.folder.move("file", to: target, as: "free", isPrivate: isPrivate)
    }
    #expect(try target.read("taken", limit: 100).bytes == other)
    #expect(try target.read("free", limit: 100).bytes == content)
    #expect(try temporary.folder.names() == ["target"])
    #expect(try target.names().sorted() == ["free", "taken"])
  }

  @Test(arguments: fileSystems, ["empty", "full", "file", "link"])
  func aFolderMovesToAFreeNameOnly(_ lacking: Set<Capability>, _ taken: Name) throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.folder
    try folder.makeFolder("source").write("inside", content)
    _ = try folder.makeFolder("empty")
    try folder.makeFolder("full").write("inside", other)
    try folder.write("file", other)
    try FileManager.default.createSymbolicLink(atPath: temporary.path + "/link", withDestinationPath: "nowhere")
    try on(lacking) {
      let error = #expect(throws: FileError.self) { try folder.move("source", to: folder, as: taken) }
      #expect(error?.errno == EEXIST)
      try folder.move("source", to: folder, as: "free")
    }
    #expect(try folder.folder("free").read("inside", limit: 100).bytes == content)
    #expect(try folder.folder("full").read("inside", limit: 100).bytes == other)
    #expect(try folder.names().sorted() == ["empty", "file", "free", "full", "link"])
  }

  /// Somebody makes the name between the look and the call.
  @Test(arguments: fileSystems)
  func aNameThatAppearsMeanwhileIsNotReplaced(_ lacking: Set<Capability>) throws {
    for kind in ["file", "folder"] {
      let temporary = try TemporaryFolder()
      let (path, other) = (temporary.path, other)
      if kind == "file" { try temporary.folder.write("source", content) } else {
        try temporary.folder.makeFolder("source").write("inside", content)
      }
      let injector = FaultInjector(recordsCalls: false, lacking: lacking) { _, call, _ in
        guard [.rename, .link, .symbolicLink].contains(call), access(path + "/new", F_OK) != 0 else { return .proceed }
        try? FileManager.default.createDirectory(atPath: path + "/new", withIntermediateDirectories: false)
        _ = FileManager.default.createFile(atPath: path + "/new/theirs", contents: Data(other))
        return .proceed
      }
      FaultInjector.$current.withValue(injector) {
        let error = #expect(throws: FileError.self) { try temporary.folder.move("source", to: temporary.folder, as: "new") }
        #expect(error?.errno == EEXIST)
      }
      #expect(try temporary.folder.folder("new").read("theirs", limit: 100).bytes == other)
      #expect(try temporary.folder.contains("source"))
    }
  }

  /// A move that was interrupted at any call is finished by the next try.
  @Test(arguments: fileSystems.dropLast())
  func anInterruptedMoveIsFinished(_ lacking: Set<Capability>) throws {
    var call = 1
    while true {
      let temporary = try TemporaryFolder()
      try temporary.folder.write("file", content)
      let target = try temporary.folder.makeFolder("target")
      let dying = call
      let injector = FaultInjector(lacking: lacking) { count, _, _ in count == dying ? .die : .proceed }
      FaultInjector.$current.withValue(injector) {
        _ = try? temporary.folder.move("file", to: target, as: "file")
      }
      if try temporary.folder.contains("file") {
        try on(lacking) { try temporary.folder.move("file", to: target, as: "file") }
      }
      #expect(try target.read("file", limit: 100).bytes == content, "dead at call \(call)")
      #expect(try target.names() == ["file"], "dead at call \(call)")
      #expect(try temporary.folder.names() == ["target"], "dead at call \(call)")
      if injector.hits == 0 { break }
      call += 1
    }
    #expect(lacking.isEmpty || call > 4)
  }

  @Test func whatIsMissingIsRememberedAndToldOnce() throws {
    let temporary = try TemporaryFolder()
    let injector = FaultInjector(lacking: [.exclusiveRename, .folderSync, .modes]) { _, _, _ in .proceed }
    try FaultInjector.$current.withValue(injector) {
      for number in 1...3 {
        try temporary.folder.write(Name("file \(number)"), content, replacing: false)
        try temporary.folder.setModeIfPossible(0o755)
      }
      #expect(FileSystems.current.lacks.map(\.capability) == [.exclusiveRename, .folderSync, .modes])
      #expect(FileSystems.current.lacks.allSatisfy { $0.path == temporary.folder.printablePath })
    }
    // The first one tells; from then on nobody asks again.
    #expect(injector.calls.filter { $0.call == .rename }.count == 1)
    #expect(injector.calls.filter { $0.call == .link }.count == 3)
  }

  @Test func namesOfDeletedFilesAreNotSeenAndDoNotKeepAFolder() throws {
    let temporary = try TemporaryFolder()
    let inner = try temporary.folder.makeFolder("inner")
    for name: Name in [".nfs000000000000302500000001", ".fuse_hidden0000000700000001", ".nfsomething", "file"] {
      try inner.write(name, content)
    }
    #expect(try inner.names().sorted() == [".nfsomething", "file"])
    try temporary.folder.removeTree("inner")
    #expect(try temporary.folder.names().isEmpty)
  }

  @Test func aFolderIntoWhichSomebodyWritesALastFileIsRemoved() throws {
    let temporary = try TemporaryFolder()
    let inner = temporary.path + "/inner"
    _ = try temporary.folder.makeFolder("inner")
    let injector = FaultInjector { number, call, path in
      if call == .remove, path.hasSuffix("inner"), number < 6 { close(creat(inner + "/late", 0o644)) }
      return .proceed
    }
    try FaultInjector.$current.withValue(injector) { try temporary.folder.removeTree("inner") }
    #expect(try temporary.folder.names().isEmpty)
  }

  /// As on NFS, where the file of another program stays until it closes it.
  @Test func aFolderWithADeletedFileThatIsOpenIsRemovedLater() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.makeFolder("inner").write(".nfs000000000000302500000001", content)
    let injector = FaultInjector { _, call, path in call == .remove && path.contains(".nfs") ? .fail(EBUSY) : .proceed }
    FaultInjector.$current.withValue(injector) {
      let error = #expect(throws: FileError.self) { try temporary.folder.removeTree("inner") }
      #expect(error?.kind == .retry)
      #expect(error?.finding == "a deleted file in it is still open somewhere")
    }
    try temporary.folder.removeTree("inner")
    #expect(try temporary.folder.names().isEmpty)
  }

  @Test func aFolderThatExistsButCannotBeSeenIsTriedAgain() throws {
    let temporary = try TemporaryFolder()
    _ = try temporary.folder.makeFolder("inner")
    let injector = FaultInjector { _, call, _ in call == .open ? .fail(ENOENT) : .proceed }
    FaultInjector.$current.withValue(injector) {
      let error = #expect(throws: FileError.self) { _ = try temporary.folder.makeFolder("inner") }
      #expect(error?.kind == .retry)
    }
  }

  @Test(arguments: [ESTALE, EBUSY, ENOTCONN, ECONNABORTED, ENETUNREACH, EREMOTEIO, EKEYEXPIRED])
  func troubleOfAShareMayPass(_ number: Int32) {
    #expect(FileError(.read, "file", errno: number).kind == .retry)
  }

  @Test func aFileIsSeparatedFromItsOtherNames() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("album", content, mode: 0o640)
    #expect(chmod(temporary.path + "/album", 0o640) == 0)
    #expect(utimensat(AT_FDCWD, temporary.path + "/album", [timespec(tv_sec: 7, tv_nsec: 5), timespec(tv_sec: 7, tv_nsec: 5)], 0) == 0)
    #expect(link(temporary.path + "/album", temporary.path + "/linked") == 0)
    let before = try temporary.folder.status(of: "album")
    try temporary.folder.separateFromOtherNames("linked")
    let (album, linked) = (try temporary.folder.status(of: "album"), try temporary.folder.status(of: "linked"))
    #expect(album.inode == before.inode && album.links == 1 && album.mode == 0o640)
    #expect(linked.inode != before.inode && linked.links == 1)
    #expect(linked.modified == before.modified && album.modified == before.modified)
    #expect(try temporary.folder.read("linked", limit: 100).bytes == content)
  }
}
