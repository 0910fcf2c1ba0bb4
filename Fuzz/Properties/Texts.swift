import Editing
import ModelPacks
import Service
import StrictYAML

extension Property {
  static let sidecar = Property(
    "sidecar", maximumLength: 1 << 16, words: sidecarWords,
    body: { bytes in
      try readsBack(bytes) { bytes in
        let sidecar = try Sidecar(bytes, file: "a.jpg.yaml")
        _ = sidecar.referencedNames
        return sidecar.values.description
      }
    })

  static let job = Property(
    "job", maximumLength: 1 << 16, words: sidecarWords + ["image", "images"],
    seeds: { ["image: a.jpg\nedits: [reconstruct]\n", "images: [a.jpg, b.png]\n"].map { Array($0.utf8) } },
    body: { bytes in
      try readsBack(bytes) { bytes in
        let sidecar = try Sidecar(bytes, file: "job.yaml", kind: .job)
        for name in sidecar.referencedNames {
          try require(!name.contains("/") && !name.hasPrefix("."), "a job may reach \(name)")
        }
        return sidecar.values.description
      }
    })

  /// `--edit` of the command line.
  static let edit = Property(
    "edit", maximumLength: 4096, words: sidecarWords,
    seeds: {
      ["manipulate attribute=size frames=5", "reconstruct", "manipulate: {attribute: size}", "mix_style style=a.jpg layers=0-3,5"]
        .map { Array($0.utf8) }
    },
    body: { bytes in
      guard let text = String(validating: bytes, as: UTF8.self) else { return false }
      let edit = try acceptedOrRefused(YAMLError.self) {
        let request = try EditCatalog.parse(commandLine: text)
        return try EditCatalog.edit(request).title
      }
      return edit != nil
    })

  static let packDescription = Property(
    "pack", maximumLength: 1 << 16,
    words: [
      "format", "name", "version", "title", "license", "licence", "commercial_use", "attribution", "trained_on", "resolution", "latent",
      "generator", "encoder", "perceptual", "discriminator", "background", "alignment", "domain_distance", "inversion",
      "attributes", "files", "layers", "range", "sha256", "bytes", "widths", "mean_bgr", "fused_scale",
    ],
    body: { bytes in
      let read = try acceptedOrRefused(YAMLError.self) {
        let root = try YAML.parse(bytes, file: "pack.yaml")
        return (try PackDescription(root), root)
      }
      guard let (description, root) = read else { return false }
      _ = PackHash.hash(of: description, root: root)
      let written = description.yaml
      let again = try acceptedOrRefused(YAMLError.self) { try PackDescription(YAML.parse(written, file: "pack.yaml")) }
      guard let again else { throw Violation("a description that was written is refused:\n\(written)") }
      try require(again.yaml == written, "a description changes when it is written and read:\n\(written)\n\(again.yaml)")
      return true
    })

  static let configuration = Property(
    "configuration", maximumLength: 1 << 16,
    words: ServiceConfiguration.Keys.top + ServiceConfiguration.Keys.watch + ServiceConfiguration.Keys.limits
      + ["KiB", "MiB", "auto", "none", "forever"],
    body: { bytes in
      func read(_ bytes: [UInt8]) throws -> ServiceConfiguration? {
        try acceptedOrRefused(YAMLError.self) {
          try ServiceConfiguration(bytes, file: "idinvert.yaml", folder: "/etc/idinvert")
        }
      }
      guard let configuration = try read(bytes) else { return false }
      let canonical = try YAML.parse(bytes, file: "", limits: YAMLLimits(maximumBytes: 1 << 20)).canonicalText
      try require(
        try read(Array(canonical.utf8)) == configuration, "a configuration changes when it is written and read:\n\(canonical)")
      return true
    })

  private static let sidecarWords =
    Sidecar.declaration.fields.map(\.name) + InversionRequest.declaration.fields.map(\.name)
    + EditCatalog.declarations.flatMap { [$0.name] + $0.fields.map(\.name) }
    + ["in-domain", "image2stylegan", "true", "null", "<<", "!!str", "&a", "*a", ".nan", "1e999", "0x10", "---", "\"", "#ffffff"]

  /// Reads a text, writes it in canonical form, and reads that: the meaning is the same, and the form stays.
  private static func readsBack(_ bytes: [UInt8], _ meaning: ([UInt8]) throws -> String) throws -> Bool {
    let root = try acceptedOrRefused(YAMLError.self) { try YAML.parse(bytes, file: "a.jpg.yaml") }
    guard let root else { return false }
    let canonical = root.canonicalText
    let again = try acceptedOrRefused(YAMLError.self) {
      try YAML.parse(Array(canonical.utf8), file: "a.jpg.yaml", limits: YAMLLimits(maximumBytes: 1 << 20))
    }
    guard let again else { throw Violation("what was written is refused: \(canonical)") }
    try require(again.canonicalText == canonical, "the canonical form changes:\n\(canonical)\n\(again.canonicalText)")
    let first = try acceptedOrRefused(YAMLError.self) { try meaning(bytes) }
    guard canonical.utf8.count <= YAMLLimits().maximumBytes else { return first != nil }
    let second = try acceptedOrRefused(YAMLError.self) { try meaning(Array(canonical.utf8)) }
    try require(first == second, "the meaning changes:\n\(first ?? "refused")\n\(second ?? "refused")")
    return first != nil
  }
}
