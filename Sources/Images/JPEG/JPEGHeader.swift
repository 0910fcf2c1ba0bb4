/// Walks a JPEG's segments up to the first scan for size, orientation and colors.
func jpegInfo(_ bytes: [UInt8]) throws(FormatProblem) -> PictureInfo {
  var search = MetadataSearch()
  var colors = ColorTags()
  var size: (width: Int, height: Int, components: Int)?
  var position = 2
  walk: while true {
    // Bytes between segments are skipped, as libjpeg does.
    while position < bytes.count, bytes[position] != 0xff { position += 1 }
    while position < bytes.count, bytes[position] == 0xff { position += 1 }
    guard position < bytes.count else { throw FormatProblem(.truncated) }
    let marker = bytes[position]
    position += 1
    switch marker {
    case 0x00, 0x01, 0xd0...0xd8: continue
    case 0xd9, 0xda: break walk
    default: break
    }
    guard let length = bytes.bigEndian16(at: position) else { throw FormatProblem(.truncated) }
    guard length >= 2 else { throw FormatProblem(.corrupt("a segment of \(length) bytes")) }
    guard position + length <= bytes.count else { throw FormatProblem(.truncated) }
    switch marker {
    // Start of frame; c4, c8 and cc are other segments.
    case 0xc0...0xcf where marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
      guard length >= 8, let height = bytes.bigEndian16(at: position + 3), let width = bytes.bigEndian16(at: position + 5)
      else { throw FormatProblem(.corrupt("a frame header of \(length) bytes")) }
      if size == nil { size = (width, height, Int(bytes[position + 7])) }
    case 0xe1: search.add(app1: [UInt8](bytes[(position + 2)..<(position + length)]))
    case 0xe2 where bytes[(position + 2)..<(position + length)].starts(with: ColorTags.segmentSignature):
      colors.profileParts.append((position + 2 + ColorTags.segmentSignature.count)..<(position + length))
    default: break
    }
    position += length
  }
  guard let size else { throw FormatProblem(.corrupt("no frame header")) }
  guard size.width > 0, size.height > 0 else { throw FormatProblem(.unsupported("a side of 0 pixels")) }
  return PictureInfo(
    format: .jpeg, storedWidth: size.width, storedHeight: size.height, orientation: search.orientation,
    components: size.components, isGray: size.components == 1, colors: colors,
    captureDate: search.captureDate)
}
