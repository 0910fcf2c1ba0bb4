internal import Files
internal import Glibc

/// How a claim ended.
enum ClaimOutcome {
  case claimed(JobRecord)
  /// Nothing was there any more.
  case vanished
  /// Something changed meanwhile: what was taken is in the inbox again.
  case givenBack
}

extension JobSteps {
  private enum Taken {
    case here, inPlace, gone, changed
  }

  /// waiting → claimed: moves what the record names from the inbox into the job's folder.
  ///
  /// A rename where that works; copy, fsync, verify and unlink across file systems; a hidden name in the inbox for a
  /// folder that may not leave it.
  func claim(_ waiting: JobRecord) throws(FileError) -> ClaimOutcome {
    var record = waiting
    let job = try store.folder(of: record.id)
    let input = try job.makeFolder(JobStore.inputName)
    guard let inbox = try dropFolderIfPresent(of: record) else {
      record.entries = try entriesInInput(of: record, input)
      if record.entries.isEmpty {
        try store.remove(record.id)
        return .vanished
      }
      record.reason = "its folder in the inbox went away while it was taken"
      return try claimed(record, input)
    }
    var kept: [JobEntry] = []
    var mustGiveBack = false
    for entry in record.entries {
      switch try take(entry, record: record, from: inbox, to: input) {
      case .here: kept.append(entry)
      case .inPlace:
        kept.append(entry)
        record.isInPlace = true
      case .gone where entry.role == .reference: record.missing.append(entry.name)
      case .gone, .changed: mustGiveBack = true
      }
      if mustGiveBack { break }
    }
    if mustGiveBack {
      guard try giveBack(record) else {
        // A new drop has taken the name: what was taken is answered, not lost.
        record.entries = try entriesInInput(of: record, input)
        record.reason = "its files changed while they were taken, and new ones of the same name were dropped"
        return try claimed(record, input)
      }
      return kept.isEmpty ? .vanished : .givenBack
    }
    record.entries = kept
    return try claimed(record, input)
  }

  private func claimed(_ record: JobRecord, _ input: Folder) throws(FileError) -> ClaimOutcome {
    // A power cut may undo the renames: the record before says waiting, and the files are in the inbox. It may also leave
    // that record and the files here: the claim is repeated then and finds them.
    var group = SyncGroup()
    try group.add(input)
    var record = record
    record.state = .claimed
    try store.write(record, in: try store.folder(of: record.id), after: group)
    return .claimed(record)
  }

  private func entriesInInput(of record: JobRecord, _ input: Folder) throws(FileError) -> [JobEntry] {
    var entries: [JobEntry] = []
    for entry in record.entries where try input.contains(entry.name) { entries.append(entry) }
    return entries
  }

  private func take(
    _ entry: JobEntry, record: JobRecord, from inbox: Folder, to input: Folder
  ) throws(FileError) -> Taken {
    if entry.role == .folder, try inbox.contains(record.inPlaceName) {
      if try !input.contains(entry.name) { return .inPlace }
      try inbox.removeTree(record.inPlaceName)  // the source of a finished copy
    }
    let trail = try ClaimTrail(from: inbox, to: input)
    if let taken = try input.statusIfPresent(of: entry.name) {
      try inbox.removeReservation(of: entry.name, from: input)
      let isLeftBehind = try trail.isLeftBehind(entry, taken: taken)
      if entry.isCopy || !isLeftBehind {
        return trail.wasMoved(entry, taken) && !trail.matches(entry, taken) ? .changed : .here
      }
      // Its source was not removed yet: made again from what is there now.
      try input.removeTree(entry.name)
    }
    guard let source = try inbox.statusIfPresent(of: entry.name) else { return .gone }
    guard trail.matches(entry, source) else { return .changed }
    if entry.isCopy {
      try inbox.copy(
        entry.name, to: input, as: entry.name, limit: Int64(configuration.limits.fileBytes), isPrivate: true)
      return .here
    }
    do {
      try inbox.move(entry.name, to: input, as: entry.name, isPrivate: true)
    } catch where error.errno == EXDEV {
      return try takeAcross(entry, record: record, from: inbox, to: input)
    } catch where entry.role == .folder && (error.errno == EACCES || error.errno == EPERM) {
      try inbox.move(entry.name, to: inbox, as: record.inPlaceName)
      return .inPlace
    } catch where error.errno == ENOENT {
      return .gone
    }
    return trail.matches(entry, try input.status(of: entry.name)) ? .here : .changed
  }

