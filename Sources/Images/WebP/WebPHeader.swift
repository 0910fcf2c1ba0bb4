/// Walks a WebP's chunks for size, transparency, orientation and colors. Of an animation the first frame is the picture.
func webpInfo(_ bytes: [UInt8], limits: PictureLimits) throws(FormatProblem) -> PictureInfo {
  var search = MetadataSearch()
  var colors = ColorTags()
  var frame: WebPFrame?
  var position = 12
  var chunks = 0
  // EXIF data stands behind the picture. A file that ends inside a chunk still has a size worth knowing.
  while let chunk = RIFFChunk(at: position, in: bytes) {
    switch chunk.type {
    case "ICCP" where colors.plainProfile == nil && !chunk.isCut: colors.plainProfile = chunk.data
    case "EXIF" where !chunk.isCut: search.add(exif: [UInt8](bytes[chunk.data].prefix(1 << 16)))
    case "XMP " where !chunk.isCut: search.add(xmp: [UInt8](bytes[chunk.data].prefix(1 << 20)))
    case "ALPH", "VP8 ", "VP8L": if frame == nil { frame = try WebPFrame(from: position, upTo: bytes.count, in: bytes, limits) }
    // Place, size and time of a frame of an animation, then its chunks.
    case "ANMF": if frame == nil { frame = try WebPFrame(from: chunk.data.lowerBound + 16, upTo: chunk.data.upperBound, in: bytes, limits) }
    default: break
    }
    chunks += 1
    guard chunks <= limits.chunks else {
      throw FormatProblem(.overLimit("has more than \(limits.chunks) chunks (limits.chunks); save it again"))
    }
    position = chunk.next
  }
  guard let frame else { throw FormatProblem(position > bytes.count || bytes.count < 30 ? .truncated : .corrupt("no picture in it")) }
  return PictureInfo(
    format: .webp, storedWidth: frame.width, storedHeight: frame.height, orientation: search.orientation,
    hasAlpha: frame.hasAlpha, colors: colors, data: frame.place, captureDate: search.captureDate)
}

/// A chunk of a RIFF file, cut where the file ends.
private struct RIFFChunk {
  let type: String
  let data: Range<Int>
  let isCut: Bool
  let next: Int

  init?(at position: Int, in bytes: [UInt8]) {
    guard position + 8 <= bytes.count, let length = bytes.littleEndian32(at: position + 4) else { return nil }
    type = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    let end = position + 8 + length
    data = (position + 8)..<min(end, bytes.count)
    isCut = end > bytes.count
    next = end + length % 2
  }
}

/// The chunks of one picture: alpha, where it has its own, and colors.
private struct WebPFrame {
  let place: Range<Int>
  let width: Int
  let height: Int
  let hasAlpha: Bool

  init(from start: Int, upTo end: Int, in bytes: [UInt8], _ limits: PictureLimits) throws(FormatProblem) {
    var hasAlpha = false
    var position = start
    var chunks = 0
    while position < end, let chunk = RIFFChunk(at: position, in: bytes), chunks <= limits.chunks {
      let data = chunk.data.lowerBound
      switch chunk.type {
      case "ALPH": hasAlpha = true
      case "VP8 ":
        guard let width = bytes.littleEndian16(at: data + 6), let height = bytes.littleEndian16(at: data + 8) else {
          throw FormatProblem(.truncated)
        }
        guard bytes[(data + 3)..<(data + 6)].elementsEqual([0x9d, 0x01, 0x2a]), width & 0x3fff > 0, height & 0x3fff > 0 else {
          throw FormatProblem(.corrupt("no key frame"))
        }
        (self.width, self.height, self.hasAlpha) = (width & 0x3fff, height & 0x3fff, hasAlpha)
        place = start..<chunk.data.upperBound
        return
      case "VP8L":
        guard let bits = bytes.littleEndian32(at: data + 1) else { throw FormatProblem(.truncated) }
        guard bytes[data] == 0x2f else { throw FormatProblem(.corrupt("no lossless picture")) }
        (width, height, self.hasAlpha) = (bits & 0x3fff + 1, bits >> 14 & 0x3fff + 1, bits >> 28 & 1 == 1)
        place = start..<chunk.data.upperBound
        return
      default: break
      }
      chunks += 1
      position = chunk.next
    }
    throw FormatProblem(position >= bytes.count ? .truncated : .corrupt("no picture in it"))
  }
}
