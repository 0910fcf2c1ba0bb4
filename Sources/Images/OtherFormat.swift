/// A format that is known and not read.
package struct OtherFormat: Equatable, Sendable {
  /// With its article: `a GIF image`.
  package let name: String
  private let remedy: String

  private init(_ name: String, _ remedy: String) {
    self.name = name
    self.remedy = remedy
  }

  /// What is said of such a file, behind its name: what it is and what to do.
  package var refusal: String { "is \(name), which is not read; \(remedy)" }

  static let cameraRaw = OtherFormat("a camera raw image", "develop it and save it as JPEG or TIFF")

  private static let picture = "save it as PNG or JPEG"
  private static let page = "save the picture in it as PNG or JPEG"
  private static let archive = "unpack it and drop the pictures"
  private static let video = OtherFormat("a video or other media file", "save a picture of it as PNG or JPEG")

  private static let openings: [(bytes: [UInt8], format: OtherFormat)] = [
    (Array("GIF8".utf8), OtherFormat("a GIF image", picture)),
    (Array("IIU\0".utf8), cameraRaw),
    (Array("IIRO".utf8), cameraRaw),
    (Array("IIRS".utf8), cameraRaw),
    (Array("MMOR".utf8), cameraRaw),
    (Array("FUJIFILMCCD-RAW".utf8), cameraRaw),
    (Array("FOVb".utf8), cameraRaw),
    ([0x00] + Array("MRM".utf8), cameraRaw),
    ([0xff, 0x0a], OtherFormat("a JPEG XL image", picture)),
    (Array("8BPS".utf8), OtherFormat("a Photoshop document", picture)),
    (Array("gimp xcf".utf8), OtherFormat("a GIMP document", picture)),
    ([0x76, 0x2f, 0x31, 0x01], OtherFormat("an OpenEXR image", picture)),
    (Array("#?RADIANCE".utf8), OtherFormat("a Radiance image", picture)),
    (Array("qoif".utf8), OtherFormat("a QOI image", picture)),
    (Array("DDS ".utf8), OtherFormat("a DDS image", picture)),
    ([0, 0, 1, 0], OtherFormat("an icon", picture)),
    ([0x8a, 0x4d, 0x4e, 0x47], OtherFormat("an MNG animation", picture)),
    ([0xff, 0x4f, 0xff, 0x51], OtherFormat("a JPEG 2000 image", picture)),
    (Array("%PDF".utf8), OtherFormat("a PDF document", page)),
    (Array("%!PS".utf8), OtherFormat("a PostScript document", page)),
    (Array("PK\u{3}\u{4}".utf8), OtherFormat("a ZIP archive or an office document", archive)),
    ([0x1f, 0x8b], OtherFormat("a gzip archive", archive)),
    (Array("Rar!".utf8), OtherFormat("a RAR archive", archive)),
    ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], OtherFormat("a 7-Zip archive", archive)),
    ([0x1a, 0x45, 0xdf, 0xa3], OtherFormat("a video", video.remedy)),
    ([0x93] + Array("NUMPY".utf8), OtherFormat("a NumPy array", picture)),
    (Array("\u{7f}ELF".utf8), OtherFormat("a program", "drop a picture")),
  ]

  /// - Parameter bytes: the first bytes of a file.
  /// - Returns: nil for what is read, and for what is not known.
  init?(opening bytes: [UInt8]) {
    if let known = Self.openings.first(where: { bytes.starts(with: $0.bytes) }) {
      self = known.format
    } else if bytes.has("CR", at: 8), bytes.has("II*", at: 0) {
      self = Self.cameraRaw
    } else if bytes.has("RIFF", at: 0), bytes.has("AVI ", at: 8) {
      self.init("a video", Self.video.remedy)
    } else if bytes.has("BM", at: 0), bytes.count > 14, bytes[6...9].allSatisfy({ $0 == 0 }) {
      self.init("a BMP image", Self.picture)
    } else if bytes.has("P", at: 0), bytes.count > 2, (0x31...0x36).contains(bytes[1]), [0x0a, 0x20].contains(bytes[2]) {
      self.init("a PNM image", Self.picture)
    } else if bytes.has("ftyp", at: 4), bytes.count >= 12, FileSignature.mediaFormat(bytes) == nil {
      self = bytes.has("crx ", at: 8) ? Self.cameraRaw : Self.video
    } else if bytes.has("JXL ", at: 4) {
      self.init("a JPEG XL image", Self.picture)
    } else if bytes.has("jP  ", at: 4) {
      self.init("a JPEG 2000 image", Self.picture)
    } else {
      let text = String(decoding: bytes, as: UTF8.self).lowercased().drop { $0.isWhitespace || $0 == "\u{feff}" }
      if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
        self.init("a web page", Self.page)
      } else if text.hasPrefix("<svg") || text.hasPrefix("<?xml") {
        self.init("an SVG or XML document", Self.picture)
      } else {
        return nil
      }
    }
  }
}
