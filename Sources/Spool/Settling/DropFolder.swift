internal import Files

/// Where an inbox (or a folder in it) is: which watch, which folder below its inbox.
struct Place: Hashable {
  var watch: Int
  var subfolder: Name
}

/// What is known of one thing in an inbox.
struct DropEntry {
  enum Kind: Equatable {
    case image, sidecar, other, folder
    /// Never opened: a link, a pipe, a device, a folder named like an image.
    case stranger
  }

  var kind: Kind
  /// Of a file whose name says nothing.
  var content: DropContent?
  var settling: Settling
  var firstSeen: Moment
  var settledAt: Moment?
  /// What a settled sidecar or `job.yaml` names; empty for other things.
  var references: [Name] = []
  /// Whether it is in the row of drops to claim, or part of one.
  var isReady = false
  /// The last thing said about it, so that it is said once.
  var said: String?
  /// The moment of the one pending look, so that looks do not multiply.
  var nextLook: Moment?
}

/// The entries of one watched folder, with the indexes that pairing needs.
///
/// A class, because a value would be copied whole by a change made while another reference is at hand: with twenty
/// thousand entries, twenty thousand times.
final class DropFolder {
  let folder: Folder
  var watch: Int32?
  private(set) var entries: [Name: DropEntry] = [:]
  /// Images by the name without extension.
  private var imagesByStem: [Name: Set<Name>] = [:]
  /// Which settled sidecars name a file.
  private var sidecarsByReference: [Name: Set<Name>] = [:]
  private(set) var unsettledSidecars = 0

  init(folder: Folder) {
    self.folder = folder
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
    if entry.kind == .image { imagesByStem[name.stemAndExtension.stem, default: []].insert(name) }
    if entry.kind == .sidecar {
      if entry.settledAt == nil { unsettledSidecars += 1 }
      for reference in entry.references { sidecarsByReference[reference, default: []].insert(name) }
    }
  }

  private func unindex(_ name: Name, _ entry: DropEntry) {
    if entry.kind == .image {
      let stem = name.stemAndExtension.stem
      imagesByStem[stem]?.remove(name)
      if imagesByStem[stem]?.isEmpty == true { imagesByStem[stem] = nil }
    }
    if entry.kind == .sidecar {
      if entry.settledAt == nil { unsettledSidecars -= 1 }
      for reference in entry.references {
        sidecarsByReference[reference]?.remove(name)
        if sidecarsByReference[reference]?.isEmpty == true { sidecarsByReference[reference] = nil }
      }
    }
  }

  /// The sidecar that speaks for an image: the most exact name that is there.
  func sidecar(ofImage image: Name, rules: NameRules) -> Name? {
    rules.sidecarNames(ofImage: image).first { entries[$0]?.kind == .sidecar }
  }

  /// The image a sidecar speaks for, if it is there.
  func image(ofSidecar sidecar: Name, rules: NameRules) -> Name? {
    let stem = sidecar.stemAndExtension.stem
    var candidates = Array(imagesByStem[stem] ?? []).sorted()
    if entries[stem]?.kind == .image { candidates.insert(stem, at: 0) }
    return candidates.first { self.sidecar(ofImage: $0, rules: rules) == sidecar }
  }

  /// The settled sidecars that name this file.
  func sidecars(naming name: Name) -> Set<Name> {
    sidecarsByReference[name] ?? []
  }

  /// The sidecar whose job this image should be part of, where it has none of its own.
  func owner(ofReferenced image: Name) -> Name? {
    sidecarsByReference[image]?.first
  }

  /// The entries whose decision hangs on this one: of an image its sidecars and those that name it, of a sidecar its
  /// image and what it names.
  func partners(of name: Name, rules: NameRules) -> Set<Name> {
    var partners = sidecars(naming: name)
    let stem = name.stemAndExtension.stem
    partners.formUnion(rules.sidecarNames(ofImage: name).filter { entries[$0] != nil })
    partners.formUnion(imagesByStem[stem] ?? [])
    if entries[stem] != nil { partners.insert(stem) }
    if let entry = entries[name] { partners.formUnion(entry.references.filter { entries[$0] != nil }) }
    partners.remove(name)
    return partners
  }
}
