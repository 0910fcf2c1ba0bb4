internal import Files

/// A drop that is complete and can be claimed.
struct Drop {
  struct Part {
    var name: Name
    var role: JobEntry.Role
  }

  var place: Place
  /// The name of the result.
  var name: Name
  /// The first one is what the job is about.
  var parts: [Part]
  var missing: [Name] = []
  /// Why it fails without being worked on.
  var problem: String?
}

/// What can be done about an entry now.
enum PairingDecision {
  case ready(Drop)
  /// Nothing before this moment.
  case wait(until: Moment)
  /// Another entry decides, or a change of this one.
  case leave
  /// Nothing before a change; to be said once.
  case say(String, isHeld: Bool, until: Moment?)
}

/// The rules of who belongs to whom. Pure: all facts are in the folder's entries.
struct Pairing {
  let rules: NameRules
  let watch: WatchConfiguration
  let limits: SpoolLimits
  let place: Place

  private var pairing: Duration { .seconds(watch.pairingSeconds) }
  private var orphan: Duration { .seconds(watch.orphanSeconds) }

  /// Decides about a settled entry.
  func decide(_ name: Name, in folder: DropFolder, at now: Moment) -> PairingDecision {
    guard let entry = folder[name], let settledAt = entry.settledAt, !entry.isReady else { return .leave }
    switch entry.kind {
    case .image: return decideImage(name, entry, settledAt, folder, now)
    case .sidecar: return decideSidecar(name, entry, settledAt, folder, now)
    case .folder: return decideFolder(name, entry, settledAt, folder, now)
    case .other:
      if !folder.sidecars(naming: name).isEmpty { return .leave }
      if case .unread(let reason)? = entry.content { return .say("left alone: \(reason)", isHeld: true, until: nil) }
      if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
      let known = rules.imageExtensions.sorted().joined(separator: ", ")
      return .say("left alone: not an image or a sidecar (\(known), yaml, yml)", isHeld: false, until: nil)
    case .stranger: return .leave
    }
  }

  private func decideImage(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    if folder.sidecar(ofImage: name, rules: rules) != nil { return .leave }
    if folder.owner(ofReferenced: name) != nil { return .leave }
    if watch.requireSidecar {
      if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
      return .say("waits for its sidecar \(name).yaml", isHeld: true, until: nil)
    }
    if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
    // A sidecar still being written may name this image.
    if folder.unsettledSidecars > 0, now < settledAt + pairing * 2 {
      return .wait(until: now + .milliseconds(max(watch.settleMilliseconds, 10)))
    }
    return .ready(Drop(place: place, name: rules.jobName(of: name), parts: [.init(name: name, role: .image)]))
  }

  private func decideSidecar(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    guard let image = folder.image(ofSidecar: name, rules: rules) else {
      if now < settledAt + orphan { return .wait(until: settledAt + orphan) }
      var drop = Drop(place: place, name: rules.jobName(of: name), parts: [.init(name: name, role: .sidecar)])
      drop.problem =
        "\(name): no image came for it within \(Int(watch.orphanSeconds)) s; drop both, the image under the same name"
      return .ready(drop)
    }
    guard let imageEntry = folder[image], imageEntry.settledAt != nil, !imageEntry.isReady else { return .leave }
    var drop = Drop(place: place, name: rules.jobName(of: image), parts: [])
    drop.parts = [.init(name: image, role: .image), .init(name: name, role: .sidecar)]
    return complete(drop, references: entry.references.filter { $0 != image }, settledAt, now) { reference in
      guard let other = folder[reference], other.kind == .image || other.kind == .other else { return nil }
      return other.settledAt != nil
    }
  }

  /// Adds what the sidecar names, as far as it is there (`isSettled` is nil where not).
  private func complete(
    _ drop: Drop, references: [Name], _ settledAt: Moment, _ now: Moment, isSettled: (Name) -> Bool?
  ) -> PairingDecision {
    var drop = drop
    guard references.count < limits.imagesPerJob else {
      drop.problem = "it names \(references.count + 1) images; the limit is \(limits.imagesPerJob)"
      return .ready(drop)
    }
    for reference in references {
      switch isSettled(reference) {
      case true?: drop.parts.append(.init(name: reference, role: .reference))
      case false?: return .leave
      case nil: drop.missing.append(reference)
      }
    }
    if drop.missing.isEmpty || now >= settledAt + orphan { return .ready(drop) }
    if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
    let names = drop.missing.map(\.description).joined(separator: ", ")
    return .say("waits for \(names), which its sidecar names", isHeld: true, until: settledAt + orphan)
  }

  private func decideFolder(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    var drop = Drop(place: place, name: name, parts: [.init(name: name, role: .folder)])
    drop.missing = entry.references
    if drop.missing.isEmpty || now >= settledAt + orphan { return .ready(drop) }
    let names = drop.missing.map(\.description).joined(separator: ", ")
    if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
    return .say("waits for \(names), which its job.yaml names", isHeld: true, until: settledAt + orphan)
  }
}
