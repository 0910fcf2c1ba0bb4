package import Files

/// Decides when a dropped file is complete. Knows no clock and no disk: it is told what was seen and when.
///
/// A file is settled when nothing about it changed for the quiet period and nobody has it open for writing.
package struct Settling: Sendable, Equatable {
  /// What is compared between two looks.
  package struct Observation: Sendable, Equatable {
    package var identity: FileIdentity
    package var size: Int64
    package var modified: Int64
    /// For a folder: a hash of the same facts of its entries.
    package var content: UInt64 = 0

    package init(_ status: FileStatus, content: UInt64 = 0) {
      identity = status.identity
      size = status.size
      modified = status.modified
      self.content = content
    }
  }

  /// A hash of names, sizes, times and inodes in a job folder: it is settled when that stays the same. Photographs of a
  /// training may lie in subfolders, which count too.
  static func content(of folder: Folder, _ rules: NameRules) throws(FileError) -> UInt64 {
    let isDeep = rules.jobFile(among: try folder.names()).name.map(rules.isTraining) ?? false
    var hash = fnv1a([])
    try add(folder, depth: isDeep ? Self.deepest : 0, to: &hash)
    return hash
  }

  private static let deepest = 16

  private static func add(_ folder: Folder, depth: Int, to hash: inout UInt64) throws(FileError) {
    for entry in try folder.names().sorted() {
      guard let status = try folder.statusIfPresent(of: entry) else { continue }
      var facts = entry.bytes + [0]
      for value in [UInt64(bitPattern: status.size), UInt64(bitPattern: status.modified), status.inode] {
        for shift in stride(from: 0, to: 64, by: 8) { facts.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
      }
      hash = fnv1a(facts, after: hash)
      if depth > 0, status.kind == .folder { try add(folder.folder(entry), depth: depth - 1, to: &hash) }
    }
  }

  package enum Verdict: Sendable, Equatable {
    /// Not before this moment; look again then.
    case wait(until: Moment)
    case settled
  }

  /// How long a file that was seen being created, but not closed, is waited for where the kernel does not say who writes.
  static let unclosedPatience: Duration = .seconds(30)

  private let quiet: Duration
  package private(set) var observation: Observation
  package private(set) var lastChange: Moment
  private var isUnclosed: Bool

  /// - Parameter isUnclosed: whether it was seen being created, so that its writer is yet to close it.
  package init(_ observation: Observation, at now: Moment, quiet: Duration, isUnclosed: Bool = false) {
    self.observation = observation
    self.quiet = quiet
    self.lastChange = now
    self.isUnclosed = isUnclosed
  }

  /// A writer closed the file, or it came whole by a rename.
  package mutating func closed(at now: Moment) {
    isUnclosed = false
    lastChange = now
  }

  /// Takes a look.
  ///
  /// - Parameter hasWriter: asked only when all else says settled; nil where the kernel does not tell.
  package mutating func look<Failure: Error>(
    _ seen: Observation, at now: Moment, hasWriter: () throws(Failure) -> Bool?
  ) throws(Failure) -> Verdict {
    if seen != observation {
      observation = seen
      lastChange = now
    }
    let quietSince = lastChange + quiet
    if now < quietSince { return .wait(until: quietSince) }
    switch try hasWriter() {
    case true?: return .wait(until: now + quiet)
    case false?: return .settled
    case nil:
      let patienceEnds = lastChange + Self.unclosedPatience
      return isUnclosed && now < patienceEnds ? .wait(until: min(now + quiet, patienceEnds)) : .settled
    }
  }
}
