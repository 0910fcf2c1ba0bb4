internal import PrintableText

/// What becomes of transparency.
package enum AlphaHandling: Equatable, Sendable {
  /// The color channels as stored, as the released program does: what lies under transparent pixels shows.
  case drop
  /// Laid over a color, in gamma-encoded values as most programs do.
  case over(PixelColor)
}

/// A decoded picture, upright, and what was noticed on the way.
package struct DecodedPicture: Equatable, Sendable {
  package let picture: Picture
  package let info: PictureInfo
  /// One line each, without the file's name: damage that left a picture, colors that could not be converted.
  package let warnings: [String]

  package init(picture: Picture, info: PictureInfo, warnings: [String]) {
    self.picture = picture
    self.info = info
    self.warnings = warnings
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
  /// - Throws: `ImageError`; `truncated` is told from `corrupt`, so that a caller may wait for more bytes.
  package static func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling = .drop, limits: PictureLimits = PictureLimits()
  ) throws(ImageError) -> DecodedPicture {
    let info = try PictureInfo(of: bytes, name: name, limits: limits)
    let background: PixelColor? = if case .over(let color) = alpha { color } else { nil }
    var (stored, warning): (StoredPixels, String?)
    do throws(FormatProblem) {
      (stored, warning) =
        switch info.format {
        case .png: try decodePNG(bytes, info: info, keepsAlpha: background != nil)
        case .jpeg: try decodeJPEG(bytes, info: info, limits: limits)
        case .webp: (try decodeWebP(bytes, info: info, keepsAlpha: background != nil), nil)
        case .heic, .avif: try decodeHEIF(bytes, info: info, keepsAlpha: background != nil)
        case .tiff: (try decodeTIFF(bytes, info: info, keepsAlpha: background != nil, limits: limits), nil)
        }
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
    var warnings = [warning].compactMap(\.self)
    do throws(ColorProblem) {
      if let profile = try info.colors.profile(in: bytes) {
        try stored.convert(from: profile)
        if let warning = profile.warning { warnings.append(warning) }
      }
    } catch {
      warnings.append(error.warning)
    }
    let picture = stored.flattened(over: background).oriented(by: info.orientation)
    return DecodedPicture(
      picture: picture, info: info.sized(width: picture.width, height: picture.height), warnings: warnings)
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
