internal import Files

/// The saved state of a job's work.
enum Checkpoint {
  private static let name: Name = "checkpoint"
  private static let limit = 1 << 30

  static func save(_ bytes: [UInt8], in folder: Folder) throws(FileError) {
    try folder.write(name, Envelope.seal(bytes, kind: "checkpoint"))
  }

  /// - Returns: nil where there is none, or its bytes are not those that were saved.
  static func load(in folder: Folder) throws(FileError) -> [UInt8]? {
    guard try folder.contains(name) else { return nil }
    return Envelope.open(try folder.read(name, limit: limit).bytes, kind: "checkpoint")
  }
}
