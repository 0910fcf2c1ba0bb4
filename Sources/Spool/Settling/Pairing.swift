internal import Files
internal import struct Foundation.Date

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
  /// Files that lie beside it and are nearly named as the missing ones.
  var nearby: [Name] = []
  /// What is worth knowing about how its parts were found.
  var notes: [String] = []
  /// Why it fails without being worked on.
  var problem: String?
}

/// What is to be said about an entry that waits.
struct Saying {
  enum Kind {
    /// Waits for a person.
    case held
    /// Is no business of ours.
    case ignored
    /// Waits for what may well be on its way: for the status alone.
    case shown
  }

  var reason: String
  var kind: Kind
  var until: Moment?
  /// The names of what it waits for.
  var wanted: [Name] = []
}

/// What can be done about an entry now.
enum PairingDecision {
  case ready(Drop)
  /// Nothing before this moment.
  case wait(until: Moment, wanted: [Name] = [])
  /// Another entry decides, or a change of this one.
  case leave
  /// Nothing before a change or that moment; to be said once.
  case say(Saying)
}

/// The rules of who belongs to whom. Pure: all facts are in the folder's entries and in what was taken lately.
struct Pairing {
  let rules: NameRules
  let watch: WatchConfiguration
  let limits: SpoolLimits
  let place: Place
  let recent: RecentJobs
  let date: Date

  private var pairing: Duration { .seconds(watch.pairingSeconds) }
  private var orphan: Duration { .seconds(watch.orphanSeconds) }

  /// Decides about a settled entry.
  func decide(_ name: Name, in folder: DropFolder, at now: Moment) -> PairingDecision {
    guard let entry = folder[name], let settledAt = entry.settledAt, !entry.isReady, !entry.isCancelled else { return .leave }
    switch entry.kind {
    case .image: return decideImage(name, entry, settledAt, folder, now)
    case .sidecar: return decideSidecar(name, entry, settledAt, folder, now)
    case .folder: return decideFolder(name, entry, settledAt, folder, now)
    case .other: return decideOther(name, entry, settledAt, folder, now)
    case .stranger: return .leave
    }
  }

  private func decideOther(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    if !folder.sidecars(naming: name).isEmpty { return .leave }
    if case .unread(let reason)? = entry.content { return .say(Saying(reason: "left alone: \(reason)", kind: .held)) }
    if let meant = rules.misnamedSidecar(name) {
      return .say(Saying(reason: "looks like a sidecar that an editor saved as text; rename it to \(meant)", kind: .held))
    }
    if now < settledAt + pairing { return .wait(until: settledAt + pairing) }
    let known = rules.imageExtensions.sorted().joined(separator: ", ")
    return .say(Saying(reason: "left alone: not an image or a sidecar (\(known), yaml, yml)", kind: .ignored))
  }

  private func decideImage(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    switch folder.sidecar(ofImage: name) {
    case .one, .shared: return .leave
    case .several(let sidecars): return decideBetween(sidecars, of: name, settledAt, now)
    case .none: break
    }
    if let unusable = folder.misnamedSidecars(ofImage: name).min() {
      return .say(Saying(reason: "waits for \(unusable) to be put right", kind: .shown))
    }
    if !folder.sidecars(naming: name).isEmpty || folder.isWanted(name) { return .leave }
    let since = max(settledAt, entry.aloneSince)
    if now < since + pairing { return .wait(until: since + pairing) }
    if watch.requireSidecar {
      return .say(Saying(reason: "waits for its sidecar \(name).yaml", kind: .held))
    }
    // A sidecar still being written may name this image.
    if folder.unsettledSidecars > 0, now < since + pairing * 2 {
      return .wait(until: now + .milliseconds(max(watch.settleMilliseconds, 10)))
    }
    var drop = Drop(place: place, name: rules.jobName(of: name), parts: [.init(name: name, role: .image)])
    let lately = date.addingTimeInterval(-watch.orphanSeconds)
    drop.notes += [recent.note(forImage: name, in: place, since: lately, rules: rules)].compactMap { $0 }
    return .ready(drop)
  }

  private func decideBetween(
    _ sidecars: [Name], of image: Name, _ settledAt: Moment, _ now: Moment
  ) -> PairingDecision {
    let names = sidecars.map(\.description).joined(separator: " or ")
    let reason = "could go with \(names); rename the right one to \(image).yaml"
    if now < settledAt + orphan { return .say(Saying(reason: reason, kind: .held, until: settledAt + orphan)) }
    var drop = Drop(place: place, name: rules.jobName(of: image), parts: [.init(name: image, role: .image)])
    drop.parts += sidecars.map { .init(name: $0, role: .sidecar) }
    drop.problem = "\(image): \(reason)"
    return .ready(drop)
  }

