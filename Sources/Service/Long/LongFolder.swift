package import Files
internal import Foundation
package import Spool

/// An attempt of a long task as it is on disk before Slurm hears of it.
package struct LongRecord: Codable, Sendable, Equatable {
  package var format = 1
  package var mark: AttemptMark
  /// What runs: another task with the same product is not this one.
  package var identity: [String]
  /// What was saved when it began.
  package var before: String
  /// What the table has to know of it.
  package var notes: [String: String]

  package init(mark: AttemptMark, identity: [String], before: String, notes: [String: String]) {
    (self.mark, self.identity, self.before, self.notes) = (mark, identity, before, notes)
  }
}

/// The folder of a long task, beside what it makes: `attempt-NUMBER.json`, of which the highest number counts, its log, a line of
/// progress, and an answer by the attempt's token.
///
/// It is looked at by listing it, which asks a share's server, and never by a name that a cache might deny.
package struct LongFolder: Sendable {
  let folder: Folder

  private static let prefix = "attempt-", suffix = ".json"
  private static let progressName: Name = "progress"

  /// Makes the folder, and those above it, where they are missing.
  package init(making path: String) throws(FileError) { folder = try Folder.making(Name(path)) }

  package init(path: String) throws(FileError) { folder = try Folder(path: Name(path)) }

  // MARK: Attempts

  private func number(_ name: Name) -> Int? {
    guard let text = name.string, text.hasPrefix(Self.prefix), text.hasSuffix(Self.suffix) else { return nil }
    return Int(text.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
  }

  /// The attempt that counts; nil where there is none: nobody has begun, or somebody has ended it.
  package func newest() throws(FileError) -> LongRecord? {
    guard let number = try folder.names().compactMap(number).max() else { return nil }
    return try record(number)
  }

  private func record(_ number: Int) throws(FileError) -> LongRecord {
    let name = Name("\(Self.prefix)\(number)\(Self.suffix)")
    let contents = try folder.read(name, limit: 1 << 20)
    guard let record = try? JSONDecoder().decode(LongRecord.self, from: Data(contents.bytes)), record.format == 1 else {
      throw FileError(.read, folder.printablePath(of: name), "is not of this version's; remove \(folder.printablePath) to begin anew")
    }
    return record
  }

  /// Makes an attempt the one that counts. All of it is on disk when this returns.
  ///
  /// - Returns: false where somebody else was faster with that number.
  package func begin(_ record: LongRecord) throws(FileError) -> Bool {
    let draft = Name(".\(record.mark.token).draft"), name = Name("\(Self.prefix)\(record.mark.number)\(Self.suffix)")
    try folder.write(draft, try encodeJSON(record, folder.printablePath(of: name)))
    do throws(FileError) {
      try folder.move(draft, to: folder, as: name)
    } catch {
      try? folder.remove(draft)
      if (try? folder.contains(name)) == true { return false }
      throw error
    }
    try folder.sync()
    return true
  }

  /// Ends every attempt. The last one's log stays beside the folder, and its answer for whoever follows it, too.
  ///
  /// - Parameter answer: nil where somebody ends it who knows of none.
  package func clear(_ answer: LongAnswer? = nil) throws(FileError) {
    let parent = try folder.parent()
    let attempts = try folder.names().compactMap(number), last = attempts.max()
    // Somebody else who heard the end may be removing the attempts just now, and has told all of them.
    if let answer, let name = own, let last, (try? record(last)).flatMap({ end(of: $0.mark.token) }) == nil {
      // Who follows an attempt that was given up may not have seen the last.
      let tokens = attempts.compactMap { try? record($0).mark.token }.joined(separator: " ")
      try parent.write(name + Self.ended, Array("\(tokens)\n".utf8) + (try encodeJSON(answer, parent.printablePath(of: name + Self.ended))))
    }
    // Those that count go first: what a stop leaves then is none.
    for name in try folder.names() where number(name) != nil { try folder.remove(name) }
    guard let own = own else { return }
    if let last {
      // Only to be read by people.
      try? folder.move(Self.log(last), to: parent, as: own + ".log", replacing: true)
    }
    try parent.removeTree(own)
  }

  private static let ended = ".ended"

  private var own: Name? { folder.path.string?.split(separator: "/").last.map { Name(String($0)) } }

  /// How the task of an attempt had ended when the folder was cleared; nil where it is another's, or was never told.
  func end(of token: String) -> LongAnswer? {
    guard let path = folder.path.string, let contents = try? readFile(Name(path + Self.ended), limit: 1 << 20),
      let line = contents.bytes.firstIndex(of: 0x0A),
      contents.bytes[..<line].split(separator: 0x20).contains(where: { $0.elementsEqual(token.utf8) })
    else { return nil }
    return LongAnswer(contents.bytes[(line + 1)...])
  }

  // MARK: Answers and progress

  private static func answerName(_ token: String) -> Name { Name("answer-\(token).json") }

  package func answer(of token: String) throws(FileError) -> LongAnswer? {
    let name = Self.answerName(token)
    guard try folder.names().contains(name) else { return nil }
    let contents = try folder.read(name, limit: 1 << 20)
    return LongAnswer(contents.bytes[...])
  }

  package func write(_ answer: LongAnswer, of token: String) throws(FileError) {
    let name = Self.answerName(token)
    try folder.write(name, try encodeJSON(answer, folder.printablePath(of: name)))
  }

  /// What the attempt said last; nil where it has said nothing yet.
  func progress(of token: String) -> String? {
    guard let contents = try? folder.read(Self.progressName, limit: 1 << 16) else { return nil }
    let lines = String(decoding: contents.bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = lines.first, first == token, lines.count == 2 else { return nil }
    return String(lines[1])
  }

  /// Only shown: the next one may be written where this one is not.
  func tell(_ line: String, of token: String) {
    try? folder.write(Self.progressName, Array("\(token)\n\(line)".utf8), durability: .none)
  }

  // MARK: Logs

  private static func log(_ number: Int) -> Name { Name("\(prefix)\(number).log") }

  func logPath(of number: Int) -> String { folder.path.appending(Self.log(number)).string ?? "/dev/null" }

  /// The end of what the attempt's job wrote; empty where it wrote nothing, or where that cannot be read.
  func endOfLog(of number: Int) -> String { folder.endOfLog(Self.log(number)) }
}
