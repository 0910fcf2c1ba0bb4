internal import Files
internal import Glibc

extension JobSteps {
  /// running (or claimed) → publishing: the answer is complete, but for the originals, and on disk.
  ///
  /// - Parameter failure: why the job failed; what the work folder holds is then removed. Nil for success.
  func beginPublishing(_ record: JobRecord, failure: String?) throws(FileError) -> JobRecord {
    let job = try store.folder(of: record.id)
    var record = record
    record.state = .publishing
    record.isFailure = failure != nil
    record.reason = failure
    record.nextAttempt = nil
    try discardCopy(of: record)
    record.copied = nil
    var group = SyncGroup()
    if failure != nil { try job.removeTree(JobStore.outputName) }
    if try !job.contains(JobStore.outputName) {
      // Recovery takes a missing work folder for one that was published: it must be on disk before the record says so.
      _ = try job.makeFolder(JobStore.outputName)
      try group.add(job)
    }
    let output = try job.folder(JobStore.outputName)
    try describe(record, in: output)
    let outbox = try makeFolders(Name(record.outbox)).status()
    try applyAccess(of: outbox, to: output)
    try group.addTree(output)
    if try job.contains(JobStore.inputName) {
      let input = try job.folder(JobStore.inputName)
      try applyAccess(of: outbox, inside: input)
      try group.addTree(input)
    }
    // The record's name gets to disk together with those of the originals, in `addOriginals`.
    try store.write(record, in: job, after: group)
    return record
  }

  /// Makes the work folder empty for a new try. Originals that a stop, or a power cut, left in it go back: the record does
  /// not say that the answer is complete.
  func emptyOutput(of record: JobRecord) throws(FileError) {
    let job = try store.folder(of: record.id)
    try returnOriginals(of: record, in: job)
    try discardCopy(of: record)
    try job.removeTree(JobStore.outputName)
    _ = try job.makeFolder(JobStore.outputName)
  }

  /// The opposite of `moveOriginal`.
  private func returnOriginal(
    _ entry: JobEntry, _ record: JobRecord, from output: Folder, to input: Folder
  ) throws(FileError) {
    let originals = Originals(answer: output)
    if record.isFolder {
      guard let folder = try originals.jobFolder() else { return }
      try output.move(folder, to: input, as: entry.name, isPrivate: true)
    } else {
      guard let folder = try originals.find(entry.name) else { return }
      try folder.move(entry.name, to: input, as: entry.name, isPrivate: true)
    }
    try input.sync()
  }

  /// publishing → claimed: the answer is not wanted any more. What it holds of the originals is in the input again.
  ///
  /// - Returns: nil where the answer is in the outbox already.
  func stopPublishing(_ record: JobRecord) throws(FileError) -> JobRecord? {
    let job = try store.folder(of: record.id)
    guard try job.contains(JobStore.outputName) else { return nil }
    if let copied = record.copied {
      let target = try targetFolder(of: record)
      let isThere = try target.status().identity == copied.outbox
      if isThere, try !target.contains(record.inPlaceName) { return nil }
    }
    // In this order: without work folder a record that says publishing means that the answer has left.
    try returnOriginals(of: record, in: job)
    var record = record
    record.state = .claimed
    record.isFailure = false
    try store.write(record)
    return record
  }

  private func returnOriginals(of record: JobRecord, in job: Folder) throws(FileError) {
    guard try job.contains(JobStore.outputName), !record.isInPlace else { return }
    let output = try job.folder(JobStore.outputName)
    let input = try job.makeFolder(JobStore.inputName)
    for entry in record.entries where try !input.contains(entry.name) {
      try returnOriginal(entry, record, from: output, to: input)
    }
  }

  /// Removes the hidden copy of an answer that is not wanted any more.
  private func discardCopy(of record: JobRecord) throws(FileError) {
    guard let copied = record.copied else { return }
    for isFailure in [false, true] {
      var record = record
      record.isFailure = isFailure
      let target = try targetFolder(of: record)
      if try target.status().identity == copied.outbox { try target.removeTree(record.inPlaceName) }
    }
  }

  /// publishing → done or failed: the answer moves to the outbox by one rename, and the job is forgotten.
  ///
  /// - Returns: the folder in the outbox; nil where an earlier process had moved it.
  func finishPublishing(_ record: JobRecord) throws(FileError) -> Name? {
    var record = record
    let job = try store.folder(of: record.id)
    if try job.contains(JobStore.outputName) {
      if record.copied == nil { try addOriginals(record, in: job) }
      record.destination = try moveAnswer(&record, from: job)
      // The rename is the record of its own; a copy that was moved needs one.
      if record.copied != nil {
        record.state = record.isFailure ? .failed : .done
        try store.write(record)
      }
    }
    try forget(record)
    return record.destination
  }

  /// done or failed → nothing: removes what is left of the job.
  func forget(_ record: JobRecord) throws(FileError) {
    if record.isInPlace { removeInPlace(record) }
    try store.remove(record.id)
  }

  private func removeInPlace(_ record: JobRecord) {
    // The folder belongs to another user: where it cannot be removed it stays, hidden and ignored.
    guard let inbox = try? dropFolder(of: record) else { return }
    if (try? inbox.removeTree(record.inPlaceName)) != nil { return }
    try? inbox.move(record.inPlaceName, to: inbox, as: Name(".idinvert-done-" + record.id))
  }

  /// Puts the reason and the marker into the work folder.
  private func describe(_ record: JobRecord, in output: Folder) throws(FileError) {
    if record.isFailure {
      let reason = record.reason ?? "failed"
      try output.write(AnswerNames.error, Array((reason + "\n").utf8), durability: .none)
    }
    let marker = ResultMarker(record)
    try output.write(
      AnswerNames.marker, try encodeJSON(marker, output.printablePath(of: AnswerNames.marker)), durability: .none)
  }

