import Files
import Foundation
import Glibc
import Spool
import Synchronization

/// A spool in a temporary folder, driven by hand with a clock of its own.
final class Yard: Sendable {
  let path: String
  let inbox: String
  let outbox: String
  let state: String
  /// Where another file system was mounted for the state folder.
  private let mounted: String?
  let clock = TestClock()
  private let log = Mutex<[SpoolEvent]>([])

  /// - Parameter isSplit: whether the state folder lies on another file system than inbox and outbox.
  init(isSplit: Bool = false) throws {
    // In memory where there is such a folder: these tests fsync a hundred thousand times.
    let memory = "/dev/shm/"
    let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    path = base + "idinvert-spool-" + UUID().uuidString
    inbox = path + "/inbox"
    outbox = path + "/outbox"
    if isSplit {
      mounted = path + "/mounted"
      state = path + "/mounted/.jobs"
    } else {
      mounted = nil
      state = path + "/.jobs"
    }
    try FileManager.default.createDirectory(atPath: inbox, withIntermediateDirectories: true)
    if let mounted {
      try FileManager.default.createDirectory(atPath: mounted, withIntermediateDirectories: true)
      guard mount("tmpfs", mounted, "tmpfs", 0, nil) == 0 else { throw YardError.cannotMount(errno) }
    }
  }

  /// Whether this process may mount another file system; says so where not.
  static let canSplit: Bool = {
    do {
      _ = try Yard(isSplit: true)
      return true
    } catch {
      print("skipped: a second file system cannot be mounted here (\(error)); run these tests as root")
      return false
    }
  }()

  deinit {
    if let mounted { umount2(mounted, Int32(MNT_DETACH)) }
    // Only this test's own folder; what cannot be removed stays in the temporary folder.
    let (base, name) = (Name(path[..<path.lastIndex(of: "/")!].description), Name(path.split(separator: "/").last!.description))
    FaultInjector.$current.withValue(nil) { try? Folder(path: base).removeTree(name) }
  }

  func note(_ event: SpoolEvent) {
    log.withLock { $0.append(event) }
  }

  /// Waits, at most five seconds, until something was said.
  func waitFor(_ isMeant: (String) -> Bool) throws {
    for _ in 0..<500 {
      if messages.contains(where: isMeant) { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    throw YardError.notSaid(messages)
  }

  enum YardError: Error {
    case notSaid([String])
    case cannotMount(Int32)
  }

  var events: [SpoolEvent] { log.withLock { $0 } }
  /// What the log says.
  var messages: [String] { events.compactMap(\.sentence) }

  func configuration(_ change: (inout WatchConfiguration) -> Void = { _ in }) -> SpoolConfiguration {
    var watch = WatchConfiguration(inbox: inbox, outbox: outbox)
    watch.mode = .poll
    change(&watch)
    return SpoolConfiguration(state: state, watches: [watch], namesReferenced: names(in:isJobFile:))
  }

  func loop(_ configuration: SpoolConfiguration? = nil) throws -> SpoolLoop {
    let loop = try SpoolLoop(configuration ?? self.configuration(), clock: clock.clock) { [self] in note($0) }
    loop.recover()
    return loop
  }

  /// Lets time pass in small steps, as the loop's thread would.
  func run(_ loop: SpoolLoop, seconds: Double) {
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      let next = loop.advance()
      clock.now = min(end, max(next, clock.now + .milliseconds(50)))
    }
    _ = loop.advance()
  }

  func drop(_ name: String, _ content: String = "picture") throws {
    try Data(content.utf8).write(to: URL(fileURLWithPath: inbox + "/" + name))
  }

  func drop(_ name: Name, _ content: String = "picture") throws {
    try Folder(path: Name(inbox)).write(name, Array(content.utf8))
  }

  /// A folder with files, dropped whole.
  func dropFolder(_ name: String, _ files: [String: String]) throws {
    let aside = path + "/" + name
    try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: false)
    for (file, content) in files { try Data(content.utf8).write(to: URL(fileURLWithPath: aside + "/" + file)) }
    try FileManager.default.moveItem(atPath: aside, toPath: inbox + "/" + name)
  }

  /// Everything below a folder: path → content.
  func tree(_ folder: String) throws -> [String: String] {
    var result: [String: String] = [:]
    func walk(_ folder: Folder, _ prefix: Name) throws {
      for name in try folder.names() {
        let path = prefix.appending(name)
        switch try folder.status(of: name).kind {
        case .folder: try walk(try folder.folder(name), path)
        case .regular: result[path.description] = String(decoding: try folder.read(name, limit: 1 << 24).bytes, as: UTF8.self)
        default: result[path.description] = "(special)"
        }
      }
    }
    if FileManager.default.fileExists(atPath: folder) { try walk(try Folder(path: Name(folder)), Name(bytes: [])) }
    return result
  }
}

/// The sidecar language of these tests: `name` at the start of a line names a file.
@Sendable func names(in sidecar: [UInt8], isJobFile: Bool) -> [String]? {
  let text = String(decoding: sidecar, as: UTF8.self)
  if text.hasPrefix("broken") { return nil }
  return text.split(separator: "\n").filter { $0.hasPrefix("with ") }.map { String($0.dropFirst(5)) }
}

/// A clock that moves only when told.
final class TestClock: Sendable {
  private let moment = Mutex<Duration>(.zero)

  var now: Duration {
    get { moment.withLock { $0 } }
    set { moment.withLock { $0 = newValue } }
  }

  var clock: SpoolClock {
    SpoolClock(
      now: { self.now },
      date: {
        let (seconds, attoseconds) = self.now.components
        return Date(timeIntervalSince1970: 1_795_516_502 + Double(seconds) + Double(attoseconds) * 1e-18)
      })
  }
}
