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
}

extension Picture {
  /// Decodes a PNG or JPEG file to upright 8-bit sRGB.
  ///
  /// The content decides what it is, once. Gray is copied to three channels, 16 bits lose their low byte, the orientation
  /// is applied wherever it stands. Colors that a profile, or what a PNG says instead, tells from sRGB are converted;
  /// without one they are sRGB, and CMYK is converted by the usual formula. Of an animated PNG the default picture is read.
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
    let picture = stored.flattened(over: background)
    return DecodedPicture(picture: picture.oriented(by: info.orientation), info: info, warnings: warnings)
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
