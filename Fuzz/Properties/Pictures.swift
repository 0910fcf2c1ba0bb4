import Decoding
import Glibc
import Images

extension Property {
  static let png = Property(
    "png", maximumLength: 1 << 16,
    words: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "iCCP", "zTXt", "iTXt", "eXIf", "acTL", "fcTL", "fdAT", "gAMA", "sBIT"],
    body: { bytes in
      let plain = try decodes(bytes)
      // Without this, nearly every mutation ends at a wrong checksum.
      let repaired = withRightChecksums(bytes)
      return try repaired == bytes ? plain : decodes(repaired) || plain
    })

  static let jpeg = Property(
    "jpeg", maximumLength: 1 << 16,
    words: [
      "\u{FF}\u{C0}", "\u{FF}\u{C2}", "\u{FF}\u{C4}", "\u{FF}\u{DA}", "\u{FF}\u{DB}", "\u{FF}\u{DD}", "\u{FF}\u{E1}",
      "\u{FF}\u{EE}", "Exif", "Adobe", "MM", "II",
    ],
    body: decodes)

  static let webp = Property(
    "webp", maximumLength: 1 << 16,
    words: ["RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", "EXIF", "XMP ", "\u{9D}\u{01}\u{2A}"], body: decodes)

  static let heif = Property(
    "heif", maximumLength: 1 << 16,
    words: [
      "ftyp", "heic", "avif", "mif1", "meta", "hdlr", "pitm", "iinf", "infe", "iref", "dimg", "auxl", "cdsc", "iprp", "ipco",
      "ipma", "ispe", "irot", "imir", "clap", "colr", "nclx", "prof", "pixi", "auxC", "hvcC", "av1C", "iloc", "idat", "mdat",
      "hvc1", "av01", "grid", "iden", "iovl", "Exif",
    ],
    // Our header alone: what libde265 does with a damaged file would end the fuzzer, and is the decoder's process's to
    // survive (`apart`).
    body: { bytes in
      let info = try acceptedOrRefused(ImageError.self) { try PictureInfo(of: bytes, name: "a", limits: limits) }
      guard let info else { return false }
      try require(info.width > 0 && info.height > 0, "a picture of \(info.width)×\(info.height) pixels")
      try require(info.width * info.height <= limits.pixels, "a picture over the limit")
      return true
    })

  /// Any format through the decoder's process, by the decoders of the system: whatever becomes of them, there is a picture
  /// or one line.
  static let apart = Property(
    "apart", maximumLength: 1 << 16, words: ["mdat", "hvcC", "av1C", "iloc", "VP8 ", "IDAT", "\u{FF}\u{DA}", "II*\0"],
    body: { bytes in
      let decoder = DecoderProcess(program: decoderProgram) { budget in
        var less = budget
        (less.seconds, less.processorSeconds) = (8, 6)
        return less
      }
      let decoded = try acceptedOrRefused(ImageError.self) {
        do throws(ImageError) {
          return try decoder.decode(bytes, name: "a", alpha: .keep, limits: limits)
        } catch {
          if case .noDecoder(let reason) = error.kind { throw Violation("\(decoderProgram) does not decode: \(reason)") }
          throw error
        }
      }
      guard let decoded else { return false }
      try require(decoded.picture.width * decoded.picture.height <= limits.pixels, "a picture over the limit")
      try require((decoded.alpha != nil) == decoded.info.hasAlpha, "an alpha channel without need, or none")
      return true
    })

  /// An `idinvert` without the fuzzer's own code in it: `FUZZ_DECODER`, or what was built beside the tests.
  private static let decoderProgram: String = {
    if let path = unsafe getenv("FUZZ_DECODER") { return unsafe String(cString: path) }
    let own = CommandLine.arguments[0]
    return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/HostileDecoder"
  }()

  private static let limits: PictureLimits = {
    var limits = PictureLimits()
    // The limits that libjpeg-turbo's own fuzzing has.
    limits.pixels = 1 << 20
    limits.decoderMemoryInBytes = 64 << 20
    limits.scans = 20
    return limits
  }()

  static let tiff = Property(
    "tiff", maximumLength: 1 << 16,
    words: ["II*\0", "MM\0*", "II+\0", "\u{00}\u{01}", "\u{01}\u{01}", "\u{02}\u{01}", "\u{03}\u{01}", "\u{06}\u{01}", "\u{11}\u{01}", "\u{42}\u{01}", "\u{45}\u{01}", "\u{52}\u{01}"],
    body: decodes)

  /// What the decoder's process says of a picture.
  static let answer = Property(
    "answer", maximumLength: 1 << 13, words: ["1snavndi", "\u{1}\0\0\0\0\0\0\0", "\u{2}\0\0\0\0\0\0\0", "\u{FF}\u{FF}\u{FF}\u{7F}"],
    seeds: {
      [DecoderAnswer(.picture, width: 3, height: 2, texts: ["a warning", "another"]).bytes, DecoderAnswer(.corrupt, texts: ["why"]).bytes]
    },
    body: { bytes in
      guard let answer = DecoderAnswer(bytes) else { return false }
      try require(answer.texts.count <= 6, "an answer with \(answer.texts.count) texts")
      for text in answer.texts {
        try require(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "a text with a control character")
      }
      guard answer.texts.allSatisfy({ $0.utf8.count <= 600 }) else { return true }
      try require(DecoderAnswer(answer.bytes) == answer, "an answer changes when it is written and read")
      return true
    })

  /// Decodes with and without alpha, looks at every byte, and decodes what it encodes.
  @Sendable private static func decodes(_ bytes: [UInt8]) throws -> Bool {
    let decoded = try acceptedOrRefused(ImageError.self) { try Picture.decode(bytes, name: "a", limits: limits) }
    guard let decoded else { return false }
    let picture = decoded.picture
    try require(picture.width > 0 && picture.height > 0, "a picture of \(picture.width)×\(picture.height) pixels")
    try require(picture.width * picture.height <= limits.pixels, "a picture over the limit")
    try require(picture.pixels.count == picture.width * picture.height * 3, "pixels are missing")
    try require((decoded.info.width, decoded.info.height) == (picture.width, picture.height), "the header lied")
    let sum = picture.pixels.reduce(0) { $0 &+ Int($1) }
    try require(sum >= 0, "a sum of bytes is negative")
    if decoded.info.hasAlpha {
      let over = try Picture.decode(bytes, name: "a", alpha: .over(.white), limits: limits)
      try require(over.picture.pixels.count == picture.pixels.count, "alpha changes the size")
    }
    guard picture.pixels.count < 1 << 14 else { return true }
    let again = try Picture.decode(picture.pngBytes(), name: "b", limits: limits)
    try require(again.picture == picture, "a picture changes when it is written and read")
    return true
  }

  private static func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end + 4 <= bytes.count else { break }
      let checksum = crc(bytes[(position + 4)..<end])
      for index in 0..<4 { result[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
      position = end + 4
    }
    return result
  }

  /// The CRC-32 of PNG (annex D of its specification) and of zip.
  static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }

  private static let crcTable: [UInt32] = (0..<256).map { value in
    (0..<8).reduce(UInt32(value)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}
