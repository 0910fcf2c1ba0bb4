internal import Files
internal import PrintableText

/// Which sidecar speaks for an image.
enum SidecarMatch: Equatable {
  case none
  case one(Name)
  /// Several other spellings of its name: nobody knows which.
  case several([Name])
  /// The only sidecar, but it speaks as well for images of other spellings.
  case shared(Name)
}

/// Who belongs to whom by name, in both directions by the rule of `NameMatch`.
extension DropFolder {
  /// The sidecars that may be an image's, in whatever spelling.
  func sidecars(alike image: Name) -> Set<Name> {
    sidecarsByBase[image].union(sidecarsByBase[image.stemAndExtension.stem])
  }

  /// The images that a sidecar may be for, in whatever spelling.
  func candidates(forBase base: Name) -> Set<Name> {
    imagesByStem[base].union(files[base].filter { entries[$0]?.kind == .image })
  }

  /// The file that a sidecar is for in a format that is not read: what it is and what to do.
  func unread(forBase base: Name) -> String? {
    let names = files[base].union(othersByStem[base])
    for name in names.sorted() {
      if case .unread(let reason)? = entries[name]?.content { return "\(name) \(reason)" }
    }
    return nil
  }

  /// `apple.jpg.yaml` before `apple.yaml`, the same letters before others, `.yaml` before `.yml`.
  func sidecar(ofImage image: Name) -> SidecarMatch {
    let stem = image.stemAndExtension.stem
    let levels = stem == image ? [image] : [image, stem]
    if let exact = exactSidecar(of: levels) { return .one(exact) }
    for level in levels {
      let alike = sidecarsByBase[level].filter { !hasExactImage($0) }
      if Set(alike.map(rules.sidecarBase)).count > 1 { return .several(alike.sorted()) }
      guard let sidecar = preferred(alike) else { continue }
      return spellings(ofImagesFor: sidecar).count > 1 ? .shared(sidecar) : .one(sidecar)
    }
    return .none
  }

  private func exactSidecar(of levels: [Name]) -> Name? {
    for level in levels {
      if let sidecar = preferred(sidecarsByBase[level].filter { rules.sidecarBase($0) == level }) { return sidecar }
    }
    return nil
  }

  private func preferred(_ sidecars: Set<Name>) -> Name? {
    sidecars.min { ($0.stemAndExtension.extension, $0) < ($1.stemAndExtension.extension, $1) }
  }

  private func hasExactImage(_ sidecar: Name) -> Bool {
    let base = rules.sidecarBase(sidecar)
    return candidates(forBase: base).contains { $0 == base || $0.stemAndExtension.stem == base }
  }

  /// How those images without an exact sidecar write the name that the sidecar has.
  private func spellings(ofImagesFor sidecar: Name) -> Set<Name> {
    let base = rules.sidecarBase(sidecar)
    var spellings: Set<Name> = []
    for image in candidates(forBase: base) {
      let stem = image.stemAndExtension.stem
      guard exactSidecar(of: [image, stem]) == nil else { continue }
      spellings.insert(image.folded == base.folded ? image : stem)
    }
    return spellings
  }

  /// The images a sidecar speaks for, the one of its whole name first.
  func images(ofSidecar sidecar: Name) -> [Name] {
    let base = rules.sidecarBase(sidecar)
    return candidates(forBase: base).filter { self.sidecar(ofImage: $0) == .one(sidecar) }
      .sorted { ($0.folded == base.folded ? 0 : 1, $0) < ($1.folded == base.folded ? 0 : 1, $1) }
  }

  /// The sidecars of an image that an editor saved under another name.
  func misnamedSidecars(ofImage image: Name) -> Set<Name> {
    misnamedByBase[image].union(misnamedByBase[image.stemAndExtension.stem])
  }

  /// The file that a sidecar's reference means.
  func match(_ reference: Name) -> NameMatch { NameMatch(reference, among: files[reference]) }

  /// The settled sidecars that name this file, or may mean it.
  func sidecars(naming name: Name) -> Set<Name> {
    sidecarsByReference[name].filter { sidecar in
      entries[sidecar]?.references.contains { reference in
        switch match(reference) {
        case .exact(name), .alike(name): true
        case .ambiguous(let names): names.contains(name)
        default: false
        }
      } ?? false
    }
  }

  // MARK: Nearly named

  /// More sidecars that wait than this are no typing errors, and would be compared with every image.
  private static let comparedAtMost = 64

  /// Whether a sidecar waits for something that this image was most likely meant to be: it waits with it.
  func isWanted(_ image: Name) -> Bool {
    !wanting.isEmpty && wanting.count <= Self.comparedAtMost && wanting.contains { isNear(image, to: $0) }
  }

  fileprivate func isNear(_ image: Name, to sidecar: Name) -> Bool {
    guard let entry = entries[sidecar], !entry.isReady else { return false }
    return entry.wanted.contains { isNear(image, toName: $0) }
  }

  private func isNear(_ image: Name, toName wanted: Name) -> Bool {
    let stem = image.stemAndExtension.stem
    // An ending left out, or another one.
    if stem.folded == wanted.folded || stem.folded == wanted.stemAndExtension.stem.folded { return true }
    guard let word = wanted.string, let text = image.string, let stemText = stem.string else { return false }
    return Suggestion.isTypo(word, of: text) || Suggestion.isTypo(word, of: stemText)
  }

  /// The image or file in this folder that a missing one is most likely to be.
  func suggestion(for wanted: Name) -> Name? {
    let files = entries.filter { $0.value.kind == .image || $0.value.kind == .other }.keys
    if let near = files.filter({ isNear($0, toName: wanted) }).min() { return near }
    guard files.count <= 1000, let word = wanted.string,
      let nearest = Suggestion.nearest(to: word, in: files.compactMap(\.string).sorted())
    else { return nil }
    return Name(nearest)
  }

  func nearPartners(of name: Name, _ entry: DropEntry) -> [Name] {
    guard !wanting.isEmpty, wanting.count <= Self.comparedAtMost else { return [] }
    switch entry.kind {
    case .image: return wanting.filter { isNear(name, to: $0) }
    case .sidecar where !entry.wanted.isEmpty:
      return entries.keys.filter { other in
        entries[other]?.kind == .image && entry.wanted.contains { isNear(other, toName: $0) }
      }
    default: return []
    }
  }
}
