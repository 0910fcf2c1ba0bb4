import Editing
import Images
import ModelPacks
import TestSupport
import WeightFiles

/// What stands in a picture's file beside its pixels.
extension Property {
  /// EXIF data and XMP documents. Each input is put into every place that either can stand in, and says the same in all;
  /// it also is a PNG's text as it stands.
  static let orientation = Property(
    "orientation", maximumLength: 1 << 13,
    words: [
      "MM\0*\0\0\0\u{8}", "II*\0\u{8}\0\0\0", "\u{1}\u{12}\0\u{3}\0\0\0\u{1}", "\u{12}\u{1}\u{4}\0\u{1}\0\0\0", "Exif\0\0",
      "http://ns.adobe.com/xap/1.0/\0", "xmlns:t=\"http://ns.adobe.com/tiff/1.0/\"", "tiff:Orientation=\"6\"",
      "<tiff:Orientation>8</", "Raw profile type exif\0", "Raw profile type APP1\0", "Raw profile type xmp\0",
      "XML:com.adobe.xmp\0", "\nexif\n      22\n",
    ],
    seeds: {
      let xmp = [UInt8]("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/>".utf8)
      let raw = Made.rawProfile("exif", exifPreamble + Made.exif(6))
      return [
        Made.exif(6), Made.exif(8, type: 4, isLittleEndian: true), Made.exif(3, type: 1), exifPreamble + Made.exif(2), xmp,
        [UInt8]("<x xmlns:t = \"http://ns.adobe.com/tiff/1.0/\"><t:Orientation> 8 </t:Orientation></x>".utf8),
        [UInt8]("Raw profile type exif\0".utf8) + raw,
        [UInt8]("Raw profile type exif\0\0".utf8) + Made.deflated(raw),
        [UInt8]("Raw profile type xmp\0".utf8) + Made.rawProfile("xmp", xmp),
        [UInt8]("XML:com.adobe.xmp\0\0\0\0\0".utf8) + xmp,
        [UInt8]("XML:com.adobe.xmp\0\u{1}\0en\0\0".utf8) + Made.deflated(xmp),
      ]
    },
    body: { bytes in
      var content = bytes[...]
      // A place with a preamble takes away one, a place without takes away one that is there.
      for preamble in [exifPreamble, xmpPreamble] { while content.starts(with: preamble) { content = content.dropFirst(preamble.count) } }
      let exif = try agreed(Array(content), exifPlaces), xmp = try agreed(Array(content), xmpPlaces)
      let texts = try ["tEXt", "zTXt", "iTXt"].map { try orientation(of: Made.png(plainPNG, Made.chunk($0, bytes))) }
      return exif != .upright || xmp != .upright || texts.contains { $0 != .upright }
    })

  /// ICC profiles: of a PNG, of a JPEG, there in one part and in several, whatever their order.
  static let profile = Property(
    "profile", maximumLength: 1 << 13,
    words: ["acsp", "mntr", "RGB ", "GRAY", "CMYK", "XYZ ", "Lab ", "rTRC", "kTRC", "A2B0", "mft1", "mft2", "mAB ", "curv", "para"],
    seeds: {
      // The first byte says into how many parts it is cut.
      let profiles: [[UInt8]] = [Made.displayP3, Made.swapped, Made.grayProfile(gamma: 1.8), Made.cyanOnly]
      return profiles.flatMap { profile in [0, 2, 7].map { count in [UInt8(count)] + profile } }
    },
    body: { bytes in
      guard let first = bytes.first else { return false }
      let profile = Array(bytes.dropFirst())
      // Pixels of the kind that it says it is for, at the place where a profile says so.
      let space = String(decoding: profile.dropFirst(16).prefix(4), as: UTF8.self)
      let png = try decoded(Made.png(space == "GRAY" ? grayPNG : plainPNG, Made.profileChunk(profile)))
      let jpeg = plainJPEG(components: space == "GRAY" ? 1 : space == "CMYK" ? 4 : 3)
      let whole = try decoded(Made.jpeg(jpeg, Made.profileSegments(profile)))
      let size = max(1, profile.count / max(1, Int(first & 15)))
      guard (profile.count + size - 1) / size < 256 else { return false }
      let parts = try decoded(Made.jpeg(jpeg, Made.profileSegments(profile, size: size) { $0.reverse() }))
      try require(parts.picture == whole.picture, "a profile in parts makes other colors")
      try require(parts.warnings == whole.warnings, "a profile in parts makes other warnings")
      return !profile.isEmpty && (png.warnings.isEmpty || whole.warnings.isEmpty)
    })

