internal import Glibc

extension Folder {
  /// Gives an entry another name and place; never over an existing name unless `replacing`.
  ///
  /// Where the file system cannot rename without replacing, a file is linked and unlinked, and a folder is renamed after a
  /// look: rename(2) of a folder replaces nothing but an empty one. A stop in between leaves a file under both names.
  ///
  /// - Parameter isPrivate: nobody else writes to `folder`, so that a look before the rename is enough for files as well.
  package func move(
    _ name: Name, to folder: Folder, as newName: Name, replacing: Bool = false, isPrivate: Bool = false
  ) throws(FileError) {
    if replacing { return try rename(name, to: folder, as: newName, replacing: true) }
    if !FileSystems.current.isKnown(.exclusiveRename, toBeMissingAt: folder.number) {
      do {
        return try rename(name, to: folder, as: newName, replacing: false)
      } catch where error.isMissingCapability {
        FileSystems.current.note(.exclusiveRename, of: folder.number, path: folder.printablePath)
      }
    }
    let isFolder = try status(of: name).kind == .folder
    if isPrivate || isFolder {
      try renameAfterLook(name, to: folder, as: newName)
    } else {
      try linkAndUnlink(name, to: folder, as: newName)
    }
  }

  /// Gives two entries each other's name and place, both at once.
  ///
  /// - Returns: false where the file system cannot; nothing has changed then.
  package func exchange(_ name: Name, with otherName: Name, in folder: Folder) throws(FileError) -> Bool {
    do {
      try SystemCalls.exchange(
        at: number, name, with: folder.number, otherName, path: route(name, folder, otherName))
      return true
    } catch where error.isMissingCapability {
      return false
    }
  }

  private func rename(_ name: Name, to folder: Folder, as newName: Name, replacing: Bool) throws(FileError) {
    try SystemCalls.rename(
      at: number, name, to: folder.number, newName, replacing: replacing, path: route(name, folder, newName))
  }

  private func route(_ name: Name, _ folder: Folder, _ newName: Name) -> String {
    "\(printablePath(of: name)) → \(folder.printablePath(of: newName))"
  }

  private func taken(_ name: Name, _ folder: Folder, _ newName: Name) -> FileError {
    FileError(.rename, route(name, folder, newName), errno: EEXIST)
  }

  private func renameAfterLook(_ name: Name, to folder: Folder, as newName: Name) throws(FileError) {
    guard try !folder.contains(newName) else { throw taken(name, folder, newName) }
    do {
      try rename(name, to: folder, as: newName, replacing: true)
    } catch {
      // Somebody was faster; the error for that is ENOTEMPTY, or whatever the share makes of it.
      if (try? contains(name)) == true, (try? folder.contains(newName)) == true { throw taken(name, folder, newName) }
      throw error
    }
  }

  private func linkAndUnlink(_ name: Name, to folder: Folder, as newName: Name) throws(FileError) {
    do {
      try SystemCalls.link(at: number, name, to: folder.number, newName, path: route(name, folder, newName))
    } catch where error.errno == EEXIST {
      // The same file: a move that was interrupted here.
      guard let there = try folder.statusIfPresent(of: newName), try there.identity == status(of: name).identity else {
        if try folder.isReserved(newName, for: name, from: self) {
          return try rename(name, to: folder, as: newName, replacing: true)
        }
        throw taken(name, folder, newName)
      }
    } catch where error.isMissingCapability || error.errno == EPERM || error.errno == EMLINK {
      // Also another user's file, which fs.protected_hardlinks keeps from being linked.
      return try reserveAndRename(name, to: folder, as: newName)
    }
    try folder.sync()
    try remove(name)
  }

  // MARK: Without hard links

  /// Takes the name by a symbolic link that leads nowhere, which is made whole and never over another, and renames over it.
  /// Nobody takes what a stop leaves of that for a picture. Without symbolic links an empty file must do.
  private func reserveAndRename(_ name: Name, to folder: Folder, as newName: Name) throws(FileError) {
    do {
      try SystemCalls.makeSymbolicLink(
        Self.reservation(for: name, from: self), at: folder.number, newName, path: folder.printablePath(of: newName))
    } catch where error.errno == EEXIST {
      guard try folder.isReserved(newName, for: name, from: self) else { throw taken(name, folder, newName) }
    } catch where error.isMissingCapability || error.errno == EPERM {
      do {
        _ = try folder.createFile(newName, exclusive: true)
      } catch {
        // EEXIST, or whatever the share makes of it.
        if (try? folder.contains(newName)) == true { throw taken(name, folder, newName) }
        throw error
      }
    }
    let reserved = try folder.status(of: newName).identity
    do {
      try rename(name, to: folder, as: newName, replacing: true)
    } catch {
      // The first error counts. On a share the rename may have been made all the same.
      if (try? folder.status(of: newName).identity) == reserved { try? folder.remove(newName) }
      throw error
    }
  }

  /// What the symbolic link says that takes a name for a move: the same after a restart, another one for other moves.
  private static func reservation(for name: Name, from folder: Folder) -> Name {
    Name(".idinvert-moving/" + sha256(folder.path.appending(name).bytes).prefix(32))
  }

  private func isReserved(_ name: Name, for source: Name, from folder: Folder) throws(FileError) -> Bool {
    guard try statusIfPresent(of: name)?.kind == .symbolicLink else { return false }
    let text = try SystemCalls.readSymbolicLink(at: number, name, path: printablePath(of: name))
    return text == Self.reservation(for: source, from: folder)
  }

  /// Gives a name free that an interrupted move, or copy, from `folder` has taken here.
  package func removeReservation(of name: Name, from folder: Folder) throws(FileError) {
    var isOurs = try isReserved(name, for: name, from: folder)
    if !isOurs { isOurs = try isReserved(name, for: Self.temporaryName(for: name), from: self) }
    if isOurs { try remove(name) }
  }
}