  private func decideSidecar(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    let images = folder.images(ofSidecar: name)
    guard !images.isEmpty else { return decideLone(name, settledAt, folder, now) }
    func isFree(_ image: Name) -> Bool { folder[image].map { $0.settledAt != nil && !$0.isReady && !$0.isCancelled } ?? false }
    guard let image = images.first(where: isFree) else { return .leave }
    var drop = Drop(place: place, name: rules.jobName(of: image), parts: [])
    drop.parts = [.init(name: image, role: .image), .init(name: name, role: .sidecar)]
    let base = rules.sidecarBase(name)
    if image != base, image.stemAndExtension.stem != base { drop.notes.append("'\(name)' is taken for the sidecar of '\(image)'") }
    return complete(drop, references: entry.references, folder, settledAt, now)
  }

  /// A sidecar without an image: why, and for how long.
  private func decideLone(_ name: Name, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment) -> PairingDecision {
    let base = rules.sidecarBase(name)
    var drop = Drop(place: place, name: rules.jobName(of: name), parts: [.init(name: name, role: .sidecar)])
    var reason = recent.reason(
      forSidecar: name, base: base, in: place, since: date.addingTimeInterval(-watch.orphanSeconds - (now - settledAt).inSeconds))
    var kind = Saying.Kind.held
    for image in folder.candidates(forBase: base).sorted() {
      switch folder.sidecar(ofImage: image) {
      case .one(let other): reason = "\(other) is used for \(image) instead of it; remove one of them"
      // The image decides.
      case .several(let names) where names.contains(name): return .leave
      case .shared(name):
        let images = folder.candidates(forBase: base).filter { folder.sidecar(ofImage: $0) == .shared(name) }.sorted()
        reason = "could go with " + images.map(\.description).joined(separator: " or ")
          + "; rename it to the right one's name and .yaml"
        drop.parts += images.map { .init(name: $0, role: .reference) }
      default: break
      }
    }
    if reason == nil { reason = folder.unread(forBase: base) }
    if now >= settledAt + orphan {
      drop.problem = reason.map { "\(name): \($0)" }
        ?? "\(name): no image came for it within \(Int(watch.orphanSeconds)) s; drop both, the image under the same name"
      return .ready(drop)
    }
    if reason == nil, let near = folder.suggestion(for: base) {
      reason = "waits for its image \(base); did you mean \(near), which lies there?"
    } else if reason == nil {
      if now < settledAt + pairing { return .wait(until: settledAt + pairing, wanted: [base]) }
      (reason, kind) = ("waits for its image", .shown)
    }
    return .say(Saying(reason: reason ?? "", kind: kind, until: settledAt + orphan, wanted: [base]))
  }

  /// Adds what the sidecar names, as far as it is there.
  private func complete(
    _ drop: Drop, references: [Name], _ folder: DropFolder, _ settledAt: Moment, _ now: Moment
  ) -> PairingDecision {
    var drop = drop
    guard references.filter({ $0 != drop.parts[0].name }).count < limits.imagesPerJob else {
      drop.problem = "it names \(references.count) images; the limit is \(limits.imagesPerJob) (limits.images)"
      return .ready(drop)
    }
    var doubts: [String] = []
    for reference in references {
      switch folder.match(reference) {
      case .exact(let file), .alike(let file):
        if drop.parts.contains(where: { $0.name == file }) { continue }
        guard folder[file]?.settledAt != nil else { return .leave }
        drop.parts.append(.init(name: file, role: .reference))
      case .none: drop.missing.append(reference)
      case .ambiguous(let names):
        doubts.append("'\(reference)' " + (NameMatch.ambiguous(names).doubt ?? ""))
      }
    }
    if !doubts.isEmpty {
      let reason = doubts.joined(separator: "; ")
      if now < settledAt + orphan { return .say(Saying(reason: reason, kind: .held, until: settledAt + orphan)) }
      drop.problem = "\(drop.parts[1].name): \(reason)"
      return .ready(drop)
    }
    drop.nearby = drop.missing.compactMap { folder.suggestion(for: $0) }
    return complete(drop, "its sidecar", settledAt, now)
  }

  /// Waits for what is missing, and goes without it in the end.
  private func complete(
    _ drop: Drop, _ source: String, _ settledAt: Moment, _ now: Moment
  ) -> PairingDecision {
    if drop.missing.isEmpty { return .ready(drop) }
    if now >= settledAt + orphan { return .ready(drop) }
    if now < settledAt + pairing, drop.nearby.isEmpty { return .wait(until: settledAt + pairing, wanted: drop.missing) }
    var reason = "waits for \(drop.missing.map(\.description).joined(separator: ", ")), which \(source) names"
    if !drop.nearby.isEmpty {
      reason += "; did you mean \(drop.nearby.map(\.description).joined(separator: ", ")), which lies there?"
    }
    return .say(Saying(reason: reason, kind: .held, until: settledAt + orphan, wanted: drop.missing))
  }

  private func decideFolder(
    _ name: Name, _ entry: DropEntry, _ settledAt: Moment, _ folder: DropFolder, _ now: Moment
  ) -> PairingDecision {
    var drop = Drop(place: place, name: name, parts: [.init(name: name, role: .folder)])
    drop.missing = entry.references
    drop.nearby = entry.nearby
    return complete(drop, "its job.yaml", settledAt, now)
  }
}
