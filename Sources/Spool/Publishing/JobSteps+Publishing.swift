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
  /// not say that the answer is complete. Where an attempt counts, the rest stays: it may be the attempt's result.
  func emptyOutput(of record: JobRecord) throws(FileError) {
    let job = try store.folder(of: record.id)
    try returnOriginals(of: record, in: job)
    try discardCopy(of: record)
    guard record.mark == nil else { return }
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

  func returnOriginals(of record: JobRecord, in job: Folder) throws(FileError) {
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

  private func moveAnswer(_ record: inout JobRecord, from job: Folder) throws(FileError) -> Name {
    let target = try targetFolder(of: record)
    let first = !record.isFailure && record.subfolder.bytes.isEmpty && AnswerNames.isOfOutbox(record.name) ? 2 : 1
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
