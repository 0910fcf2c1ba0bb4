package import Files
internal import Foundation
internal import PrintableText

/// How a lease is kept.
package struct LeaseRules: Sendable {
  /// Between two signs of life.
  package var pause = Duration.seconds(5)
  /// How long one without a sign of life is looked at before it is taken: longer than a share's caches hide a change.
  package var patience = Duration.seconds(30)
  /// After which it is looked whether another took it at the same moment.
  package var second = Duration.seconds(2)
  /// Also where the kernel's locks can be relied on; for tests.
  package var isEverywhere = false
  package var sleep: @Sendable (Duration) -> Void = { Thread.sleep(forTimeInterval: $0 / .seconds(1)) }

  package init() {}
}

/// Says on a share which process serves the state folder, for a lock there may not reach other machines: the file `lease` with
/// a token, a count that goes on, and who it is.
///
/// Clocks are not compared. Whoever wants the folder looks whether the file still changes; whoever has it looks, before each
/// change, whether the token is still its own.
package struct StateLease: Sendable {
  package static let fileName: Name = "lease"
  private static let limit = 4096

  /// What the file says.
  package struct Mark: Sendable, Equatable {
    package var token: String
    package var count: Int
    /// The machine since its start, and the mount: between processes of one place the lock decides.
    package var place: String
    /// For people: the machine and the process.
    package var holder: String

    package init(token: String, count: Int, place: String, holder: String) {
      (self.token, self.count, self.place, self.holder) = (token, count, place, holder)
    }

    /// nil for what is none, or only half of one.
    package init?(_ bytes: [UInt8]) {
      guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
      let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ", maxSplits: 3)
      guard words.count == 4, let count = Int(words[1]) else { return nil }
      self.init(token: String(words[0]), count: count, place: String(words[2]), holder: printable(String(words[3])))
    }

    /// Always of one length: a share may be late with a new one.
    package var line: String { "\(token) \(padded(count, 12)) \(place) \(holder)\n" }
  }

  package enum Taken: Sendable {
    case mine(StateLease)
    /// Another has it, or took it at the same moment.
    case others(Mark?)
  }

  private let rules: LeaseRules
  private var mark: Mark
  /// When the next sign of life is due.
  package private(set) var next: Moment

  /// Takes the lease of a state folder whose lock this process has. Waits where another may hold it.
  ///
  /// - Throws: where the file can be neither read nor written.
  package static func take(_ root: Folder, _ rules: LeaseRules, now: () -> Moment) throws(FileError) -> Taken {
    let machine = machine
    let mark = Mark(
      token: AttemptMark.randomToken(), count: 0, place: "\(machine.start)/\(try root.status().device)",
      holder: "\(machine.name), process \(ProcessInfo.processInfo.processIdentifier)")
    let old = try read(root)
    let isOurs = old.flatMap(Mark.init(_:))?.place == mark.place
    let watch = LeaseWatch(old, since: now())
    while !isOurs {
      switch watch.look(try read(root), at: now(), rules.patience) {
      case .held(let holder): return .others(holder)
      case .wait:
        rules.sleep(min(.seconds(1), rules.pause / 2))
        continue
      case .free: break
      }
      break
    }
    try write(mark, root)
    if !isOurs {
      rules.sleep(rules.second)
      let found = try read(root).flatMap(Mark.init(_:))
      guard found?.token == mark.token else { return .others(found) }
    }
    return .mine(StateLease(rules: rules, mark: mark, next: now() + rules.pause))
  }

  /// Gives a sign of life where one is due.
  ///
  /// - Returns: who has the lease instead; nil where it is still this process's.
  /// - Throws: where the file cannot be read or written now; it is tried again.
  package mutating func renew(_ root: Folder, now: Moment) throws(FileError) -> Mark? {
    guard now >= next else { return nil }
    next = now + rules.pause
    if let found = try Self.read(root).flatMap(Mark.init(_:)), found.token != mark.token { return found }
    mark.count += 1
    try Self.write(mark, root)
    return nil
  }

  /// Lets go of it, so that the next one need not wait.
  func release(_ root: Folder) {
    guard let found = try? Self.read(root).flatMap(Mark.init(_:)), found.token == mark.token else { return }
    try? root.removeTree(Self.fileName)  // then the next one waits
  }

  private static func read(_ root: Folder) throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try root.read(fileName, limit: limit).bytes
    } catch where error.errno == ENOENT {
      return nil
    }
  }

  /// In place: a new file's name may be hidden by a cache, what is in an old one is asked for when it is opened.
  private static func write(_ mark: Mark, _ root: Folder) throws(FileError) {
    let file = try root.openLockFile(fileName)
    try file.write(Array(mark.line.utf8))
    try file.close()
  }

  private static var machine: (start: String, name: String) {
    func text(_ path: Name) -> String? {
      (try? readFile(path, limit: 256)).map { contents in  // another machine's then, which costs a wait
        String(decoding: contents.bytes.prefix { $0 > 0x20 }, as: UTF8.self)
      }
    }
    let start = text("/proc/sys/kernel/random/boot_id").flatMap { $0.isEmpty ? nil : $0 }
    let name = text("/proc/sys/kernel/hostname").flatMap { $0.isEmpty ? nil : $0 }
    return (start ?? AttemptMark.randomToken(), name ?? "unknown")
  }
}

/// Whether a lease is still held: what is looked at again and again, and how long it has been the same.
package struct LeaseWatch: Sendable {
  package enum Verdict: Sendable, Equatable {
    /// It may be.
    case wait
    /// It changed while it was looked at.
    case held(StateLease.Mark?)
    /// It was let go of, or its holder has given no sign of life.
    case free
  }

  private let first: [UInt8]?
  private let since: Moment

  /// - Parameter first: the file's content; nil where there is none.
  package init(_ first: [UInt8]?, since: Moment) {
    self.first = first
    self.since = since
  }

  package func look(_ bytes: [UInt8]?, at now: Moment, _ patience: Duration) -> Verdict {
    guard let bytes else { return .free }
    if bytes != first { return .held(StateLease.Mark(bytes)) }
    return now - since >= patience ? .free : .wait
  }
}
