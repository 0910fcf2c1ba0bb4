import Files
package import StrictYAML

/// The hash that ties a latent code to its pack.
///
/// SHA-256 of UTF-8 text: the line `idinvert pack 1`, then a line `<file> <sha256>` for each file in the order of
/// names, then a line with the canonical text (`YAMLValue.canonicalText`) of `pack.yaml` without what means nothing to
/// a code: `files`, `title`, `license`, `commercial_use`, `attribution`, `trained_on`, `sources`. Comments and layout do not
/// count.
package enum PackHash {
  static let leftOut: Set<String> = [
    "files", "title", "license", "licence", "commercial_use", "attribution", "trained_on", "sources",
  ]

  /// - Parameter root: the document `description` was read from.
  package static func hash(of description: PackDescription, root: YAMLValue) -> String {
    var text = "idinvert pack 1\n"
    for file in description.files { text += "\(file.name) \(file.sha256)\n" }
    if case .mapping(let entries) = root.content {
      let counted = entries.filter { !leftOut.contains($0.key) }
      text += YAMLValue(.mapping(counted), at: root.place).canonicalText + "\n"
    }
    return sha256(text.utf8)
  }
}
