import CPNG

/// - Parameter info: of these bytes; its size is within the limits.
func decodePNG(_ bytes: [UInt8], info: PictureInfo, alpha: AlphaHandling) throws(FormatProblem) -> Picture {
  var background: PixelColor?
  if info.hasAlpha, case .over(let color) = alpha { background = color }
  let channels = background == nil ? 3 : 4
  let count = info.storedWidth * info.storedHeight * channels
  var outcome = cpng_outcome()
  var pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
    unsafe bytes.withUnsafeBufferPointer { input in
      outcome = unsafe cpng_decode(
        input.baseAddress, input.count, UInt32(info.storedWidth), UInt32(info.storedHeight), CInt(channels),
        pixels.baseAddress)
    }
    initialized = Int(outcome.status) == CPNG_OK ? count : 0
  }
  switch Int(outcome.status) {
  case CPNG_OK: break
  case CPNG_TRUNCATED: throw FormatProblem(.truncated)
  case CPNG_MEMORY: throw FormatProblem(.outOfMemory)
  default: throw FormatProblem(.corrupt(message(in: outcome.message)))
  }
  if let background { composite(&pixels, over: background) }
  return Picture(checkedWidth: info.storedWidth, height: info.storedHeight, pixels: pixels)
}

/// Turns RGBA into RGB in place.
private func composite(_ pixels: inout [UInt8], over color: PixelColor) {
  let count = pixels.count / 4
  let background = [Int(color.red), Int(color.green), Int(color.blue)]
  for pixel in 0..<count {
    let opacity = Int(pixels[pixel * 4 + 3])
    for channel in 0..<3 {
      let sum = Int(pixels[pixel * 4 + channel]) * opacity + background[channel] * (255 - opacity)
      pixels[pixel * 3 + channel] = UInt8((sum + 127) / 255)
    }
  }
  pixels.removeLast(count)
}
