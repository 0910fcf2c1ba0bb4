package import Editing
package import StrictYAML

/// The sidecar of images that come without one, and what sidecars leave unsaid.
package struct SidecarDefaults: Sendable, Equatable {
  package let sidecar: Sidecar
  /// The same as YAML in one line, for comparing and for those who work elsewhere.
  package let text: String

  /// Reads a watch's `defaults:`.
  package init(_ value: YAMLValue) throws(YAMLError) {
    sidecar = try Sidecar(value)
    text = value.canonicalText
  }

  /// `{edits: [reconstruct]}`
  package static let reconstruction: SidecarDefaults = {
    do throws(YAMLError) {
      return try SidecarDefaults(YAML.parse("{edits: [reconstruct]}", file: "defaults"))
    } catch {
      preconditionFailure("the built-in defaults are no sidecar: \(error)")
    }
  }()

  package static func == (left: SidecarDefaults, right: SidecarDefaults) -> Bool { left.text == right.text }
}
