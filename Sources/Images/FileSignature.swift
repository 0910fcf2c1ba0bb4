/// What the first bytes of a file say it is, whatever its name.
package enum FileSignature: Equatable, Sendable {
  /// A picture that is read.
  case picture(PictureFormat)
  /// Another known format.
  case other(OtherFormat)
  /// The beginning of a signature of a picture that is read, or nothing at all.
  case begun
  case unknown

  /// As many bytes as are looked at.
  package static let length = 512

  /// - Parameter bytes: the file, or its first `length` bytes.
  package init(_ bytes: [UInt8]) {
    let start = [UInt8](bytes.prefix(Self.length))
    if let other = OtherFormat(opening: start) {
      self = .other(other)
    } else if let format = Self.format(start) {
      self = .picture(format)
    } else {
      self = Self.isBegun(start) ? .begun : .unknown
    }
  }

  private static let jpeg: [UInt8] = [0xff, 0xd8, 0xff]
  private static let openings: [(bytes: [UInt8], format: PictureFormat)] = [
    (pngSignature, .png), (jpeg, .jpeg),
    (Array("II*\0".utf8), .tiff), (Array("MM\0*".utf8), .tiff), (Array("II+\0".utf8), .tiff), (Array("MM\0+".utf8), .tiff),
  ]

  private static func format(_ bytes: [UInt8]) -> PictureFormat? {
    if let known = openings.first(where: { bytes.starts(with: $0.bytes) }) { return known.format }
    if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) { return .webp }
    return bytes.has("ftyp", at: 4) ? mediaFormat(bytes) : nil
  }

  /// ISO base media files name themselves by brands, the first of which may be of the whole family.
  static func mediaFormat(_ bytes: [UInt8]) -> PictureFormat? {
    let length = min(bytes.count, max(12, bytes.bigEndian32(at: 0) ?? 12))
    let brands = ([8] + Array(stride(from: 16, to: length, by: 4))).compactMap { offset in
      offset + 4 <= length ? String(decoding: bytes[offset..<offset + 4], as: UTF8.self) : nil
    }
    guard let first = brands.first else { return nil }
    let heic = ["heic", "heix", "heim", "heis", "hevc", "hevx"]
    let general = ["mif1", "mif2", "msf1", "miaf", "heif"]
    for brand in general.contains(first) ? brands : [first] {
      if ["avif", "avis"].contains(brand) { return .avif }
      if heic.contains(brand) { return .heic }
    }
    return general.contains(first) ? .heic : nil
  }

  /// Whether a file this short may become a picture that is read.
  private static func isBegun(_ bytes: [UInt8]) -> Bool {
    guard bytes.count < 12 else { return false }
    if openings.contains(where: { $0.bytes.starts(with: bytes) }) { return true }
    let riff = Array("RIFF".utf8)
    if riff.starts(with: bytes.prefix(4)) { return bytes.count <= 8 || Array("WEBP".utf8).starts(with: bytes[8...]) }
    return bytes.count > 4 && Array("ftyp".utf8).starts(with: bytes[4...].prefix(4))
  }

  /// The first bytes, for a message.
  static func opening(_ bytes: [UInt8]) -> String {
    let start = bytes.prefix(8)
    guard start.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
      let digits = start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return "bytes \(digits.joined(separator: " "))"
    }
    let text = String(decoding: start, as: UTF8.self).replacing("\"", with: "'")
    return "\"\(text)\(bytes.count > 8 ? "…" : "")\""
  }
}

extension [UInt8] {
  func has(_ text: String, at offset: Int) -> Bool {
    count >= offset + text.utf8.count && self[offset...].starts(with: text.utf8)
  }
}
