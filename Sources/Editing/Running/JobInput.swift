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

  package init(photographs: [InputFile], others: [InputFile] = [], sidecar: Sidecar, sidecarFile: InputFile? = nil) {
    self.photographs = photographs
    self.others = others
    self.sidecar = sidecar
    self.sidecarFile = sidecarFile
  }

  var pictures: [InputFile] { photographs + others }
}
