import Files
import Foundation
import Service
import Testing

/// The executor's own folder, whatever becomes of the process that makes it.
@Suite struct RemoteFolderTests {
  private final class State {
    let path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/idinvert-remote-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func open(_ state: State, _ injector: FaultInjector? = nil) throws -> String {
    try FaultInjector.$current.withValue(injector) { try RemoteFolder(state: state.path).spool }
  }

  @Test func itsNameStays() throws {
    let state = try State()
    let name = try open(state)
    #expect(name.wholeMatch(of: /[0-9a-f]{8}/) != nil)
    #expect(try open(state) == name)
    #expect(try open(State()) != name)
  }

  @Test(arguments: [nil, EIO, ENOSPC]) func eachCallMayFailOnceOrBeTheLast(_ number: Int32?) throws {
    var call = 1
    while true {
      let (state, last) = (try State(), call)
      let injector = FaultInjector(recordsCalls: false) { count, _, _ in
        guard count == last else { return .proceed }
        return number.map { .fail($0) } ?? .die
      }
      let first = try? open(state, injector)
      if injector.hits == 0 { break }
      let name = try open(state)
      #expect(name.wholeMatch(of: /[0-9a-f]{8}/) != nil)
      // What was given out is kept.
      #expect(first == nil || first == name, "call \(call)")
      #expect(try open(state) == name)
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path + "/remote").filter { !$0.hasPrefix(".") } == ["spool"])
      call += 1
    }
    #expect(call > 8)
  }

  /// By whichever process it was made: the one before may have died first.
  @Test func itIsOnDiskOnceItIsOpen() throws {
    let state = try State()
    for _ in 0..<2 {
      let injector = FaultInjector { _, _, _ in .proceed }
      _ = try open(state, injector)
      let synced = injector.calls.filter { $0.call == .sync }.map(\.path)
      #expect(synced.contains(state.path + "/remote") && synced.last == state.path, "\(synced)")
    }
  }

  @Test(arguments: ["", "nonsense\n", "0123456\n", "ABCDEF01\n"]) func aDamagedNameIsReplaced(_ text: String) throws {
    let state = try State()
    _ = try open(state)
    try Data(text.utf8).write(to: URL(fileURLWithPath: state.path + "/remote/spool"))
    let name = try open(state)
    #expect(name + "\n" != text && name.wholeMatch(of: /[0-9a-f]{8}/) != nil)
    #expect(try open(state) == name)
  }
}
