internal import Files

/// Drops that a person cancelled where they lie.
extension DropTracker {
  /// Whether a drop was cancelled where it lies; it is shown then.
  mutating func holdsCancelled(_ name: Name, _ entry: DropEntry, in place: Place) -> Bool {
    let inbox = settings(place).inbox
    guard let reason = cancelled.reason(name, entry.settling.observation, subfolder: place.subfolder, inbox: inbox) else {
      return false
    }
    var entry = entry
    entry.standing = .cancelled
    hold(name, &entry, in: place, reason)
    return true
  }

  /// What changed, or went, may be done when it comes again.
  func forgetCancelled(_ name: Name, in place: Place) {
    let inbox = settings(place).inbox
    do throws(FileError) {
      try cancelled.remove(name, subfolder: place.subfolder, inbox: inbox)
    } catch {
      reporter.met(error, at: .requests)
    }
  }

  /// A sidecar or an image that is new, or changed, says anew what is wanted: its other half is not cancelled any more.
  mutating func reviveCancelled(beside name: Name, in place: Place) {
    guard !cancelled.isEmpty, let folder = folders[place] else { return }
    var others: [Name] = []
    switch folder[name]?.kind {
    case .sidecar: others = folder.images(ofSidecar: name)
    case .image: if case .one(let sidecar) = folder.sidecar(ofImage: name) { others = [sidecar] }
    default: return
    }
    for other in others {
      forgetCancelled(other, in: place)
      guard folder[other]?.isCancelled == true else { continue }
      folders[place]?[other]?.standing = .open
      release(other, in: place)
    }
  }

  /// What a cancelled job was made of lies in its inbox again, and is not done.
  mutating func putBack(_ record: JobRecord, in place: Place, reason: String) {
    recent.forget(record.id)
    for entry in record.entries {
      guard var known = folders[place]?[entry.name] else { continue }
      known.standing = .cancelled
      hold(entry.name, &known, in: place, reason)
    }
  }

  /// Whether files of that name lie in an inbox and are part of no job.
  func isInInbox(_ request: SpoolRequest) -> Bool {
    folders.contains { place, folder in
      (request.inbox ?? settings(place).inbox) == settings(place).inbox
        && folder.entries.keys.contains { rules.jobName(of: $0) == request.job || $0 == request.job }
    }
  }
}
