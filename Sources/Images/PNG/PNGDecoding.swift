import CPNG

/// - Parameters:
///   - info: of these bytes; its size is within the limits.
///   - keepsAlpha: whether the picture's transparency is wanted.
///   - listener: hears of 8-bit pixels as they are stored, before they are upright and in sRGB.
/// - Returns: 16-bit samples where the file has them and its colors have to be converted; a warning about what follows
///   the picture.
func decodePNG(
  _ bytes: [UInt8], info: PictureInfo, keepsAlpha: Bool, listener: PixelListener? = nil
) throws(FormatProblem) -> (StoredPixels, warning: String?) {
  let layout = keepsAlpha && info.hasAlpha ? StoredPixels.Layout.rgba : .rgb
  let isDeep = info.isDeep && info.colors.saysSomething
  let channels = layout == .rgba ? 4 : 3
  let count = info.storedWidth * info.storedHeight * channels
  var outcome = cpng_outcome()
  func decode(to pixels: UnsafeMutableRawPointer?) {
    unsafe bytes.withUnsafeBufferPointer { input in
      unsafe FinishedRows.listening(isDeep ? nil : listener, to: pixels, stride: info.storedWidth * channels) { finished, context in
        outcome = unsafe cpng_decode(
          input.baseAddress, input.count, UInt32(info.storedWidth), UInt32(info.storedHeight), CInt(channels),
          isDeep ? 16 : 8, pixels?.assumingMemoryBound(to: UInt8.self), finished, context)
      }
    }
  }
  let samples: StoredPixels.Samples
  if isDeep {
    samples = unsafe .words([UInt16](unsafeUninitializedCapacity: count) { pixels, initialized in
      unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
      unsafe decode(to: pixels.baseAddress)
      initialized = Int(outcome.status) == CPNG_OK ? count : 0
    })
  } else {
    samples = unsafe .bytes([UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
      unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
      unsafe decode(to: pixels.baseAddress)
      initialized = Int(outcome.status) == CPNG_OK ? count : 0
    })
  }
  switch Int(outcome.status) {
  case CPNG_OK: break
  case CPNG_TRUNCATED: throw FormatProblem(.truncated)
  case CPNG_MEMORY: throw FormatProblem(.outOfMemory)
  default: throw FormatProblem(.corrupt(message(in: outcome.message)))
  }
  let pixels = StoredPixels(
    width: info.storedWidth, height: info.storedHeight, layout: layout, samples: samples, isGray: info.isGray)
  return (pixels, outcome.is_end_damaged != 0 ? damagedEnd(message(in: outcome.message)) : nil)
}
