internal import Files

/// A file of a drop, read and hashed once.
package struct InputFile: Sendable {
  package let name: String
  package let bytes: [UInt8]
  /// 64 hexadecimal digits.
  package let sha256: String

  /// - Parameter sha256: where it is known already.
  package init(name: String, bytes: [UInt8], sha256: String? = nil) {
    self.name = name
    self.bytes = bytes
    self.sha256 = sha256 ?? Files.sha256(bytes)
  }
}

/// What a job works on.
package struct JobInput: Sendable {
  /// The pictures to edit; each gets all edits.
  package let photographs: [InputFile]
  /// Pictures that only take part: a style, a context.
  package let others: [InputFile]
  package let sidecar: Sidecar
  /// The sidecar's own text, where there was one.
  package let sidecarFile: InputFile?
  /// What is worth telling with the warnings: how the files were found.
  package let notes: [String]

  package init(
    photographs: [InputFile], others: [InputFile] = [], sidecar: Sidecar, sidecarFile: InputFile? = nil, notes: [String] = []
  ) {
    self.photographs = photographs
    self.others = others
    self.sidecar = sidecar
    self.sidecarFile = sidecarFile
    self.notes = notes
  }

  var pictures: [InputFile] { photographs + others }

  /// The picture that a name means, and a note where it is spelled otherwise; nil for none, or for several.
  func picture(_ name: String) -> (file: InputFile, note: String?)? {
    let match = NameMatch(Name(name), among: pictures.map { Name($0.name) })
    guard let found = match.name, let file = pictures.first(where: { Name($0.name) == found }) else { return nil }
    return (file, match.note(for: Name(name)))
  }
}
