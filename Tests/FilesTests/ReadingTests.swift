import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct ReadingTests {
  @Test func aFileIsReadWholeWithItsHash() throws {
    let temporary = try TemporaryFolder()
    let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try temporary.folder.write("file", bytes)
    let contents = try temporary.folder.read("file", limit: bytes.count)
    #expect(contents.bytes == bytes)
    #expect(contents.sha256 == sha256(bytes))
  }

  @Test func aFileOverTheLimitIsRefusedBeforeMemoryIsTaken() throws {
    let temporary = try TemporaryFolder()
    let number = open(temporary.path + "/huge", O_CREAT | O_WRONLY, 0o600)
    #expect(ftruncate(number, 1 << 40) == 0)
    Glibc.close(number)
    let error = #expect(throws: FileError.self) { try temporary.folder.read("huge", limit: 1000) }
    #expect(error?.message == "\(temporary.path)/huge: it has 1099511627776 bytes; the limit is 1000")
    #expect(error?.kind == .refuse)
  }

  @Test func onlyRegularFilesAreReadAndNothingBlocks() throws {
    let temporary = try TemporaryFolder()
    #expect(mkfifo(temporary.path + "/pipe", 0o600) == 0)
    #expect(symlink("/etc/hostname", temporary.path + "/link") == 0)
    #expect(mkdir(temporary.path + "/folder", 0o700) == 0)
    for (name, words) in [("pipe", "not a regular file"), ("link", "symbolic link"), ("folder", "not a regular file"), ("none", "does not exist")] {
      let error = #expect(throws: FileError.self) { try temporary.folder.read(Name(name), limit: 1000) }
      #expect(error?.kind == .refuse)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    let device = #expect(throws: FileError.self) { try readFile("/dev/zero", limit: 1000) }
    #expect(device?.message.contains("not a regular file") == true)
  }

  @Test func bytesAtAPositionAreReadWholeHoweverTheKernelCutsThem() throws {
    let temporary = try TemporaryFolder()
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try temporary.folder.write("file", bytes)
    let injector = FaultInjector { number, call, _ in
      number.isMultiple(of: 2) ? .short : .proceed
    }
    try FaultInjector.$current.withValue(injector) {
      let file = try RegularFile(following: Name(temporary.path + "/file"))
      #expect(try bytesOf(file, at: 1234, count: 3000) == Array(bytes[1234..<4234]))
      #expect(try bytesOf(file, at: 0, count: 5000) == bytes)
      let error = #expect(throws: FileError.self) { _ = try bytesOf(file, at: 1, count: 5000) }
      #expect(error?.finding == "became shorter while it was read; copy it again")
    }
    #expect(injector.hits > 2)
  }

  @Test func aReadAtAPositionMayFail() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", [1, 2, 3])
    #expect(symlink("file", temporary.path + "/link") == 0)
    let injector = FaultInjector { _, call, _ in call == .read ? .fail(EIO) : .proceed }
    try FaultInjector.$current.withValue(injector) {
      let file = try RegularFile(following: Name(temporary.path + "/link"))
      let error = #expect(throws: FileError.self) { _ = try bytesOf(file, at: 0, count: 3) }
      #expect(error?.kind == .retry)
    }
    #expect(mkfifo(temporary.path + "/pipe", 0o600) == 0)
    #expect(refusal { _ = try RegularFile(following: Name(temporary.path + "/pipe")).number } == "\(temporary.path)/pipe: it is not a regular file; only regular files are read")
  }

  private func bytesOf(_ file: borrowing RegularFile, at offset: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { buffer in try file.read(into: buffer, at: offset) }
    return bytes
  }

  @Test func aFolderIsNotEnteredThroughALink() throws {
    let temporary = try TemporaryFolder()
    #expect(symlink("/etc", temporary.path + "/link") == 0)
    #expect(refusal { _ = try temporary.folder.folder("link") } == "\(temporary.path)/link: cannot be opened: it is not a folder")
  }

  @Test func removingATreeDoesNotFollowLinks() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("kept", [1])
    let inner = try temporary.folder.makeFolder("tree").makeFolder("inner")
    try inner.write("file", [1])
    #expect(symlink(temporary.path, temporary.path + "/tree/inner/link") == 0)
    try temporary.folder.removeTree("tree")
    try temporary.folder.removeTree("tree")
    #expect(try temporary.folder.names() == ["kept"])
  }

  @Test func everyNameIsListed() throws {
    let temporary = try TemporaryFolder()
    let names = [[0xFF, 0xFE], Array("a\nb".utf8), Array(repeating: 0x61, count: 255), Array(".hidden".utf8)].map { Name(bytes: $0) }
    for name in names { try temporary.folder.createFile(name).close() }
    #expect(try temporary.folder.names().sorted() == names.sorted())
    #expect(try temporary.folder.names().sorted() == names.sorted())
  }

  @Test func aMappingShowsTheFile() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", [1, 2, 3])
    try temporary.folder.write("empty", [])
    let mapping = try Mapping("file", in: temporary.folder)
    #expect(mapping.count == 3)
    #expect(mapping.withBytes { $0.unsafeLoad(fromByteOffset: 2, as: UInt8.self) } == 3)
    #expect(try Mapping("empty", in: temporary.folder).withBytes { $0.byteCount } == 0)
  }

  @Test func anOpenWriterIsSeen() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", [1])
    #expect(try temporary.folder.openFile("file").hasWriter() == false)
    let writer = open(temporary.path + "/file", O_WRONLY)
    #expect(try temporary.folder.openFile("file").hasWriter() == true)
    Glibc.close(writer)
    #expect(try temporary.folder.openFile("file").hasWriter() == false)
  }

  @Test func aWriterThatComesDuringTheQuestionDoesNotEndTheProcess() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", [1])
    let path = temporary.path + "/file"
    let thread = Thread {
      for _ in 0..<3000 { Glibc.close(open(path, O_WRONLY | O_NONBLOCK)) }
    }
    thread.start()
    for _ in 0..<3000 { _ = try temporary.folder.openFile("file").hasWriter() }
    while !thread.isFinished { usleep(1000) }
  }
}
