let pngSignature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/// Walks a PNG's chunks for its size, transparency, orientation and colors. Checksums are left to the decoder.
func pngInfo(_ bytes: [UInt8], limits: PictureLimits) throws(FormatProblem) -> PictureInfo {
  guard bytes.count >= 33 else { throw FormatProblem(.truncated) }
  guard bytes.bigEndian32(at: 8) == 13, bytes[12..<16].elementsEqual("IHDR".utf8),
    let width = bytes.bigEndian32(at: 16), let height = bytes.bigEndian32(at: 20)
  else { throw FormatProblem(.corrupt("no header chunk")) }
  guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
    throw FormatProblem(.corrupt("a side of \(width == 0 || height == 0 ? "0" : "over 2 billion") pixels"))
  }
  // Color type 4 is gray with alpha, 6 is RGB with alpha.
  var hasAlpha = bytes[25] == 4 || bytes[25] == 6
  var search = MetadataSearch()
  var colors = ColorTags()
  var hasPixels = false
  var position = 8
  var chunks = 0
  // A file cut inside a chunk's data still has a size worth knowing: the decoder reports the end.
  while let length = bytes.bigEndian32(at: position), position + 8 <= bytes.count {
    let type = String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self)
    let end = position + 8 + length
    if type == "IEND" { break }
    if type == "tRNS" { hasAlpha = true }
    if type == "IDAT" { hasPixels = true }
    if end <= bytes.count {
      let data = bytes[(position + 8)..<end]
      switch type {
      case "eXIf": search.add(exif: [UInt8](data.prefix(1 << 16)))
      case "tEXt", "zTXt", "iTXt": search.add(text: data, type: type)
      default: if !hasPixels { colors.add(chunk: type, at: data.indices, of: bytes) }
      }
    }
    chunks += 1
    guard chunks <= limits.chunks else {
      throw FormatProblem(.overLimit("has more than \(limits.chunks) chunks (limits.chunks); save it again"))
    }
    position = end + 4
  }
  return PictureInfo(
    format: .png, storedWidth: width, storedHeight: height, orientation: search.orientation, hasAlpha: hasAlpha,
    isGray: bytes[25] == 0 || bytes[25] == 4, isDeep: bytes[24] == 16, colors: colors,
    captureDate: search.captureDate)
}