  /// Takes an entry from another file system. It is in the inbox until the copy is on disk and verified.
  private func takeAcross(
    _ entry: JobEntry, record: JobRecord, from inbox: Folder, to input: Folder
  ) throws(FileError) -> Taken {
    let limit = Int64(configuration.limits.fileBytes)
    if entry.role == .folder {
      let partial = Folder.temporaryName(for: entry.name)
      try input.removeTree(partial)
      try inbox.copyTree(entry.name, to: input, as: partial, limit: limit)
      try input.move(partial, to: input, as: entry.name)
      try input.sync()
      // From here on the copy counts: the hidden name says so.
      try inbox.move(entry.name, to: inbox, as: record.inPlaceName)
      try inbox.sync()
      try inbox.removeTree(record.inPlaceName)
      return .here
    }
    try inbox.copy(entry.name, to: input, as: entry.name, limit: limit, isPrivate: true)
    guard try ClaimTrail(from: inbox, to: input).matches(entry, inbox.status(of: entry.name)) else { return .changed }
    try inbox.remove(entry.name)
    // Else a power cut brings it back as a second drop.
    try inbox.sync()
    return .here
  }

  /// running → waiting → back in the inbox, and the job forgotten.
  ///
  /// - Returns: false where a name is taken by a new drop; then the job is running as before.
  func takeBack(_ running: JobRecord) throws(FileError) -> Bool {
    var record = running
    record.state = .waiting
    try store.write(record)
    if try giveBack(record) { return true }
    record.state = .claimed
    try store.write(record)
    return false
  }

  /// waiting → back in the inbox, and the job forgotten.
  ///
  /// - Returns: false where a name is taken by a new drop; then nothing was moved.
  func giveBack(_ record: JobRecord) throws(FileError) -> Bool {
    let job = try store.folder(of: record.id)
    let input = try job.folder(JobStore.inputName)
    let inbox = try dropFolder(of: record)
    if record.isInPlace, let entry = record.entries.first, try inbox.contains(record.inPlaceName) {
      guard try !inbox.contains(entry.name) else { return false }
      try inbox.move(record.inPlaceName, to: inbox, as: entry.name)
    }
    let trail = try ClaimTrail(from: inbox, to: input)
    for entry in record.entries where !entry.isCopy {
      try inbox.removeReservation(of: entry.name, from: input)
      guard let taken = try input.statusIfPresent(of: entry.name), try inbox.contains(entry.name) else { continue }
      guard try trail.isSource(entry, taken: taken) else { return false }
    }
    for entry in record.entries where !entry.isCopy {
      guard let taken = try input.statusIfPresent(of: entry.name) else { continue }
      if try inbox.contains(entry.name), try trail.isSource(entry, taken: taken) {
        try input.removeTree(entry.name)  // the source was never removed, and is the drop
        continue
      }
      try moveBack(entry, from: input, to: inbox)
    }
    try inbox.sync()
    try store.remove(record.id)
    return true
  }

  private func moveBack(_ entry: JobEntry, from input: Folder, to inbox: Folder) throws(FileError) {
    do {
      try input.move(entry.name, to: inbox, as: entry.name)
    } catch where error.errno == EXDEV {
      let limit = Int64.max
      if entry.role == .folder {
        let partial = Folder.temporaryName(for: entry.name)
        try inbox.removeTree(partial)
        try input.copyTree(entry.name, to: inbox, as: partial, limit: limit)
        try inbox.move(partial, to: inbox, as: entry.name)
      } else {
        try input.copy(entry.name, to: inbox, as: entry.name, limit: limit)
      }
      try inbox.sync()
      try input.removeTree(entry.name)
    }
  }
}
