internal import Files

/// Where an inbox (or a folder in it) is: which watch, which folder below its inbox.
struct Place: Hashable {
  var watch: Int
  var subfolder: Name

  /// Whether it is the inbox itself.
  var isInbox: Bool { subfolder.bytes.isEmpty }
}

/// What is known of one thing in an inbox.
struct DropEntry {
  enum Kind: Equatable {
    case image, sidecar, other, folder
    /// Never opened: a link, a pipe, a device, a folder named like an image.
    case stranger
  }

  enum Standing {
    /// To be decided about.
    case open
    /// In the row of drops to claim, or part of one.
    case ready
    /// A person does not want it done, and it cannot be taken out of its inbox.
    case cancelled
  }

  var kind: Kind
  /// Of a file whose name says nothing.
  var content: DropContent?
  var settling: Settling
  var firstSeen: Moment
  var settledAt: Moment?
  /// When a sidecar that spoke for it went away: another one may be on its way.
  var aloneSince: Moment = .zero
  /// What a settled sidecar names, and of a settled `job.yaml` what is not there; empty for other things.
  var references: [Name] = []
  /// What a sidecar waits for: pictures that are not there.
  var wanted: [Name] = []
  /// Of a job folder: files in it that are nearly named as those that are missing.
  var nearby: [Name] = []
  var standing = Standing.open
  /// The last thing said about it, so that it is said once.
  var said: String?
  /// The moment of the one pending look, so that looks do not multiply.
  var nextLook: Moment?

  var isReady: Bool { standing == .ready }
  var isCancelled: Bool { standing == .cancelled }
}

/// The entries of one watched folder, with the indexes that pairing needs.
///
/// A class, because a value would be copied whole by a change made while another reference is at hand: with twenty
/// thousand entries, twenty thousand times.
final class DropFolder {
  let folder: Folder
  let rules: NameRules
  private(set) var entries: [Name: DropEntry] = [:]
  /// Files that may be pictures, by their names.
  private(set) var files = NameIndex()
  /// Images by the name without extension.
  private(set) var imagesByStem = NameIndex()
  /// Files that are no images by their names, by the name without extension.
  private(set) var othersByStem = NameIndex()
  /// Sidecars by whom they are for.
  private(set) var sidecarsByBase = NameIndex()
  /// Sidecars that an editor saved under another name, by whom they are for.
  private(set) var misnamedByBase = NameIndex()
  /// Which settled sidecars name a file.
  private(set) var sidecarsByReference = NameIndex()
  /// The sidecars that wait for pictures.
  private(set) var wanting: Set<Name> = []
  private(set) var unsettledSidecars = 0

  init(folder: Folder, rules: NameRules) {
    self.folder = folder
    self.rules = rules
  }

  subscript(name: Name) -> DropEntry? {
    get { entries[name] }
    set {
      if let old = entries[name] { unindex(name, old) }
      entries[name] = newValue
      if let newValue { index(name, newValue) }
    }
  }

  private func index(_ name: Name, _ entry: DropEntry) {
    switch entry.kind {
    case .image:
      files.add(name, under: name)
      imagesByStem.add(name, under: name.stemAndExtension.stem)
    case .other:
      files.add(name, under: name)
      othersByStem.add(name, under: name.stemAndExtension.stem)
      if let meant = rules.misnamedSidecar(name) { misnamedByBase.add(name, under: rules.sidecarBase(meant)) }
    case .sidecar:
      sidecarsByBase.add(name, under: rules.sidecarBase(name))
      if entry.settledAt == nil { unsettledSidecars += 1 }
      for reference in entry.references { sidecarsByReference.add(name, under: reference) }
      if !entry.wanted.isEmpty { wanting.insert(name) }
    case .stranger where rules.classify(name) == .sidecar: misnamedByBase.add(name, under: rules.sidecarBase(name))
    case .folder, .stranger: return
    }
  }

  private func unindex(_ name: Name, _ entry: DropEntry) {
    switch entry.kind {
    case .image:
      files.remove(name, under: name)
      imagesByStem.remove(name, under: name.stemAndExtension.stem)
    case .other:
      files.remove(name, under: name)
      othersByStem.remove(name, under: name.stemAndExtension.stem)
      if let meant = rules.misnamedSidecar(name) { misnamedByBase.remove(name, under: rules.sidecarBase(meant)) }
    case .sidecar:
      sidecarsByBase.remove(name, under: rules.sidecarBase(name))
      if entry.settledAt == nil { unsettledSidecars -= 1 }
      for reference in entry.references { sidecarsByReference.remove(name, under: reference) }
      wanting.remove(name)
    case .stranger where rules.classify(name) == .sidecar: misnamedByBase.remove(name, under: rules.sidecarBase(name))
    case .folder, .stranger: return
    }
  }

  /// The entries whose decision hangs on this one: of an image its sidecars and those that name it or wait for something
  /// nearly named so, of a sidecar its images and what it names.
  func partners(of name: Name) -> Set<Name> {
    var partners = sidecarsByReference[name]
    let stem = name.stemAndExtension.stem
    for key in [name, stem] {
      partners.formUnion(sidecarsByBase[key])
      partners.formUnion(misnamedByBase[key])
    }
    let base = rules.misnamedSidecar(name).map(rules.sidecarBase) ?? stem
    partners.formUnion(files[base])
    partners.formUnion(imagesByStem[base])
    partners.formUnion(othersByStem[base])
    if let entry = entries[name] {
      // Both may be sidecars of one image.
      if entry.kind == .sidecar { partners.formUnion(candidates(forBase: base).flatMap { sidecars(alike: $0) }) }
      for reference in entry.references { partners.formUnion(files[reference]) }
      partners.formUnion(nearPartners(of: name, entry))
    }
    partners.remove(name)
    return partners
  }
}

/// Names by what they have in common, in whatever spelling.
struct NameIndex {
  private var names: [FoldedName: Set<Name>] = [:]

  subscript(key: Name) -> Set<Name> { names[key.folded] ?? [] }

  mutating func add(_ name: Name, under key: Name) {
    names[key.folded, default: []].insert(name)
  }

  mutating func remove(_ name: Name, under key: Name) {
    let key = key.folded
    names[key]?.remove(name)
    if names[key]?.isEmpty == true { names[key] = nil }
  }
}
