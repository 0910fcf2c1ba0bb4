internal import Files
internal import Glibc
internal import PrintableText

/// The folder beside the pack in which a training keeps what it needs to go on: one process at a time.
package final class Workspace: Sendable {
  let folder: Folder
  private let lock: LockHolder
  /// Whether nobody had trained there before.
  private let isNew: Bool
  private let isOurs: @Sendable () throws(TrainingError) -> Void
  package let path: String

  /// A folder with such a file is no one's but a training's.
  static let lockName: Name = ".lock"

  private final class LockHolder: Sendable {
    let file: RegularFile
    init(_ file: consuming RegularFile) { self.file = file }
  }

  /// A program that is being started has this one's open files until it runs, and so a lock that was just given up.
  private static let leastPatience = 1.0

  /// Tries to take a lock until the patience is over.
  static func waiting(_ patience: Double, path: String, take: () throws(FileError) -> Void) throws(FileError) {
    let deadline = ContinuousClock.now + .seconds(max(patience, leastPatience))
    while true {
      do throws(FileError) {
        return try take()
      } catch {
        guard ContinuousClock.now < deadline else {
          throw FileError(.lock, path, "another process trains this pack; wait for it or stop it")
        }
      }
      usleep(100_000)
    }
  }

  /// Removes the folder where this training made it and has written nothing that a later start goes by.
  func removeIfUnused() {
    guard isNew, (try? folder.names()) == [Self.lockName], let (parent, last) = try? Self.split(path) else { return }
    try? folder.remove(Self.lockName)
    try? parent.removeFolder(last)
  }

  /// Makes or opens the folder and takes its lock.
  ///
  /// - Parameters:
  ///   - patience: seconds that another process which trains there is waited for; a second in any case.
  ///   - mayWrite: asked before what a later start goes by is written; throws where another process has this training by now,
  ///     which a lock does not tell: locks may not reach other machines.
  /// - Throws: `TrainingError` when another process trains there.
  package init(
    path: String, patience: Double = 0, mayWrite: @escaping @Sendable () throws(TrainingError) -> Void = {}
  ) throws(TrainingError) {
    self.path = path
    isOurs = mayWrite
    do throws(FileError) {
      folder = try Folder.making(Name(path))
      isNew = try !folder.contains(Self.lockName)
      let file = try folder.openLockFile(Self.lockName)
      try Self.waiting(patience, path: folder.printablePath) { () throws(FileError) in try file.lock() }
      guard try folder.contains(Self.lockName) else {
        throw FileError(.lock, folder.printablePath, "was just removed by another process; try again", kind: .retry)
      }
      lock = LockHolder(file)
    } catch {
      throw TrainingError(error)
    }
  }

  /// Asks whether this process still has the training.
  func mayWrite() throws(FileError) {
    do throws(TrainingError) {
      try isOurs()
    } catch {
      throw FileError(.write, folder.printablePath, error.description, kind: error.kind)
    }
  }

  package func contains(_ name: String) -> Bool { (try? folder.contains(Name(name))) ?? false }

  func read(_ name: String, limit: Int = 1 << 40) throws(TrainingError) -> [UInt8]? {
    do throws(FileError) {
      guard try folder.contains(Name(name)) else { return nil }
      return try folder.read(Name(name), limit: limit).bytes
    } catch {
      throw TrainingError(error)
    }
  }

  /// Writes a file so that its name stands for all of it or for what was there before.
  func write(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    try mayWrite()
    try folder.write(Name(name), bytes)
  }

  /// The same for what only shows how it goes: not worth a wait for the disk.
  func show(_ name: String, _ bytes: [UInt8]) { try? folder.write(Name(name), bytes, durability: .none) }

  func remove(_ name: String) { try? folder.remove(Name(name)) }

  /// A new folder in this one, without what may be left of an earlier one.
  func emptyFolder(_ name: String) throws(FileError) -> Folder {
    try folder.removeTree(Name(name))
    return try folder.makeFolder(Name(name))
  }

  /// Moves a folder of this one to its place, which must be free.
  func publish(_ name: String, at path: String) throws(TrainingError) {
    do throws(FileError) {
      try mayWrite()
      let (target, last) = try Self.split(path)
      try folder.move(Name(name), to: target, as: last)
      try target.sync()
      try folder.sync()
    } catch {
      throw TrainingError(error)
    }
  }

  static func split(_ path: String) throws(FileError) -> (parent: Folder, last: Name) {
    let path = TrainingRequest.withoutLastSlashes(path)
    let parts = path.split(separator: "/")
    let parent = parts.dropLast().joined(separator: "/")
    return (
      try Folder(path: Name(path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent)),
      Name(String(parts.last ?? ""))
    )
  }

  // MARK: Checkpoints

  /// `generator-000000012000.safetensors`
  private static func checkpointName(_ stage: String, _ seen: Int) -> String { "\(stage)-\(padded(seen, 12)).safetensors" }

  /// Newest first.
  private func checkpoints(of stage: String) -> [String] {
    let names = (try? folder.names().compactMap(\.string)) ?? []
    return names.filter { name in
      name.hasPrefix(stage + "-") && name.hasSuffix(".safetensors")
        && name.dropFirst(stage.count + 1).dropLast(".safetensors".count).allSatisfy(\.isWholeNumber)
    }.sorted(by: >)
  }

  var hasCheckpoints: Bool { ((try? folder.names()) ?? []).contains { $0.string?.hasSuffix(".safetensors") == true } }

  func hasCheckpoint(of stage: String) -> Bool { !checkpoints(of: stage).isEmpty }

  /// Writes a checkpoint, reads it back, then gives it its name; keeps the last two.
  func save(_ checkpoint: Checkpoint, stage: String, seen: Int) throws(FileError) {
    try save(checkpoint, as: Self.checkpointName(stage, seen))
    for name in checkpoints(of: stage).dropFirst(2) { remove(name) }
  }

  /// Writes a checkpoint under a name of its own, which is not among those that are removed.
  func save(_ checkpoint: Checkpoint, as name: String) throws(FileError) {
    let name = Name(name), bytes = checkpoint.bytes()
    let draft = try folder.writeDraft(of: name, bytes, isOnDisk: true)
    guard try folder.hash(of: draft) == sha256(bytes) else {
      try? folder.remove(draft)
      throw FileError(.write, folder.printablePath(of: name), "does not read back as it was written", kind: .retry)
    }
    try mayWrite()
    try folder.placeDraft(of: name)
    try folder.sync()
  }

  /// The newest checkpoint that is whole; what is wrong with newer ones goes to `complain`.
  func newest(_ stage: String, complain: (String) -> Void) -> Checkpoint? {
    for name in checkpoints(of: stage) {
      do throws(TrainingError) {
        return try load(name)
      } catch {
        complain("\(error); the one before is taken")
      }
    }
    return nil
  }

  func load(_ name: String) throws(TrainingError) -> Checkpoint {
    try Checkpoint(path: path + "/" + name, name: "\(printable(path))/\(name)")
  }

  func removeCheckpoints(of stage: String) {
    for name in checkpoints(of: stage) { remove(name) }
  }
}
