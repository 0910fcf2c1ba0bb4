internal import Files
internal import Glibc

/// Folders of an outbox and who may do what with them.
extension JobSteps {
  /// Lets those who may read the outbox read the answer, and those who may write to it take the answer away.
  func applyAccess(of outbox: FileStatus, to folder: Folder) throws(FileError) {
    try applyAccess(of: outbox, inside: folder)
    let status = try folder.status()
    if status.group != outbox.group { try? folder.setGroup(outbox.group) }  // not a member: its own group stays
    let mode = outbox.mode & 0o777 | 0o700
    if status.mode & 0o777 != mode { try folder.setModeIfPossible(mode) }
  }

  func applyAccess(of outbox: FileStatus, inside folder: Folder) throws(FileError) {
    let user = geteuid()
    for name in try folder.names() {
      var status = try folder.status(of: name)
      if status.kind == .regular, status.links > 1 {
        // In somebody's album, too: that one stays as it is, and what is published does not change with it.
        try folder.separateFromOtherNames(name)
        status = try folder.status(of: name)
      }
      // Root may set what others own: a folder that came by a rename, and that they made read-only.
      guard status.owner == user || (user == 0 && status.kind == .folder) else { continue }
      if status.kind == .folder { try applyAccess(of: outbox, to: try folder.folder(name)) }
      guard status.kind == .regular else { continue }
      let mode = status.mode & 0o777 | (outbox.mode & 0o444)
      guard status.group != outbox.group || status.mode != mode else { continue }
      let file = try folder.openFile(name)
      if status.group != outbox.group { try? file.setGroup(outbox.group) }  // same
      try file.setModeIfPossible(mode)
    }
  }

  func targetFolder(of record: JobRecord) throws(FileError) -> Folder {
    var folder = try makeFolders(Name(record.outbox))
    if record.isFailure { folder = try makeShared(AnswerNames.failed, in: folder) }
    for (depth, component) in record.subfolder.components.enumerated() {
      folder = try mirrored(component, in: folder, isTop: depth == 0 && !record.isFailure)
    }
    return folder
  }

  /// The folder of an outbox that stands for one of the inbox: of the same name, or with the first number that is neither
  /// the folder of failures or the gallery, nor an answer.
  private func mirrored(_ component: Name, in folder: Folder, isTop: Bool) throws(FileError) -> Folder {
    var number = isTop && AnswerNames.isOfOutbox(component) ? 2 : 1
    while true {
      let name = numberedName(component, number)
      if let status = try folder.statusIfPresent(of: name) {
        if status.kind == .folder {
          let inner = try folder.folder(name)
          if try ResultMarker.read(in: inner) == nil { return inner }
        }
      } else {
        return try makeShared(name, in: folder)
      }
      number += 1
    }
  }

  /// Makes a folder in the outbox with the outbox's own access, whatever the umask.
  func makeShared(_ name: Name, in folder: Folder) throws(FileError) -> Folder {
    if try folder.contains(name) { return try folder.folder(name) }
    let mode = try folder.status().mode & 0o777
    let made = try folder.makeFolder(name, mode: mode)
    let madeMode = try made.status().mode
    if madeMode & 0o777 != mode {
      // Below a folder with setgid the kernel has set it here too, and a chmod without it would take it away.
      let setgid = madeMode & 0o2000
      do {
        if setgid != 0 { try made.setMode(mode | setgid) } else { try made.setModeIfPossible(mode) }
      } catch where error.errno == EPERM && setgid != 0 {
        // RestrictSUIDSGID= of a hardened unit. Its UMask= should be 0007, then there is nothing to set.
        try made.setModeIfPossible(mode)
      }
    }
    try folder.sync()
    return made
  }
}
