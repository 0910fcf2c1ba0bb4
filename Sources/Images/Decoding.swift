internal import PrintableText

/// What becomes of transparency.
package enum AlphaHandling: Equatable, Sendable {
  /// The color channels as stored, as the released program does: what lies under transparent pixels shows.
  case drop
  /// Laid over a color, in gamma-encoded values as most programs do.
  case over(PixelColor)
  /// Kept beside the color channels, which are those under it.
  case keep
}

/// A decoded picture, upright, and what was noticed on the way.
package struct DecodedPicture: Equatable, Sendable {
  package let picture: Picture
  /// A byte for each pixel, 255 for opaque; nil unless it was to be kept and the file has it.
  package let alpha: [UInt8]?
  package let info: PictureInfo
  /// One line each, without the file's name: damage that left a picture, colors that could not be converted.
  package let warnings: [String]

  package init(picture: Picture, alpha: [UInt8]? = nil, info: PictureInfo, warnings: [String]) {
    precondition(alpha.map { $0.count * 3 == picture.pixels.count } ?? true, "an alpha channel of another size")
    self.picture = picture
    self.alpha = alpha
    self.info = info
    self.warnings = warnings
  }

  /// The picture as `AlphaHandling.over` gives it, of what `keep` gave.
  package func flattened(over color: PixelColor) -> Picture {
    guard let alpha else { return picture }
    var pixels = picture.pixels
    let background = [Int(color.red), Int(color.green), Int(color.blue)]
    for index in pixels.indices {
      pixels[index] = StoredPixels.composite(pixels[index], Int(alpha[index / 3]), over: background[index % 3])
    }
    return Picture(checkedWidth: picture.width, height: picture.height, pixels: pixels)
  }
}

extension Picture {
  /// Decodes a file to upright 8-bit sRGB, in this process.
  ///
  /// The content decides what it is, once. Gray is copied to three channels, 16 bits lose their low byte, the orientation
  /// is applied wherever it stands. Colors that a profile, or what a PNG says instead, tells from sRGB are converted;
  /// without one they are sRGB, and CMYK is converted by the usual formula. Of an animation the first picture is read, of pages
  /// the first, of a collection the primary one.
  /// A file that is damaged only behind its last row is read, with a warning.
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what errors call it.
  ///   - listener: hears of the picture's pixels as they become final, where that is before the end; of an error that follows
  ///     it hears nothing.
  /// - Throws: `ImageError`; `truncated` is told from `corrupt`, so that a caller may wait for more bytes.
  package static func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling = .drop, limits: PictureLimits = PictureLimits(),
    listener: PixelListener? = nil
  ) throws(ImageError) -> DecodedPicture {
    let info = try PictureInfo(of: bytes, name: name, limits: limits)
    let keepsAlpha = alpha != .drop
    let colors = ConversionPlan(info, bytes)
    // Of what is turned or blended afterwards, no stored row is final.
    let final = info.orientation == .upright && !(keepsAlpha && info.hasAlpha) ? listener : nil
    let early = final == nil || colors.changesPixels ? nil : final
    var (stored, warning): (StoredPixels, String?)
    do throws(FormatProblem) {
      (stored, warning) =
        switch info.format {
        case .png: try decodePNG(bytes, info: info, keepsAlpha: keepsAlpha, listener: early)
        case .jpeg: try decodeJPEG(bytes, info: info, limits: limits, listener: info.components == 4 ? nil : early)
        case .webp: (try decodeWebP(bytes, info: info, keepsAlpha: keepsAlpha), nil)
        case .heic, .avif: try decodeHEIF(bytes, info: info, keepsAlpha: keepsAlpha)
        case .tiff: (try decodeTIFF(bytes, info: info, keepsAlpha: keepsAlpha, limits: limits), nil)
        }
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
    var warnings = [warning].compactMap(\.self)
    do throws(ColorProblem) {
      if let profile = try colors.profile.get() {
        try stored.convert(from: profile, listener: final)
        if let warning = profile.warning { warnings.append(warning) }
      }
    } catch {
      warnings.append(error.warning)
    }
    var opacity: [UInt8]?
    if alpha == .keep, info.hasAlpha {
      opacity = stored.opacity()
      if info.orientation != .upright, let stripes = opacity {
        let gray = Picture(checkedWidth: stored.width, height: stored.height, pixels: stripes.flatMap { [$0, $0, $0] })
        opacity = gray.oriented(by: info.orientation).firstChannel
      }
    }
    let background: PixelColor? = if case .over(let color) = alpha { color } else { nil }
    let picture = stored.flattened(over: background).oriented(by: info.orientation, listener: listener)
    return DecodedPicture(
      picture: picture, alpha: opacity, info: info.sized(width: picture.width, height: picture.height), warnings: warnings)
  }
}

/// Whether, and from which profile, a file's colors are converted.
private struct ConversionPlan {
  let profile: Result<ColorProfile?, ColorProblem>

  init(_ info: PictureInfo, _ bytes: [UInt8]) {
    profile = Result { () throws(ColorProblem) in try info.colors.profile(in: bytes) }
  }

  /// Unless the conversion leaves them as they are; true also where that cannot be told before.
  var changesPixels: Bool {
    guard case .success(let profile?) = profile else { return false }
    return (try? profile.isNearSRGB()) != true
  }
}

/// What is said of a file that is damaged, or ends, behind its last row.
func damagedEnd(_ detail: String) -> String {
  "the file is damaged or cut behind the picture's last row (\(detail)); the picture was read"
}

/// The text of a C array of characters up to its NUL; libraries may quote file content, hence the escaping.
func message<Storage>(in storage: Storage) -> String {
  let bytes = unsafe withUnsafeBytes(of: storage) { unsafe [UInt8]($0) }
  return printable(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
}
