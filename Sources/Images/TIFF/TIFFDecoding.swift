import CTIFF

/// - Parameters:
///   - info: of these bytes; its size is within the limits.
///   - keepsAlpha: whether the picture's transparency is wanted.
/// - Returns: 16-bit samples where the file has them and its colors have to be converted.
func decodeTIFF(
  _ bytes: [UInt8], info: PictureInfo, keepsAlpha: Bool, limits: PictureLimits
) throws(FormatProblem) -> StoredPixels {
  let layout: StoredPixels.Layout = info.components == 4 ? .cmyk : keepsAlpha && info.hasAlpha ? .rgba : .rgb
  let isDeep = info.isDeep && info.colors.saysSomething
  let count = info.storedWidth * info.storedHeight * (layout == .rgb ? 3 : 4)
  let wanted = layout == .cmyk ? CTIFF_CMYK : layout == .rgba ? CTIFF_RGBA : CTIFF_RGB
  var outcome = ctiff_outcome()
  func decode(to pixels: UnsafeMutableRawPointer?) {
    unsafe bytes.withUnsafeBufferPointer { input in
      outcome = unsafe ctiff_decode(
        input.baseAddress, input.count, UInt32(info.storedWidth), UInt32(info.storedHeight), CInt(wanted),
        isDeep ? 16 : 8, limits.decoderMemoryInBytes, pixels)
    }
  }
  let samples: StoredPixels.Samples
  if isDeep {
    samples = unsafe .words([UInt16](unsafeUninitializedCapacity: count) { pixels, initialized in
      unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
      unsafe decode(to: pixels.baseAddress)
      initialized = Int(outcome.status) == CTIFF_OK ? count : 0
    })
  } else {
    samples = unsafe .bytes([UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
      unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
      unsafe decode(to: pixels.baseAddress)
      initialized = Int(outcome.status) == CTIFF_OK ? count : 0
    })
  }
  let text = message(in: outcome.message)
  switch Int(outcome.status) {
  case CTIFF_OK: break
  case CTIFF_TRUNCATED: throw FormatProblem(.truncated)
  case CTIFF_UNSUPPORTED: throw FormatProblem(.unsupported(text))
  case CTIFF_LIMIT: throw FormatProblem(.overLimit(text))
  case CTIFF_MEMORY: throw FormatProblem(.outOfMemory)
  default: throw FormatProblem(.corrupt(text))
  }
  return StoredPixels(
    width: info.storedWidth, height: info.storedHeight, layout: layout, samples: samples, isGray: info.isGray)
}