  /// A saved code in a picture's place.
  static let code = Property(
    "code", maximumLength: 1 << 13,
    words: ["'descr': '<f8'", "'shape': (1, 2, 3)", "(2, 3)", "pack", "pack_hash", "tiny", "inverted", "encoder", "\"shape\":[2,3]"],
    seeds: {
      var writer = SafetensorsWriter(metadata: ["pack": "tiny", "pack_hash": "00"])
      for name in ["encoder", "inverted"] { writer.add(name, shape: [2, 3], values: [0, 1, -2.5, 3, 4, 5]) }
      return [
        NumPyFile.bytes(shape: [1, 2, 3], values: [0, 1, 2, 3, 4, 5]), NumPyFile.bytes(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]),
        NumPyFile.bytes(shape: [2, 3], values: [0, 1, 2, .nan, 4, 5]), NumPyFile.bytes(shape: [4, 2, 3], values: .init(repeating: 1, count: 24)),
        writer.bytes(),
      ]
    },
    body: { bytes in
      let facts = ModelInfo(name: "tiny", hash: "00", resolution: 4, layers: 2, width: 3)
      let file = InputFile(name: "latent.npy", bytes: bytes)
      let isRead: Void? = try acceptedOrRefused(EditingError.self) { try CodeFile.check(file, facts) }
      try require(isRead == nil || CodeFile.isOne(bytes), "a code is read that would not have been taken for one")
      if isRead != nil {
        var other = facts
        (other.layers, other.width) = (3, 2)
        let isReadAgain: Void? = try acceptedOrRefused(EditingError.self) { try CodeFile.check(file, other) }
        try require(isReadAgain == nil, "a code of [2, 3] is read as one of [3, 2]")
      }
      return isRead != nil
    })

  private static let exifPreamble = [UInt8]("Exif\0\0".utf8)
  private static let xmpPreamble = [UInt8]("http://ns.adobe.com/xap/1.0/\0".utf8)

  private typealias Places = @Sendable ([UInt8]) -> [(name: String, file: [UInt8])]

  private static let exifPlaces: Places = { exif in
    let raw = Made.rawProfile("exif", exifPreamble + exif)
    return [
      ("eXIf", Made.png(plainPNG, Made.chunk("eXIf", exif))),
      ("eXIf with a preamble", Made.png(plainPNG, Made.chunk("eXIf", exifPreamble + exif))),
      ("APP1", Made.jpeg(plainJPEG(components: 3), Made.segment(0xE1, exifPreamble + exif))),
      ("tEXt", Made.png(plainPNG, Made.chunk("tEXt", [UInt8]("Raw profile type exif\0".utf8) + raw))),
      ("zTXt", Made.png(plainPNG, Made.chunk("zTXt", [UInt8]("Raw profile type APP1\0\0".utf8) + Made.deflated(raw)))),
    ]
  }

  private static let xmpPlaces: Places = { xmp in
    let keyword = [UInt8]("XML:com.adobe.xmp\0".utf8)
    let raw = [UInt8]("Raw profile type xmp\0\0".utf8) + Made.deflated(Made.rawProfile("xmp", xmp + [0x20]))
    return [
      ("APP1", Made.jpeg(plainJPEG(components: 3), Made.segment(0xE1, xmpPreamble + xmp))),
      ("iTXt", Made.png(plainPNG, Made.chunk("iTXt", keyword + [0, 0, 0, 0] + xmp))),
      ("compressed iTXt", Made.png(plainPNG, Made.chunk("iTXt", keyword + [1, 0, 0, 0] + Made.deflated(xmp)))),
      ("zTXt", Made.png(plainPNG, Made.chunk("zTXt", raw))),
    ]
  }

  /// The orientation that a text says in every place it can stand in.
  private static func agreed(_ content: [UInt8], _ places: Places) throws -> Orientation {
    let files = places(content)
    let first = try orientation(of: files[0].file)
    for (name, file) in files.dropFirst() {
      let other = try orientation(of: file)
      try require(other == first, "\(files[0].name) says \(first), \(name) says \(other)")
    }
    return first
  }

  /// Nothing in a picture's metadata is worth a refusal.
  private static func orientation(of file: [UInt8]) throws -> Orientation {
    let decoded = try decoded(file), info = decoded.info
    try require(decoded.warnings.isEmpty, "metadata make warnings: \(decoded.warnings)")
    try require((info.width < info.height) == info.orientation.exchangesSides, "\(info.orientation) and its size differ")
    return info.orientation
  }

  private static func decoded(_ file: [UInt8]) throws -> DecodedPicture {
    guard let decoded = try acceptedOrRefused(ImageError.self, { try Picture.decode(file, name: "a") }) else {
      throw Violation("a picture is refused for what stands beside its pixels")
    }
    return decoded
  }

  /// 4×2 pixels of different colors.
  private static let plainPNG = png(colorType: 2, row: [200, 30, 30, 30, 200, 30, 30, 30, 200, 90, 90, 90])
  private static let grayPNG = png(colorType: 0, row: [0, 90, 180, 255])

  private static func png(colorType: UInt8, row: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += Made.chunk("IHDR", [0, 0, 0, 4, 0, 0, 0, 2, 8, colorType, 0, 0, 0])
    let rows: [UInt8] = [0] + row + [0] + row
    return file + Made.chunk("IDAT", Made.deflated(rows)) + Made.chunk("IEND")
  }

  /// 16×8 pixels of one color: a table of ones, and codes of one bit for "as before" and "end of block".
  private static func plainJPEG(components: UInt8) -> [UInt8] {
    let code: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0]
    let blocks = 2 * Int(components), bits = 2 * blocks
    let data = (0..<(bits + 7) / 8).map { UInt8(0xFF) >> UInt8(min(8, bits - $0 * 8)) }
    let numbers = [UInt8](1...components)
    let frame: [UInt8] = [8, 0, 8, 0, 16, components] + numbers.flatMap { [$0, 0x11, 0] as [UInt8] }
    let scan: [UInt8] = [components] + numbers.flatMap { [$0, 0] as [UInt8] } + [0, 63, 0]
    var file: [UInt8] = [0xFF, 0xD8]
    file += Made.segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    file += Made.segment(0xC0, frame)
    for table: UInt8 in [0x00, 0x10] { file += Made.segment(0xC4, [table] + code) }
    return file + Made.segment(0xDA, scan) + data + [0xFF, 0xD9]
  }
}
