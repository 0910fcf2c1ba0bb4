import Files
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct WritingTests {
  private let old = Array("old content".utf8)
  private let new = Array("new content, longer".utf8)

  @Test func anExistingFileIsNotReplacedUnlessAskedFor() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", old)
    let error = #expect(throws: FileError.self) { try temporary.folder.write("file", new, replacing: false) }
    #expect(error?.errno == EEXIST)
    #expect(try temporary.folder.read("file", limit: 100).bytes == old)
    #expect(try temporary.folder.names() == ["file"])
    try temporary.folder.write("file", new)
    #expect(try temporary.folder.read("file", limit: 100).bytes == new)
  }

  @Test(arguments: [ENOSPC, EIO, EDQUOT, EACCES, EMFILE, EINTR])
  func aWriteThatFailsAnywhereLeavesOldOrNew(_ number: Int32) throws {
    var call = 1
    while true {
      let temporary = try TemporaryFolder()
      try temporary.folder.write("file", old)
      let failing = call
      let injector = FaultInjector { count, _, _ in count == failing ? .fail(number) : .proceed }
      var error: FileError?
      FaultInjector.$current.withValue(injector) {
        do throws(FileError) { try temporary.folder.write("file", new) } catch let failure { error = failure }
      }
      let found = try temporary.folder.read("file", limit: 100).bytes
      #expect(found == old || found == new, "call \(call)")
      if error == nil { #expect(found == new, "call \(call)") }
      #expect(try temporary.folder.names() == ["file"], "call \(call)")
      if injector.hits == 0 { break }
      #expect((error == nil) == (number == EINTR), "call \(call)")
      #expect(error.map { $0.errno == number } ?? true)
      call += 1
    }
    #expect(call > 7)
  }

  @Test func shortWritesAreWrittenOn() throws {
    let temporary = try TemporaryFolder()
    let injector = FaultInjector { _, _, _ in .short }
    try FaultInjector.$current.withValue(injector) { try temporary.folder.write("file", new) }
    #expect(try temporary.folder.read("file", limit: 100).bytes == new)
    #expect(injector.calls.filter { $0.call == .write }.count > 3)
  }

  @Test func theRecipeOfADurableWriteIsKept() throws {
    let temporary = try TemporaryFolder()
    let injector = FaultInjector { _, _, _ in .proceed }
    try FaultInjector.$current.withValue(injector) { try temporary.folder.write("file", new) }
    #expect(injector.calls.map(\.call) == [.open, .status, .write, .status, .sync, .close, .rename, .sync])
  }

  @Test func nothingHappensAfterTheProcessDied() throws {
    let temporary = try TemporaryFolder()
    let injector = FaultInjector { count, _, _ in count == 5 ? .die : .proceed }
    FaultInjector.$current.withValue(injector) {
      #expect(refusal { try temporary.folder.write("file", new) } == "\(temporary.path)/.file.new: cannot be put on disk: Operation canceled")
      #expect(refusal { try temporary.folder.write("other", new) } == "\(temporary.path)/.other.new: cannot be opened: Operation canceled")
    }
    #expect(try temporary.folder.names() == [".file.new"])
  }

  @Test func aCopyIsVerifiedAndDoesNotReplace() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", new)
    let target = try temporary.folder.makeFolder("target")
    let copy = try temporary.folder.copy("file", to: target, as: "copy", limit: 100)
    #expect(copy.sha256 == sha256(new))
    #expect(try target.read("copy", limit: 100).bytes == new)
    #expect(refusal { try temporary.folder.copy("file", to: target, as: "copy", limit: 100) } == "\(temporary.path)/target/.copy.new → \(temporary.path)/target/copy: cannot be moved: the name is taken")
    #expect(refusal { try temporary.folder.copy("file", to: target, as: "small", limit: 3) } == "\(temporary.path)/file: it has 19 bytes; the limit is 3")
    #expect(try target.names() == ["copy"])
  }

  @Test(arguments: [
    (ENOSPC, FailureKind.retry), (EIO, .retry), (EDQUOT, .retry), (EMFILE, .retry), (EACCES, .refuse), (ENOENT, .refuse), (ELOOP, .refuse),
    (EROFS, .retry), (EBUSY, .retry), (EBADF, .stop),
  ])
  func theKindSaysWhatToDo(_ number: Int32, _ kind: FailureKind) {
    let error = FileError(.write, "inbox/apple.jpg", errno: number)
    #expect(error.kind == kind)
    #expect(error.message.hasPrefix("inbox/apple.jpg: cannot be written: "))
    #expect(!error.message.contains("\n"))
  }
}