  /// Puts the originals into the work folder, and their names on disk; they are there themselves.
  private func addOriginals(_ record: JobRecord, in job: Folder) throws(FileError) {
    let output = try job.folder(JobStore.outputName)
    if record.isInPlace {
      try copyOriginalsInPlace(record, to: output)
      try applyAccess(of: try makeFolders(Name(record.outbox)).status(), inside: output)
      var group = SyncGroup()
      try group.addTree(output)
      try group.add(job)
      try group.sync()
      return
    }
    var group = SyncGroup()
    let input = try job.makeFolder(JobStore.inputName)
    for name in try input.names() where !name.hasPrefix(".") {
      try moveOriginal(name, record, from: input, to: output)
    }
    for folder in try Originals(answer: output).folders() { try group.add(try output.folder(folder)) }
    try group.add(output)
    // The name of the record, which may get there after the originals: `emptyOutput` knows.
    try group.add(job)
    try group.sync()
  }

  private func moveOriginal(
    _ name: Name, _ record: JobRecord, from input: Folder, to output: Folder
  ) throws(FileError) {
    let originals = Originals(answer: output)
    if record.isFolder {
      try input.move(name, to: output, as: try originals.nameForFolder(), isPrivate: true)
    } else {
      try input.move(name, to: try originals.place(for: name), as: name, isPrivate: true)
    }
  }

  private func copyOriginalsInPlace(_ record: JobRecord, to output: Folder) throws(FileError) {
    let inbox = try dropFolder(of: record)
    guard try inbox.contains(record.inPlaceName) else { return }
    try output.removeTree(AnswerNames.originals)
    let limit = Int64(configuration.limits.fileBytes)
    try inbox.copyTree(record.inPlaceName, to: output, as: AnswerNames.originals, limit: limit)
  }

  /// Lets those who may read the outbox read the answer, and those who may write to it take the answer away.
  private func applyAccess(of outbox: FileStatus, to folder: Folder) throws(FileError) {
    try applyAccess(of: outbox, inside: folder)
    let status = try folder.status()
    if status.group != outbox.group { try? folder.setGroup(outbox.group) }  // not a member: its own group stays
    let mode = outbox.mode & 0o777 | 0o700
    if status.mode & 0o777 != mode { try folder.setModeIfPossible(mode) }
  }

  private func applyAccess(of outbox: FileStatus, inside folder: Folder) throws(FileError) {
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

  private func targetFolder(of record: JobRecord) throws(FileError) -> Folder {
    var folder = try makeFolders(Name(record.outbox))
    if record.isFailure { folder = try makeShared(AnswerNames.failed, in: folder) }
    for (depth, component) in record.subfolder.components.enumerated() {
      folder = try mirrored(component, in: folder, isTop: depth == 0 && !record.isFailure)
    }
    return folder
  }

  /// The folder of an outbox that stands for one of the inbox: of the same name, or with the first number that is neither
  /// the folder of failures nor an answer.
  private func mirrored(_ component: Name, in folder: Folder, isTop: Bool) throws(FileError) -> Folder {
    var number = isTop && isFailed(component) ? 2 : 1
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

  /// Whether a name would be taken for the folder of failures, on some file system at least.
  private func isFailed(_ name: Name) -> Bool { name.folded == AnswerNames.failed.folded }

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

  private func moveAnswer(_ record: inout JobRecord, from job: Folder) throws(FileError) -> Name {
    let target = try targetFolder(of: record)
    // `failed` is the name of the folder of failures.
    let first = !record.isFailure && record.subfolder.bytes.isEmpty && isFailed(record.name) ? 2 : 1
    if record.copied == nil {
      do {
        let name = try moveToFreeName(JobStore.outputName, from: job, to: target, base: record.name, first: first)
        try target.sync()
        return target.path.appending(name)
      } catch where error.errno == EXDEV {
        try copyAnswer(&record, from: job, to: target)
      }
    }
    guard try target.contains(record.inPlaceName) else {
      // An earlier process had moved it, if this is the outbox that it was copied to: its number stays when it is mounted
      // anew, or the answer is seen.
      if try record.copied?.outbox.inode == target.status().inode { return target.path }
      if let name = try published(record, in: target, first: first) { return target.path.appending(name) }
      throw FileError(.rename, target.printablePath, "it is not the outbox the answer was copied to", kind: .retry)
    }
    let name = try moveToFreeName(record.inPlaceName, from: target, to: target, base: record.name, first: first)
    try target.sync()
    return target.path.appending(name)
  }

  /// The name under which the answer lies in an outbox already.
  private func published(_ record: JobRecord, in target: Folder, first: Int) throws(FileError) -> Name? {
    for number in first..<(first + 64) {
      let name = numberedName(record.name, number)
      guard let status = try target.statusIfPresent(of: name) else { continue }
      if status.kind == .folder, try ResultMarker.read(in: try target.folder(name))?.id == record.id { return name }
    }
    return nil
  }

  /// Copies the answer to another file system under a hidden name, and records that it is complete there.
  private func copyAnswer(_ record: inout JobRecord, from job: Folder, to target: Folder) throws(FileError) {
    try target.removeTree(record.inPlaceName)
    try job.copyTree(JobStore.outputName, to: target, as: record.inPlaceName, limit: .max)
    let copy = try target.folder(record.inPlaceName)
    try applyAccess(of: try makeFolders(Name(record.outbox)).status(), to: copy)
    var group = SyncGroup()
    try group.addTree(copy)
    try group.add(target)
    try group.sync()
    record.copied = CopiedAnswer(outbox: try target.status().identity, folder: try copy.status().identity)
    try store.write(record)
  }
}
