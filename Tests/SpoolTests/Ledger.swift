import Files
import Foundation
import Glibc
import Synchronization

/// Keeps account, call by call, of what a power cut would leave of a yard: which names were put on disk and which bytes.
///
/// Files keep their inodes through a power cut, since the spool goes by them: every file gets a second name outside of
/// the yard, and folders are moved, not copied.
final class Ledger: Sendable {
  /// What the disk did on its own before the lights went out.
  enum Survival: CaseIterable, Sendable {
    /// Only what was fsynced: names by their folder, bytes by their file. A rename is in both folders or in none.
    case whatWasSynced
    /// Every name, also those of files whose bytes were not fsynced and are gone.
    case allNames
  }

  private struct Operation {
    /// Where a name goes away, where one comes.
    var from: Spot?
    var to: Spot?
    var inode: ino_t

    func touches(_ other: Operation) -> Bool {
      inode == other.inode || [from, to].contains { $0 != nil && ($0 == other.from || $0 == other.to) }
    }
  }

  private struct Spot: Equatable {
    var folder: ino_t
    var name: String
  }

  private struct State {
    var last: (call: FileCall, path: String)?
    var current: [ino_t: [String: ino_t]] = [:]
    var durable: [ino_t: [String: ino_t]] = [:]
    var pending: [Operation] = []
    var folders: Set<ino_t> = []
    var contents: [ino_t: (bytes: Data, modified: timespec)] = [:]
  }

  private let root: String
  private let aside: String
  private let state = Mutex(State())

  /// Everything in the yard is on disk now.
  init(_ yard: Yard) throws {
    root = yard.path
    aside = yard.path + "-aside"
    try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true)
    state.withLock { state in
      takeStock(root, &state)
      state.durable = state.current
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: aside)
  }

  private func takeStock(_ path: String, _ state: inout State) {
    guard let inode = status(path)?.st_ino else { return }
    state.folders.insert(inode)
    state.current[inode] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      let inner = path + "/" + name
      guard let status = status(inner) else { continue }
      state.current[inode]?[name] = status.st_ino
      if status.st_mode & S_IFMT == S_IFDIR {
        takeStock(inner, &state)
      } else {
        keep(inner, status.st_ino)
        sync(inner, status, &state)
      }
    }
  }

  // MARK: Call by call

  /// Notes a call that is about to be made; all noted before it were.
  func observe(_ call: FileCall, _ path: String) {
    state.withLock { state in
      settleLast(&state)
      if call == .sync, let status = status(path) { sync(path, status, &state) }
      state.last = (call, path)
    }
  }

  private func settleLast(_ state: inout State) {
    guard let (call, path) = state.last else { return }
    state.last = nil
    switch call {
    case .open, .makeFolder, .symbolicLink:
      guard let status = status(path), let to = spot(path), state.current[to.folder]?[to.name] != status.st_ino else { return }
      if status.st_mode & S_IFMT == S_IFDIR { state.folders.insert(status.st_ino) } else { keep(path, status.st_ino) }
      apply(Operation(from: nil, to: to, inode: status.st_ino), &state)
    case .rename:
      let paths = path.components(separatedBy: " → ")
      guard paths.count == 2, let from = spot(paths[0]), let to = spot(paths[1]),
        let inode = state.current[from.folder]?[from.name], status(paths[1])?.st_ino == inode
      else { return }
      apply(Operation(from: from, to: to, inode: inode), &state)
    case .link:
      let paths = path.components(separatedBy: " → ")
      guard paths.count == 2, let to = spot(paths[1]), let status = status(paths[1]),
        state.current[to.folder]?[to.name] != status.st_ino
      else { return }
      apply(Operation(from: nil, to: to, inode: status.st_ino), &state)
    case .remove:
      guard let from = spot(path), let inode = state.current[from.folder]?[from.name], status(path) == nil else { return }
      apply(Operation(from: from, to: nil, inode: inode), &state)
    default: return
    }
  }

  private func apply(_ operation: Operation, _ state: inout State) {
    Self.apply(operation, to: &state.current)
    state.pending.append(operation)
  }

  private static func apply(_ operation: Operation, to names: inout [ino_t: [String: ino_t]]) {
    if let from = operation.from { names[from.folder]?[from.name] = nil }
    if let to = operation.to { names[to.folder, default: [:]][to.name] = operation.inode }
  }

  private func sync(_ path: String, _ status: stat, _ state: inout State) {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard let bytes = FileManager.default.contents(atPath: path) else { return }
      state.contents[status.st_ino] = (bytes, status.st_mtim)
      return
    }
    // The folder's changes, and what they build on.
    var chosen = Set(
      state.pending.indices.filter { index in
        [state.pending[index].from, state.pending[index].to].contains { $0?.folder == status.st_ino }
      })
    for index in state.pending.indices.reversed() where !chosen.contains(index) {
      if chosen.contains(where: { $0 > index && state.pending[$0].touches(state.pending[index]) }) { chosen.insert(index) }
    }
    for index in chosen.sorted() { Self.apply(state.pending[index], to: &state.durable) }
    state.pending = state.pending.indices.filter { !chosen.contains($0) }.map { state.pending[$0] }
  }

  // MARK: The power cut

  /// Makes the yard what the power cut leaves of it.
  func cutPower(_ survival: Survival) throws {
    try state.withLock { state in
      settleLast(&state)
      guard let inode = status(root)?.st_ino else { return }
      try dismantle(root)
      try build(root, inode, survival == .allNames ? state.current : state.durable, state)
    }
  }

  private func dismantle(_ path: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      let inner = path + "/" + name
      guard let status = status(inner) else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        try dismantle(inner)
        try succeed(rename(inner, asidePath(status.st_ino)), inner)
      } else {
        try succeed(unlink(inner), inner)
      }
    }
  }

  private func build(_ path: String, _ inode: ino_t, _ names: [ino_t: [String: ino_t]], _ state: State) throws {
    for (name, entry) in names[inode] ?? [:] {
      let inner = path + "/" + name
      if state.folders.contains(entry) {
        if rename(asidePath(entry), inner) != 0 { try succeed(mkdir(inner, 0o750), inner) }
        try build(inner, entry, names, state)
        continue
      }
      try succeed(link(asidePath(entry), inner), inner)
      if let status = status(inner), status.st_mode & S_IFMT == S_IFLNK { continue }
      let content = state.contents[entry]
      let file = open(inner, O_WRONLY | O_TRUNC)
      try succeed(file, inner)
      defer { close(file) }
      if let bytes = content?.bytes, !bytes.isEmpty {
        try bytes.withUnsafeBytes { try succeed(Int32(write(file, $0.baseAddress, $0.count)), inner) }
      }
      if let modified = content?.modified {
        try succeed(futimens(file, [modified, modified]), inner)
      }
    }
  }

  // MARK: The real files

  struct Failure: Error {
    let number: Int32
    let path: String
  }

  private func succeed(_ result: Int32, _ path: String) throws {
    if result < 0 { throw Failure(number: errno, path: path) }
  }

  private func keep(_ path: String, _ inode: ino_t) { _ = link(path, asidePath(inode)) }
  private func asidePath(_ inode: ino_t) -> String { "\(aside)/\(inode)" }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  private func spot(_ path: String) -> Spot? {
    guard let slash = path.lastIndex(of: "/"), let folder = status(String(path[..<slash])) else { return nil }
    let name = String(path[path.index(after: slash)...])
    return name == ".." ? nil : Spot(folder: folder.st_ino, name: name)
  }
}
