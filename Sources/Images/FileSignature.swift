/// What the first bytes of a file say it is, whatever its name.
package enum FileSignature: Equatable, Sendable {
  /// A picture that is read.
  case picture(PictureFormat)
  /// Another known format, with its article: `an AVIF image`.
  case other(String)
  /// The beginning of a signature of a picture that is read, or nothing at all.
  case begun
  case unknown

  /// As many bytes as are looked at.
  package static let length = 512

  /// - Parameter bytes: the file, or its first `length` bytes.
  package init(_ bytes: [UInt8]) {
    let start = [UInt8](bytes.prefix(Self.length))
    if start.starts(with: pngSignature) {
      self = .picture(.png)
    } else if start.starts(with: Self.jpeg) {
      self = .picture(.jpeg)
    } else if pngSignature.starts(with: start) || Self.jpeg.starts(with: start) {
      self = .begun
    } else {
      self = Self.name(start).map(FileSignature.other) ?? .unknown
    }
  }

  private static let jpeg: [UInt8] = [0xff, 0xd8, 0xff]

  private static let openings: [(bytes: [UInt8], name: String)] = [
    (Array("GIF8".utf8), "a GIF image"),
    (Array("II*\0".utf8), "a TIFF or camera raw image"),
    (Array("MM\0*".utf8), "a TIFF or camera raw image"),
    (Array("II+\0".utf8), "a TIFF image"),
    (Array("MM\0+".utf8), "a TIFF image"),
    (Array("IIU\0".utf8), "a camera raw image"),
    (Array("IIRO".utf8), "a camera raw image"),
    (Array("FUJIFILMCCD-RAW".utf8), "a camera raw image"),
    ([0xff, 0x0a], "a JPEG XL image"),
    (Array("8BPS".utf8), "a Photoshop document"),
    (Array("gimp xcf".utf8), "a GIMP document"),
    ([0x76, 0x2f, 0x31, 0x01], "an OpenEXR image"),
    (Array("#?RADIANCE".utf8), "a Radiance image"),
    (Array("qoif".utf8), "a QOI image"),
    (Array("DDS ".utf8), "a DDS image"),
    ([0, 0, 1, 0], "an icon"),
    ([0x8a, 0x4d, 0x4e, 0x47], "an MNG animation"),
    (Array("%PDF".utf8), "a PDF document"),
    (Array("%!PS".utf8), "a PostScript document"),
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive or an office document"),
    ([0x1f, 0x8b], "a gzip archive"),
    (Array("Rar!".utf8), "a RAR archive"),
    ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7-Zip archive"),
    ([0x1a, 0x45, 0xdf, 0xa3], "a video"),
    ([0x93] + Array("NUMPY".utf8), "a NumPy array"),
    (Array("\u{7f}ELF".utf8), "a program"),
  ]

  private static func name(_ bytes: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
    }
    if let known = openings.first(where: { bytes.starts(with: $0.bytes) }) { return known.name }
    if has("RIFF") { return has("WEBP", at: 8) ? "a WebP image" : has("AVI ", at: 8) ? "a video" : nil }
    if has("BM"), bytes.count > 14, bytes[6...9].allSatisfy({ $0 == 0 }) { return "a BMP image" }
    if has("P"), bytes.count > 2, (0x31...0x36).contains(bytes[1]), bytes[2] == 0x0a || bytes[2] == 0x20 {
      return "a PNM image"
    }
    if has("ftyp", at: 4) { return mediaName(bytes) }
    if has("JXL ", at: 4) { return "a JPEG XL image" }
    if has("jP  ", at: 4) { return "a JPEG 2000 image" }
    return documentName(bytes)
  }

  /// ISO base media files name themselves by brands, the first of which may be of the whole family.
  private static func mediaName(_ bytes: [UInt8]) -> String {
    let length = min(bytes.count, max(12, bytes.bigEndian32(at: 0) ?? 12))
    let brands = ([8] + Array(stride(from: 16, to: length, by: 4))).compactMap { offset in
      offset + 4 <= length ? String(decoding: bytes[offset..<offset + 4], as: UTF8.self) : nil
    }
    guard let first = brands.first else { return "a video or other media file" }
    let heic = ["heic", "heix", "heim", "heis", "hevc", "hevx"]
    let general = ["mif1", "msf1", "miaf", "heif"]
    for brand in general.contains(first) ? brands : [first] {
      if ["avif", "avis"].contains(brand) { return "an AVIF image" }
      if heic.contains(brand) { return "a HEIC image" }
    }
    if general.contains(first) { return "a HEIC image" }
    return first == "crx " ? "a camera raw image" : "a video or other media file"
  }

  private static func documentName(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self).lowercased().drop { $0.isWhitespace || $0 == "\u{feff}" }
    if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return "a web page" }
    if text.hasPrefix("<svg") || text.hasPrefix("<?xml") { return "an SVG or XML document" }
    return nil
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
