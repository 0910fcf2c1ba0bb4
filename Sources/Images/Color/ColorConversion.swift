import CLCMS

extension StoredPixels {
  /// The same picture in 8-bit sRGB, converted from a profile.
  ///
  /// What lies less than three levels from sRGB is sRGB as somebody else rounded it, and stays as it is.
  /// - Parameter listener: hears of converted pixels.
  /// - Throws: where the profile is not one of these pixels; nothing is changed then.
  mutating func convert(from profile: ColorProfile, listener: PixelListener? = nil) throws(ColorProblem) {
    let isFour = layout == .cmyk
    switch profile.space {
    case .cmyk where !isFour: throw ColorProblem("its color profile is of CMYK pixels, and these are not")
    case .rgb where isFour, .gray where isFour:
      throw ColorProblem("its color profile is not of CMYK pixels, as these are")
    case .gray where !isGray: throw ColorProblem("its color profile is of gray pixels, and these are colored")
    default: break
    }
    let output = layout == .rgba ? CLCMS_RGBA_8 : CLCMS_RGB_8
    let isDeep = if case .words = samples { true } else { false }
    if try profile.isNearSRGB() { return narrow() }
    let transform = try ColorTransform(
      profile, from: Self.format(layout, isGray: profile.space == .gray, isDeep: isDeep), to: output)
    let count = width * height
    let channels = layout == .rgba ? 4 : 3
    switch samples {
    case .bytes(var bytes):
      samples = .bytes([])
      if isFour {
        var converted = [UInt8](repeating: 0, count: count * 3)
        transform.apply(bytes, &converted, count: count)
        layout = .rgb
        samples = .bytes(converted)
      } else {
        transform.apply(&bytes, count: count, listener: layout == .rgb ? listener : nil)
        samples = .bytes(bytes)
      }
    case .words(let words):
      samples = .bytes([])
      var converted = [UInt8](repeating: 0, count: count * channels)
      if layout == .rgba {
        // Transparency is no color.
        for index in stride(from: 3, to: converted.count, by: 4) { converted[index] = UInt8(words[index] >> 8) }
      }
      transform.apply(words, &converted, count: count)
      samples = .bytes(converted)
    }
  }

  fileprivate static func format(_ layout: Layout, isGray: Bool, isDeep: Bool) -> Int {
    switch (layout, isGray, isDeep) {
    case (.cmyk, _, _): CLCMS_CMYK_8_REVERSED
    case (.rgb, false, false): CLCMS_RGB_8
    case (.rgb, false, true): CLCMS_RGB_16
    case (.rgb, true, false): CLCMS_GRAY_OF_RGB_8
    case (.rgb, true, true): CLCMS_GRAY_OF_RGB_16
    case (.rgba, false, false): CLCMS_RGBA_8
    case (.rgba, false, true): CLCMS_RGBA_16
    case (.rgba, true, false): CLCMS_GRAY_OF_RGBA_8
    case (.rgba, true, true): CLCMS_GRAY_OF_RGBA_16
    }
  }
}

extension ColorProfile {
  /// Whether what it describes is sRGB as somebody else rounded it: compared on a grid of colors, once.
  func isNearSRGB() throws(ColorProblem) -> Bool {
    guard space != .cmyk else { return false }
    if let nearness { return nearness }
    let levels = (0...16).map { UInt8(min($0 * 16, 255)) }
    var grid: [UInt8] = []
    if space == .gray {
      for level in 0...255 { grid += [UInt8](repeating: UInt8(level), count: 3) }
    } else {
      for red in levels { for green in levels { for blue in levels { grid += [red, green, blue] } } }
    }
    var converted = grid
    let format = StoredPixels.format(.rgb, isGray: space == .gray, isDeep: false)
    try ColorTransform(self, from: format, to: CLCMS_RGB_8).apply(&converted, count: grid.count / 3)
    let isNear = zip(grid, converted).allSatisfy { abs(Int($0) - Int($1)) <= 2 }
    nearness = isNear
    return isNear
  }
}

/// A conversion to sRGB that lcms2 prepared.
@safe private final class ColorTransform {
  private let handle: cmsHTRANSFORM

  init(_ profile: ColorProfile, from input: Int, to output: Int) throws(ColorProblem) {
    let target = unsafe cmsCreate_sRGBProfile()
    defer { unsafe cmsCloseProfile(target) }
    let made = unsafe cmsCreateTransform(
      profile.handle, UInt32(input), target, UInt32(output), UInt32(INTENT_PERCEPTUAL), 0)
    guard let made = unsafe made else { throw ColorProblem("its color profile cannot be used") }
    unsafe handle = unsafe made
  }

  deinit {
    unsafe cmsDeleteTransform(handle)
  }

  /// Converts pixels that stay as wide as they were; what is no color stays as it is.
  func apply(_ pixels: inout [UInt8], count: Int, listener: PixelListener? = nil) {
    let width = pixels.count / count
    let most = listener == nil ? count : 1 << 16
    unsafe pixels.withUnsafeMutableBytes { pixels in
      var done = 0
      while done < count, let start = pixels.baseAddress {
        let more = min(most, count - done)
        unsafe cmsDoTransform(handle, start + done * width, start + done * width, UInt32(more))
        done += more
        unsafe listener?(RawSpan(_unsafeStart: start, byteCount: done * width))
      }
    }
  }

  func apply<Sample>(_ pixels: [Sample], _ converted: inout [UInt8], count: Int) {
    unsafe pixels.withUnsafeBytes { pixels in
      unsafe converted.withUnsafeMutableBytes { converted in
        unsafe cmsDoTransform(handle, pixels.baseAddress, converted.baseAddress, UInt32(count))
      }
    }
  }
}
