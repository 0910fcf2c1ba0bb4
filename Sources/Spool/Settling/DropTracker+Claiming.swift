internal import Files

/// From a drop to a job.
extension DropTracker {
  /// The record of a new job, nil where a part of the drop is not what it was.
  func record(of drop: Drop) -> JobRecord? {
    let place = drop.place
    guard let folder = folders[place] else { return nil }
    let settings = settings(place)
    // A sidecar may have come while it waited for room in the queue.
    if drop.problem == nil, drop.parts.count == 1, let image = drop.parts.first, image.role == .image,
      folder.sidecar(ofImage: image.name) != .none
    {
      return nil
    }
    var entries: [JobEntry] = []
    for part in drop.parts {
      guard let entry = folder[part.name], entry.isReady, entry.settledAt != nil,
        let status = try? folder.folder.statusIfPresent(of: part.name),  // looked at again by reconsider
        status.identity == entry.settling.observation.identity, status.size == entry.settling.observation.size,
        status.modified == entry.settling.observation.modified
      else { return nil }
      entries.append(
        JobEntry(
          name: part.name, role: part.role, identity: status.identity, size: status.size, modified: status.modified,
          isCopy: isNeededElsewhere(part, drop, folder)))
    }
    let date = clock.date()
    var record = JobRecord(
      id: JobIdentifier.make(name: drop.name, date: date), state: .waiting, name: drop.name, inbox: settings.inbox,
      outbox: settings.outbox, subfolder: place.subfolder, entries: entries, created: date)
    record.missing = drop.missing
    record.nearby = drop.nearby
    record.notes = drop.notes
    record.reason = drop.problem
    record.isTraining = isTraining(drop, folder.folder)
    return record
  }

  private func isTraining(_ drop: Drop, _ folder: Folder) -> Bool? {
    guard let part = drop.parts.first, part.role == .folder,
      let names = try? folder.folder(part.name).names(),  // what cannot be read now is found by the claim
      let file = rules.jobFile(among: names).name
    else { return nil }
    return rules.isTraining(file) ? true : nil
  }

  /// Whether a file has a sidecar of another job or is named by one: this job gets a copy then.
  private func isNeededElsewhere(_ part: Drop.Part, _ drop: Drop, _ folder: DropFolder) -> Bool {
    let mine = Set(drop.parts.map(\.name))
    let naming = folder.sidecars(naming: part.name).filter { !mine.contains($0) }
    switch part.role {
    case .folder: return false
    case .sidecar:
      // It may speak for several images.
      return drop.problem == nil && folder.images(ofSidecar: part.name).contains { !mine.contains($0) }
    case .reference:
      if case .one(let own) = folder.sidecar(ofImage: part.name), !mine.contains(own) { return true }
      return !naming.isEmpty
    case .image:
      // Only for a sidecar whose own image is here, so that it will take what this job leaves.
      return naming.contains { sidecar in
        folder.images(ofSidecar: sidecar).contains { $0 != part.name && folder[$0]?.settledAt != nil }
      }
    }
  }

  /// Puts the parts of a drop back among those that are settling or waiting.
  mutating func reconsider(_ drop: Drop, _ now: Moment) {
    for part in drop.parts {
      unready(part.name, in: drop.place)
      schedule(part.name, in: drop.place, at: now)
    }
  }

  /// A job was made of a drop, or nothing was taken of it after all.
  mutating func claimed(_ drop: Drop, _ record: JobRecord, isClaimed: Bool, _ now: Moment) {
    for entry in record.entries where entry.isCopy || !isClaimed {
      // Left for another job, which may have waited for this one; or given back.
      unready(entry.name, in: drop.place)
    }
    for part in drop.parts {
      look(at: part.name, in: drop.place, now)
      decidePartners(of: part.name, in: drop.place, now)
    }
  }
}
