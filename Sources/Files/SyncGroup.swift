internal import Glibc

/// Files and folders that are put on disk together, in a fraction of the time that one after the other would take.
///
/// Nothing is said of the order in which they get there: where one must be on disk before the other, they belong in two
/// groups.
package struct SyncGroup: ~Copyable {
  /// Open files are held until the group is on disk; a batch stays far from the limit of open files.
  private static let batch = 64

  private enum Item {
    case folder(Folder)
    case file(OpenFile)

    var number: Int32 {
      switch self {
      case .folder(let folder): folder.number
      case .file(let file): file.file.number
      }
    }

    var isFolder: Bool {
      if case .folder = self { true } else { false }
    }

    var path: String {
      switch self {
      case .folder(let folder): folder.printablePath
      case .file(let file): file.file.path
      }
    }
  }

  private final class OpenFile {
    let file: RegularFile

    init(_ file: consuming RegularFile) {
      self.file = file
    }
  }

  private var items: [Item] = []

  package init() {}

  /// Adds a folder: the names in it.
  package mutating func add(_ folder: Folder) throws(FileError) {
    try add(.folder(folder))
  }

  /// Adds a file: its content.
  package mutating func add(_ name: Name, in folder: Folder) throws(FileError) {
    try add(.file(OpenFile(try folder.openFile(name))))
  }

  /// Adds all that is below a folder, and the folder. What may not be opened is left out: it is another user's, and as
  /// durable as that user made it.
  package mutating func addTree(_ folder: Folder) throws(FileError) {
    for entry in try folder.names() {
      let kind = try folder.status(of: entry).kind
      do throws(FileError) {
        if kind == .regular { try add(entry, in: folder) } else if kind == .folder { try addTree(try folder.folder(entry)) }
      } catch {
        guard error.call == .open, error.errno == EACCES else { throw error }
      }
    }
    try add(folder)
  }

  private mutating func add(_ item: Item) throws(FileError) {
    items.append(item)
    if items.count >= Self.batch { try syncItems() }
  }

  private mutating func syncItems() throws(FileError) {
    let batch = items
    items = []
    try SystemCalls.sync(batch.map { ($0.number, $0.path, $0.isFolder) })
    withExtendedLifetime(batch) {}
  }

  /// fsync(2) of all. Returns when all of it is on disk.
  ///
  /// - Throws: the first failure; the others are put on disk all the same.
  package consuming func sync() throws(FileError) {
    try syncItems()
  }
}
