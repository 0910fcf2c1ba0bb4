package import Files

/// What a name says about a dropped file.
package enum NameClass: Sendable, Equatable {
  case ignored
  case image
  case sidecar
  case other
}

/// The rules by which names are told apart.
package struct NameRules: Sendable {
  package var imageExtensions: Set<String>

  package init(imageExtensions: Set<String>) {
    self.imageExtensions = imageExtensions
  }

  private static let ignoredPrefixes = [".", "~$"]
  private static let ignoredSuffixes = ["~", ".part", ".partial", ".tmp", ".crdownload", ".filepart"]
  private static let ignoredNames: Set<String> = ["thumbs.db", "desktop.ini", "@eadir"]
  static let sidecarExtensions = ["yaml", "yml"]

  package func classify(_ name: Name) -> NameClass {
    let lowercased = Name(bytes: name.bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
    if Self.ignoredPrefixes.contains(where: name.hasPrefix) { return .ignored }
    if Self.ignoredSuffixes.contains(where: lowercased.hasSuffix) { return .ignored }
    if let text = lowercased.string, Self.ignoredNames.contains(text) { return .ignored }
    let suffix = name.stemAndExtension.extension
    if Self.sidecarExtensions.contains(suffix) { return .sidecar }
    return imageExtensions.contains(suffix) ? .image : .other
  }

  /// The names a sidecar of this image may have, the most exact first.
  package func sidecarNames(ofImage image: Name) -> [Name] {
    let stem = image.stemAndExtension.stem
    return [image + ".yaml", image + ".yml", stem + ".yaml", stem + ".yml"]
  }

  /// The name of the result: an image without its extension, a sidecar without its own and its image's.
  package func jobName(of name: Name) -> Name {
    var (stem, suffix) = name.stemAndExtension
    if Self.sidecarExtensions.contains(suffix) {
      let inner = stem.stemAndExtension
      if imageExtensions.contains(inner.extension) { (stem, suffix) = inner }
    }
    return stem
  }
}
