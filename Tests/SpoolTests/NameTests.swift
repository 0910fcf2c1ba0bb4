import Files
import Foundation
import Glibc
import Spool
import Testing

/// Names and kinds of files that only a stranger would drop.
@Suite struct NameTests {
  static let odd: [[UInt8]] = [
    Array("new\nline".utf8), Array("esc\u{1B}[31m".utf8), Array("bidi\u{202E}gpj".utf8), [0x61, 0xFF, 0xFE, 0x62],
    Array("-rf".utf8), Array("%n%s%x".utf8), Array("quote'\"`$(x)".utf8), Array("..apple".utf8).reversed(), Array("back\\slash".utf8),
    Array(" space ".utf8), Array("e\u{301}".utf8), Array("é".utf8), [0xC3], Array(repeating: 0x61, count: 246),
    Array("<b>&amp;".utf8), Array("failed".utf8), Array("con".utf8),
  ]

  @Test(arguments: odd)
  func anOddNameArrivesInTheOutboxAsItWas(_ bytes: [UInt8]) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    let image = Name(bytes: bytes) + ".jpg"
    try yard.drop(image)
    try yard.drop(image + ".yaml", "")
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    #expect(job.name == Name(bytes: bytes))
    job.publish()
    _ = loop.advance()
    let expected = bytes == Array("failed".utf8) ? Name("failed-2") : Name(bytes: bytes)
    let result = try Folder(path: Name(yard.outbox)).folder(expected)
    #expect(try result.read(image, limit: 100).bytes == Array("picture".utf8))
    for message in yard.messages {
      #expect(message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{202E}" })
    }
    let status = try SpoolStatus.read(state: yard.state)
    #expect(status.done == 1 || status.running.isEmpty)
  }

  @Test func aNameOf255BytesGetsANumberThatFits() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    let stem = String(repeating: "ä", count: 125)
    for _ in 0..<2 {
      try yard.drop(Name(stem + ".jpg"))
      yard.run(loop, seconds: 13)
      try #require(loop.takeJob()).publish()
    }
    let names = try Folder(path: Name(yard.outbox)).names().sorted()
    #expect(names.count == 3)
    #expect(names.allSatisfy { $0.bytes.count <= 255 && $0.string != nil })
  }

  @Test func onlyRegularFilesAreOpened() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("real.jpg", "real")
    #expect(symlink("/etc/shadow", yard.inbox + "/link.jpg") == 0)
    #expect(symlink("self.jpg", yard.inbox + "/self.jpg") == 0)
    #expect(symlink(yard.outbox, yard.inbox + "/outbox.jpg") == 0)
    #expect(mkfifo(yard.inbox + "/pipe.jpg", 0o666) == 0)
    #expect(mkdir(yard.inbox + "/folder.jpg", 0o777) == 0)
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = yard.inbox + "/socket.jpg"
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    #expect(bound == 0)
    let injector = FaultInjector { _, _, _ in .proceed }
    FaultInjector.$current.withValue(injector) { yard.run(loop, seconds: 700) }
    let job = try #require(loop.takeJob())
    #expect(job.name == "real")
    #expect(loop.takeJob() == nil)
    for name in ["link.jpg", "self.jpg", "outbox.jpg", "pipe.jpg", "folder.jpg", "socket.jpg"] {
      #expect(yard.messages.filter { $0.hasPrefix("file ignored name=\(name) ") }.count == 1, "\(name) is said once")
      #expect(!injector.calls.contains { $0.call == .open && $0.path.hasSuffix("/" + name) }, "\(name) is not opened")
    }
  }

  @Test func aHugeSparseFileIsRefusedWithoutBeingOpened() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    let file = open(yard.inbox + "/huge.jpg", O_CREAT | O_WRONLY, 0o644)
    #expect(ftruncate(file, 1 << 40) == 0)
    close(file)
    let injector = FaultInjector { _, _, _ in .proceed }
    FaultInjector.$current.withValue(injector) { yard.run(loop, seconds: 14) }
    #expect(!injector.calls.contains { $0.call == .read && $0.path.hasSuffix("huge.jpg") })
    #expect(loop.takeJob() == nil)
    let failure = try Folder(path: Name(yard.outbox)).folder("failed").folder("huge")
    #expect(try failure.status(of: "huge.jpg").size == 1 << 40)
    #expect(String(decoding: try failure.read("error.txt", limit: 1000).bytes, as: UTF8.self).contains("the limit is 67108864"))
  }

  @Test(arguments: ["../x.jpg", "/etc/passwd", "a/b.jpg", "..", ".", ""])
  func aJobReadsNothingButItsOwnFiles(_ path: String) throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("apple.jpg")
    try yard.drop("apple.yaml", "with \(path)")
    yard.run(loop, seconds: 4)
    let job = try #require(loop.takeJob())
    #expect(throws: FileError.self) { try job.source.contents(of: Name(path)) }
    #expect(throws: FileError.self) { try job.source.contents(of: "other.jpg") }
  }

  @Test func otherFilesAreLeftAloneAndSaidOnce() throws {
    let yard = try Yard()
    let loop = try yard.loop()
    try yard.drop("notes.txt")
    try yard.drop("apple.jpg.part")
    yard.run(loop, seconds: 120)
    #expect(try yard.tree(yard.inbox).keys.sorted() == ["apple.jpg.part", "notes.txt"])
    #expect(yard.messages.filter { $0.contains("notes.txt") }.count == 1)
    #expect(!yard.messages.contains { $0.contains("apple.jpg.part") })
  }
}
