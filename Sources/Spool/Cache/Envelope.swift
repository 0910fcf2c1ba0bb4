internal import Files

/// Bytes with their hash in front, so that they are known to be those that were stored.
enum Envelope {
  static func seal(_ bytes: [UInt8], kind: String) -> [UInt8] {
    Array(header(bytes, kind).utf8) + bytes
  }

  /// The bytes, nil where they are not those that were sealed.
  static func open(_ sealed: [UInt8], kind: String) -> [UInt8]? {
    guard let end = sealed.firstIndex(of: 0x0A) else { return nil }
    let bytes = Array(sealed[(end + 1)...])
    return Array(header(bytes, kind).utf8).elementsEqual(sealed[...end]) ? bytes : nil
  }

  private static func header(_ bytes: [UInt8], _ kind: String) -> String {
    "idinvert-\(kind) 1 \(sha256(bytes)) \(bytes.count)\n"
  }
}
