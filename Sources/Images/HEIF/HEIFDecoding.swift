import CHEIF
import Glibc
import PrintableText

/// - Parameters:
///   - info: of these bytes; its size is within the limits.
///   - keepsAlpha: whether the picture's transparency is wanted.
/// - Returns: 16-bit samples where the file has more than 8 and its colors have to be converted; libheif's warning.
func decodeHEIF(
  _ bytes: [UInt8], info: PictureInfo, keepsAlpha: Bool
) throws(FormatProblem) -> (StoredPixels, warning: String?) {
  var outcome: Result<(StoredPixels, warning: String?), FormatProblem> = .failure(FormatProblem(.outOfMemory))
  unsafe bytes.withUnsafeBytes { input in
    let file = HEIFFile(info: info, layout: keepsAlpha && info.hasAlpha ? .rgba : .rgb)
    outcome = unsafe file.decode(input)
  }
  do {
    return try outcome.get()
  } catch {
    // Of a file that was cut libheif says many things.
    let isCut = MediaBox.list(in: bytes.indices, of: bytes).contains(where: \.isCut)
    if isCut, case .corrupt = error.kind { throw FormatProblem(.truncated) }
    throw error
  }
}

extension Picture {
  /// Loads what decoding a file will need: libheif, and the codecs that it may have in files of their own.
  package static func prepareToDecode(_ bytes: [UInt8]) {
    switch FileSignature(bytes) {
    case .picture(.heic), .picture(.avif): _ = cheif_load()
    case .picture, .other, .begun, .unknown: return
    }
  }
}

private struct HEIFFile {
  let info: PictureInfo
  let layout: StoredPixels.Layout

  func decode(_ input: UnsafeRawBufferPointer) -> Result<(StoredPixels, warning: String?), FormatProblem> {
    guard cheif_load() == 0 else {
      return .failure(FormatProblem(.unsupported("it needs libheif 1, which is not here: apt install libheif1")))
    }
    guard let context = unsafe cheif_context_alloc() else { return .failure(FormatProblem(.outOfMemory)) }
    defer { unsafe cheif_context_free(context) }
    // In the calling thread; and no tile that is far larger than the picture.
    unsafe cheif_context_set_max_decoding_threads(context, 0)
    unsafe cheif_context_set_maximum_image_size_limit(context, CInt(clamping: max(info.width, info.height, 8192)))
    var handle: OpaquePointer?
    var image: OpaquePointer?
    defer {
      if unsafe image != nil { unsafe cheif_image_release(image) }
      if unsafe handle != nil { unsafe cheif_image_handle_release(handle) }
    }
    do throws(FormatProblem) {
      try unsafe check(cheif_context_read_from_memory_without_copy(context, input.baseAddress, input.count))
      try unsafe check(cheif_context_get_primary_image_handle(context, &handle))
      let isDeep = unsafe info.isDeep && info.colors.saysSomething && cheif_image_handle_get_luma_bits_per_pixel(handle) > 8
      try unsafe check(decode(handle, &image, isDeep: isDeep))
      let isMultiplied = unsafe layout == .rgba && cheif_image_handle_is_premultiplied_alpha(handle) != 0
      var warning = unsafe heif_error()
      let isWarned = unsafe cheif_image_get_decoding_warnings(image, 0, &warning, 1) > 0
      var pixels = try unsafe pixels(of: image, isDeep: isDeep)
      if isMultiplied { pixels.unmultiply() }
      return .success((pixels, isWarned ? "damaged data, decoded as far as possible (\(unsafe text(of: warning)))" : nil))
    } catch {
      return .failure(error)
    }
  }

  private func decode(_ handle: OpaquePointer?, _ image: inout OpaquePointer?, isDeep: Bool) -> heif_error {
    let options = unsafe cheif_decoding_options_alloc()
    defer { unsafe cheif_decoding_options_free(options) }
    unsafe options?.pointee.convert_hdr_to_8bit = isDeep ? 0 : 1
    let chroma =
      switch (layout, isDeep) {
      case (.rgba, false): heif_chroma_interleaved_RGBA
      case (.rgba, true): heif_chroma_interleaved_RRGGBBAA_LE
      case (_, false): heif_chroma_interleaved_RGB
      case (_, true): heif_chroma_interleaved_RRGGBB_LE
      }
    return unsafe cheif_decode_image(handle, &image, heif_colorspace_RGB, chroma, options)
  }

  private func pixels(of image: OpaquePointer?, isDeep: Bool) throws(FormatProblem) -> StoredPixels {
    let channel = heif_channel_interleaved
    let width = Int(unsafe cheif_image_get_width(image, channel)), height = Int(unsafe cheif_image_get_height(image, channel))
    var stride: CInt = 0
    let plane = unsafe cheif_image_get_plane_readonly(image, channel, &stride)
    // Memory was promised for the size that the header gives; what libheif makes of odd cuts may be smaller.
    guard width > 0, height > 0, width * height <= info.storedWidth * info.storedHeight, let plane = unsafe plane else {
      throw FormatProblem(.corrupt("a picture of another size than it says"))
    }
    let row = width * (layout == .rgba ? 4 : 3)
    guard Int(stride) >= row * (isDeep ? 2 : 1) else { throw FormatProblem(.corrupt("rows that are too short")) }
    let data = unsafe UnsafeRawBufferPointer(start: plane, count: Int(stride) * height)
    let samples: StoredPixels.Samples
    if isDeep {
      let bits = max(Int(unsafe cheif_image_get_bits_per_pixel_range(image, channel)), 9)
      var words = [UInt16](repeating: 0, count: row * height)
      for y in 0..<height {
        for x in 0..<row {
          let value = unsafe UInt16(littleEndian: data.loadUnaligned(fromByteOffset: y * Int(stride) + x * 2, as: UInt16.self))
          // The highest value stays the highest.
          words[y * row + x] = bits < 16 ? value << UInt16(16 - bits) | value >> UInt16(2 * bits - 16) : value
        }
      }
      samples = .words(words)
    } else {
      samples = unsafe .bytes([UInt8](unsafeUninitializedCapacity: row * height) { pixels, initialized in
        unsafe askForLargePages(UnsafeMutableRawBufferPointer(pixels))
        for y in 0..<height {
          let from = unsafe UnsafeRawBufferPointer(rebasing: data[(y * Int(stride))..<(y * Int(stride) + row)])
          unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(pixels)[(y * row)..<((y + 1) * row)]).copyMemory(from: from)
        }
        initialized = row * height
      })
    }
    return StoredPixels(width: width, height: height, layout: layout, samples: samples, isGray: false)
  }

  private func check(_ error: heif_error) throws(FormatProblem) {
    let (code, detail, text) = unsafe (error.code, error.subcode, text(of: error))
    switch code {
    case heif_error_Ok: return
    case heif_error_Memory_allocation_error: throw FormatProblem(.outOfMemory)
    case heif_error_Unsupported_filetype, heif_error_Unsupported_feature:
      throw FormatProblem(.unsupported(text))
    default:
      if detail == heif_suberror_Security_limit_exceeded {
        throw FormatProblem(.overLimit("asks its decoder for too much (\(text))"))
      }
      throw FormatProblem(detail == heif_suberror_End_of_data ? .truncated : .corrupt(text))
    }
  }

  private func text(of error: heif_error) -> String {
    guard let message = unsafe error.message as UnsafePointer<CChar>? else { return "no reason given" }
    let bytes = unsafe UnsafeRawBufferPointer(start: message, count: min(strlen(message), 200))
    return printable(String(decoding: unsafe [UInt8](bytes), as: UTF8.self))
  }
}
