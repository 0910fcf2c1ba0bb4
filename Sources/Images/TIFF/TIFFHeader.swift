/// Reads the first directory of a TIFF for size, samples, orientation and colors.
func tiffInfo(_ bytes: [UInt8]) throws(FormatProblem) -> PictureInfo {
  guard let structure = TIFFStructure(bytes) else { throw FormatProblem(bytes.count < 16 ? .truncated : .corrupt("no directory")) }
  // Directories often stand at the end.
  guard let page = structure.directory(at: structure.firstDirectory) else { throw FormatProblem(.truncated) }
  func number(_ tag: Tag, _ usual: Int) -> Int { structure.numbers(page[tag.rawValue]).first ?? usual }
  let photometric = number(.photometric, number(.samples, 1) >= 3 ? 2 : 1)
  guard !isRaw(page, structure, bytes, photometric) else {
    throw FormatProblem(.notAPicture(OtherFormat.cameraRaw.refusal))
  }
  let (width, height) = (number(.width, 0), number(.height, 0))
  guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
    // Space that a program has reserved for a directory is zeros.
    throw FormatProblem(page.isEmpty ? .truncated : .corrupt("a side of \(width < 1 || height < 1 ? "0" : "over 2 billion") pixels"))
  }
  let isInk = photometric == 5
  // White is zero, black is zero.
  let isGray = photometric == 0 || photometric == 1
  let base = isGray || photometric == 3 ? 1 : isInk ? 4 : 3
  let alpha = structure.numbers(page[Tag.extraSamples.rawValue]).first
  let bits = structure.numbers(page[Tag.bits.rawValue])
  var colors = ColorTags()
  if let profile = page[Tag.profile.rawValue]?.place, !profile.isEmpty { colors.plainProfile = profile }
  return PictureInfo(
    format: .tiff, storedWidth: width, storedHeight: height,
    orientation: Orientation(rawValue: number(.orientation, 1)) ?? .upright,
    hasAlpha: !isInk && (alpha == 1 || alpha == 2) && number(.samples, 1) > base, components: base, isGray: isGray,
    isDeep: (isGray || photometric == 2) && bits.first == 16 && number(.sampleFormat, 1) == 1, colors: colors,
    captureDate: CaptureDate(structure, page, bytes))
}

private enum Tag: Int {
  case kind = 254, width = 256, height = 257, bits = 258, compression = 259, photometric = 262, orientation = 274
  case samples = 277, parts = 330, extraSamples = 338, sampleFormat = 339, profile = 34675, negative = 50706
}

/// Whether a TIFF is a camera's raw file: its first directory is then a preview, or a mosaic of colors.
private func isRaw(
  _ page: TIFFStructure.Directory, _ structure: TIFFStructure, _ bytes: [UInt8], _ photometric: Int
) -> Bool {
  if page[Tag.negative.rawValue] != nil || photometric == 32803 || photometric == 34892 { return true }
  let isPreview = (structure.numbers(page[Tag.kind.rawValue]).first ?? 0) & 1 == 1
  // Old JPEG data, in which no program of today writes a picture.
  let isOld = structure.numbers(page[Tag.compression.rawValue]).first == 6
  return page[Tag.parts.rawValue] != nil && (isPreview || isOld)
}
