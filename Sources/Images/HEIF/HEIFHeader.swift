/// Reads the meta box of a HEIC or AVIF file for its primary picture's size, transparency and colors.
///
/// How such a picture stands is a property of it, which libheif applies; what EXIF data says beside that has no say.
func heifInfo(_ bytes: [UInt8], format: PictureFormat) throws(FormatProblem) -> PictureInfo {
  let boxes = MediaBox.list(in: bytes.indices, of: bytes)
  guard let meta = boxes.first(where: { $0.type == "meta" }) else {
    // A sequence, as of a burst, may have no picture that stands alone.
    if boxes.contains(where: { $0.type == "moov" }) { throw FormatProblem(.unsupported("a sequence without a still picture")) }
    throw FormatProblem(boxes.contains(where: \.isCut) || bytes.count < 64 ? .truncated : .corrupt("no description of a picture"))
  }
  guard !meta.isCut else { throw FormatProblem(.truncated) }
  let items = MediaItems(meta, of: bytes)
  guard let primary = items.primary, items.types[primary] != nil else { throw FormatProblem(.corrupt("no primary picture")) }
  let tiles = items.references.first { $0.from == primary && $0.kind == "dimg" }?.to ?? []
  var properties = HEIFProperties(items.properties(of: primary), bytes)
  // A mosaic of tiles may leave it to them to say what they are.
  if let tile = tiles.first { properties.complete(with: HEIFProperties(items.properties(of: tile), bytes)) }
  guard properties.width > 0, properties.height > 0 else { throw FormatProblem(.corrupt("a side of 0 pixels")) }
  let hasAlpha = items.references.contains { reference in
    reference.kind == "auxl" && reference.to.contains(primary)
      && HEIFProperties(items.properties(of: reference.from), bytes).isAlpha
  }
  return PictureInfo(
    format: format, storedWidth: properties.width, storedHeight: properties.height, orientation: .upright,
    hasAlpha: hasAlpha, isDeep: properties.bits > 8, colors: properties.colors,
    captureDate: captureDate(of: primary, items, bytes))
}

private func captureDate(of primary: Int, _ items: MediaItems, _ bytes: [UInt8]) -> CaptureDate? {
  let described = items.references.filter { $0.kind == "cdsc" && $0.to.contains(primary) }.map(\.from)
  guard let item = described.first(where: { items.types[$0] == "Exif" }), let (offset, length) = items.places[item],
    offset >= 0, offset <= bytes.count - 4, let skipped = bytes.bigEndian32(at: offset)
  else { return nil }
  let start = offset + 4 + skipped
  guard start < bytes.count, length > 4 + skipped else { return nil }
  return CaptureDate(exif: [UInt8](bytes[start..<min(bytes.count, start + min(length, 1 << 16))]))
}

/// What the properties of an item say.
private struct HEIFProperties {
  /// After all turns and cuts.
  private(set) var width = 0
  private(set) var height = 0
  private(set) var bits = 0
  private(set) var isAlpha = false
  private(set) var colors = ColorTags()

  init(_ boxes: [MediaBox], _ bytes: [UInt8]) {
    for box in boxes {
      let start = box.body.lowerBound
      var reader = MediaReader(bytes, box.body)
      switch box.type {
      case "ispe":
        _ = reader.number(4)
        (width, height) = (reader.number(4), reader.number(4))
      case "irot": if reader.number(1) & 1 == 1 { (width, height) = (height, width) }
      case "clap":
        let sides = (0..<2).map { _ in (reader.number(4), reader.number(4)) }
        let (across, down) = (rounded(sides[0]), rounded(sides[1]))
        if let across, let down, across <= width, down <= height { (width, height) = (across, down) }
      case "pixi":
        _ = reader.number(4)
        for _ in 0..<reader.number(1) { bits = max(bits, reader.number(1)) }
      // Both codecs' own descriptions say it too.
      case "av1C": if box.body.count >= 3, bytes[start + 2] & 0x40 != 0 { bits = max(bits, bytes[start + 2] & 0x20 != 0 ? 12 : 10) }
      case "hvcC": if box.body.count >= 18 { bits = max(bits, Int(bytes[start + 17] & 7) + 8) }
      case "auxC":
        let text = String(decoding: bytes[box.body].dropFirst(4).prefix { $0 != 0 }, as: UTF8.self)
        isAlpha = text == "urn:mpeg:hevc:2015:auxid:1" || text == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"
      case "colr" where box.body.count > 4: readColors(box, bytes)
      default: break
      }
    }
  }

  mutating func complete(with tile: HEIFProperties) {
    if !colors.saysSomething { colors = tile.colors }
    bits = max(bits, tile.bits)
  }

  private mutating func readColors(_ box: MediaBox, _ bytes: [UInt8]) {
    let start = box.body.lowerBound
    switch String(decoding: bytes[start..<start + 4], as: UTF8.self) {
    // A profile says more than numbers do.
    case "prof", "rICC":
      colors.plainProfile = start + 4..<box.body.upperBound
      colors.codePoints = nil
    case "nclx" where colors.plainProfile == nil && box.body.count >= 11:
      let primaries = bytes[start + 5]
      var transfer = bytes[start + 7]
      // A camera's curve is meant to be shown as sRGB's, as every viewer of stills does.
      if [1, 6, 14, 15].contains(transfer) { transfer = 13 }
      // 2 is not told. libheif has undone the matrix and the range.
      guard bytes[start + 4] == 0, bytes[start + 6] == 0, primaries != 2, transfer != 2, (primaries, transfer) != (1, 13) else { return }
      colors.codePoints = ColorTags.CodePoints(primaries: primaries, transfer: transfer, isFullRange: true)
    default: return
    }
  }

  /// As libheif rounds a fraction.
  private func rounded(_ fraction: (Int, Int)) -> Int? {
    fraction.1 > 0 && fraction.0 > 0 ? (fraction.0 + fraction.1 / 2) / fraction.1 : nil
  }
}
