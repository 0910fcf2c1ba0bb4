import CJPEG

/// - Parameter info: of these bytes; its size is within the limits.
func decodeJPEG(
  _ bytes: [UInt8], info: PictureInfo, limits: PictureLimits
) throws(FormatProblem) -> (Picture, warning: String?) {
  let area = info.storedWidth * info.storedHeight
  let count = area * 3
  var outcome = cjpeg_outcome()
  let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
    unsafe bytes.withUnsafeBufferPointer { input in
      outcome = unsafe cjpeg_decode(
        input.baseAddress, input.count, UInt32(info.storedWidth), UInt32(info.storedHeight),
        CInt(clamping: limits.scans(forPixels: area)), limits.decoderMemoryInBytes, pixels.baseAddress)
    }
    initialized = Int(outcome.status) == CJPEG_OK ? count : 0
  }
  let text = message(in: outcome.message)
  switch Int(outcome.status) {
  case CJPEG_OK:
    return (
      Picture(checkedWidth: info.storedWidth, height: info.storedHeight, pixels: pixels),
      warning: text.isEmpty ? nil : text
    )
  case CJPEG_TRUNCATED: throw FormatProblem(.truncated)
  case CJPEG_UNSUPPORTED: throw FormatProblem(.unsupported(text))
  case CJPEG_LIMIT: throw FormatProblem(.overLimit(text))
  case CJPEG_MEMORY: throw FormatProblem(.outOfMemory)
  default: throw FormatProblem(.corrupt(text))
  }
}
