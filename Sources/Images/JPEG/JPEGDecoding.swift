import CJPEG

/// - Parameters:
///   - info: of these bytes; its size is within the limits.
///   - listener: hears of the pixels as they are stored, before they are upright and in sRGB.
/// - Returns: also a warning about damage that left a picture.
func decodeJPEG(
  _ bytes: [UInt8], info: PictureInfo, limits: PictureLimits, listener: PixelListener? = nil
) throws(FormatProblem) -> (StoredPixels, warning: String?) {
  let area = info.storedWidth * info.storedHeight
  let channels = info.components == 4 ? 4 : 3
  let count = area * channels
  var outcome = cjpeg_outcome()
  let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
    unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
    unsafe bytes.withUnsafeBufferPointer { input in
      unsafe FinishedRows.listening(listener, to: pixels.baseAddress, stride: info.storedWidth * channels) { finished, context in
        outcome = unsafe cjpeg_decode(
          input.baseAddress, input.count, UInt32(info.storedWidth), UInt32(info.storedHeight), CInt(channels),
          CInt(clamping: limits.scans(forPixels: area)), limits.decoderMemoryInBytes, pixels.baseAddress, finished, context)
      }
    }
    initialized = Int(outcome.status) == CJPEG_OK ? count : 0
  }
  let text = message(in: outcome.message)
  switch Int(outcome.status) {
  case CJPEG_OK: break
  case CJPEG_TRUNCATED: throw FormatProblem(.truncated)
  case CJPEG_UNSUPPORTED: throw FormatProblem(.unsupported(text))
  case CJPEG_LIMIT: throw FormatProblem(.overLimit(text))
  case CJPEG_MEMORY: throw FormatProblem(.outOfMemory)
  default: throw FormatProblem(.corrupt(text))
  }
  let stored = StoredPixels(
    width: info.storedWidth, height: info.storedHeight, layout: channels == 4 ? .cmyk : .rgb, samples: .bytes(pixels),
    isGray: info.isGray)
  if text.isEmpty { return (stored, nil) }
  return (
    stored,
    outcome.is_end_damaged != 0 ? damagedEnd(text) : "damaged JPEG data, decoded as far as possible (\(text))"
  )
}
