import CLCMS

/// A description of a color space that lcms2 can convert from.
@safe final class ColorProfile {
  /// What a pixel of that space has.
  enum Space {
    case gray, rgb, cmyk
  }

  let handle: cmsHPROFILE
  let space: Space
  /// What is lost in the conversion, for a person.
  let warning: String?
  /// Whether it is nearly sRGB, once that was found out.
  var nearness: Bool?

  /// Opens an ICC profile.
  ///
  /// - Throws: for anything that is no profile of gray, RGB or CMYK pixels.
  init(icc bytes: [UInt8]) throws(ColorProblem) {
    warning = nil
    let opened = unsafe bytes.withUnsafeBytes { bytes in
      unsafe cmsOpenProfileFromMem(bytes.baseAddress, UInt32(clamping: bytes.count))
    }
    guard let handle = unsafe opened else { throw ColorProblem("its color profile is damaged") }
    let classes = [cmsSigInputClass, cmsSigDisplayClass, cmsSigOutputClass, cmsSigColorSpaceClass]
    guard unsafe classes.contains(cmsGetDeviceClass(handle)) else {
      unsafe cmsCloseProfile(handle)
      throw ColorProblem("its color profile is of a kind that describes no pixels")
    }
    switch unsafe cmsGetColorSpace(handle) {
    case cmsSigGrayData: space = .gray
    case cmsSigRgbData: space = .rgb
    case cmsSigCmykData: space = .cmyk
    default:
      unsafe cmsCloseProfile(handle)
      throw ColorProblem("its color profile is of neither gray, RGB nor CMYK pixels")
    }
    unsafe self.handle = unsafe handle
  }

  /// Makes the profile that a PNG's gAMA and cHRM chunks describe.
  ///
  /// What one of them leaves open is as in sRGB; 1/2.2 with sRGB's primaries is what sRGB is rounded to in a gAMA chunk.
  /// - Parameters:
  ///   - gamma: times 100,000.
  ///   - chromaticities: x and y of white, red, green and blue, times 100,000.
  init(gamma: Int?, chromaticities: [Int]?) throws(ColorProblem) {
    warning = nil
    space = .rgb
    var primaries = Primaries.bt709
    if let chromaticities {
      let given = Primaries(chromaticities.map { Double($0) / 100_000 })
      if !given.isNear(.bt709) { primaries = given }
    }
    let isPlain = gamma.map { primaries == .bt709 && abs($0 - 45_455) < 500 } ?? true
    let exponent = 100_000 / Double(gamma ?? 45_455)
    unsafe handle = try Self.made(primaries) { value in
      isPlain ? TransferFunction.sRGB(value) : TransferFunction.power(value, exponent)
    }
  }

  /// Makes the profile of code points of ITU-T H.273.
  ///
  /// - Returns: nil for those that are not known, which are to be ignored.
  init?(_ points: ColorTags.CodePoints) throws(ColorProblem) {
    guard let primaries = Primaries(codePoint: points.primaries),
      let transfer = TransferFunction.named(points.transfer)
    else { return nil }
    warning =
      switch points.transfer {
      case 16, 18: "is a high dynamic range picture; what is brighter than white paper is cut to white"
      default: nil
      }
    space = .rgb
    // With narrow range, black is 16 of 255 and white 235.
    unsafe handle = try Self.made(primaries) { value in
      transfer(points.isFullRange ? value : (value * 255 - 16) / 219)
    }
  }

  deinit {
    unsafe cmsCloseProfile(handle)
  }

  private static func made(
    _ primaries: Primaries, _ transfer: (Double) -> Double
  ) throws(ColorProblem) -> cmsHPROFILE {
    let steps = 4095
    let table = (0...steps).map { Float(min(max(transfer(Double($0) / Double(steps)), 0), 1)) }
    let curve = unsafe cmsBuildTabulatedToneCurveFloat(nil, UInt32(table.count), table)
    defer { unsafe cmsFreeToneCurve(curve) }
    let values = primaries.values
    var white = cmsCIExyY(x: values[0], y: values[1], Y: 1)
    var triple = cmsCIExyYTRIPLE(
      Red: cmsCIExyY(x: values[2], y: values[3], Y: 1), Green: cmsCIExyY(x: values[4], y: values[5], Y: 1),
      Blue: cmsCIExyY(x: values[6], y: values[7], Y: 1))
    var curves = unsafe [curve, curve, curve]
    guard unsafe curve != nil, let handle = unsafe cmsCreateRGBProfile(&white, &triple, &curves) else {
      throw ColorProblem("its color description makes no sense")
    }
    return unsafe handle
  }
}
