internal import Files
internal import Glibc

/// The saved state of a job's work: a line with hash and length, then the bytes.
enum Checkpoint {
  private static let name: Name = "checkpoint"
  private static let limit = 1 << 30

  static func save(_ bytes: [UInt8], in folder: Folder) throws(FileError) {
    try folder.write(name, Array(header(bytes).utf8) + bytes)
  }

  /// - Returns: nil where there is none, or its bytes are not those that were saved.
  static func load(in folder: Folder) throws(FileError) -> [UInt8]? {
    guard try folder.contains(name) else { return nil }
    let contents = try folder.read(name, limit: limit)
    guard let end = contents.bytes.firstIndex(of: 0x0A) else { return nil }
    let bytes = Array(contents.bytes[(end + 1)...])
    return Array(header(bytes).utf8).elementsEqual(contents.bytes[...end]) ? bytes : nil
  }

  static func remove(in folder: Folder) throws(FileError) {
    try folder.removeTree(name)
  }

  private static func header(_ bytes: [UInt8]) -> String {
    "idinvert-checkpoint 1 \(sha256(bytes)) \(bytes.count)\n"
  }
}
