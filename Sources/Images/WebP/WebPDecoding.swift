import CWebP

/// - Parameters:
///   - info: of these bytes; its size is within the limits.
///   - keepsAlpha: whether the picture's transparency is wanted.
func decodeWebP(_ bytes: [UInt8], info: PictureInfo, keepsAlpha: Bool) throws(FormatProblem) -> StoredPixels {
  let layout = keepsAlpha && info.hasAlpha ? StoredPixels.Layout.rgba : .rgb
  let stride = info.storedWidth * (layout == .rgba ? 4 : 3)
  let count = stride * info.storedHeight
  var status = VP8_STATUS_INVALID_PARAM
  var config = unsafe WebPDecoderConfig()
  guard unsafe WebPInitDecoderConfig(&config) != 0 else { throw FormatProblem(.unsupported("another version of libwebp")) }
  let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
    unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
    unsafe config.output.colorspace = layout == .rgba ? MODE_RGBA : MODE_RGB
    unsafe config.output.is_external_memory = 1
    unsafe config.output.u.RGBA = unsafe WebPRGBABuffer(rgba: pixels.baseAddress, stride: CInt(stride), size: count)
    unsafe bytes[info.data].withUnsafeBufferPointer { input in
      // The size that the decoder sees has to be the one that memory was taken for.
      status = unsafe WebPGetFeatures(input.baseAddress, input.count, &config.input)
      guard status == VP8_STATUS_OK else { return }
      guard unsafe (Int(config.input.width), Int(config.input.height)) == (info.storedWidth, info.storedHeight) else {
        status = VP8_STATUS_BITSTREAM_ERROR
        return
      }
      status = unsafe WebPDecode(input.baseAddress, input.count, &config)
    }
    initialized = status == VP8_STATUS_OK ? count : 0
  }
  let announced = (bytes.littleEndian32(at: 4) ?? 0) + 8
  switch status {
  case VP8_STATUS_OK: break
  case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: throw FormatProblem(.truncated)
  case VP8_STATUS_OUT_OF_MEMORY: throw FormatProblem(.outOfMemory)
  case VP8_STATUS_UNSUPPORTED_FEATURE: throw FormatProblem(.unsupported("a feature that libwebp does not know"))
  default: throw FormatProblem(announced > bytes.count ? .truncated : .corrupt("its data contradicts itself"))
  }
  return StoredPixels(
    width: info.storedWidth, height: info.storedHeight, layout: layout, samples: .bytes(pixels), isGray: false)
}
