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
  /// One line each, without the file's name; a damaged JPEG that could still be decoded has one.
  package let warnings: [String]
}

extension Picture {
  /// Decodes a PNG or JPEG file to upright 8-bit RGB.
  ///
  /// Gray is copied to three channels, 16 bits lose their low byte, CMYK is converted without color profiles, and EXIF
  /// orientation is applied: what the released program's loader does. Color profiles and gamma are ignored, as there.
  /// Of an animated PNG the default picture is read.
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what errors call it.
  /// - Throws: `ImageError`; `truncated` is told from `corrupt`, so that a caller may wait for more bytes.
  package static func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling = .drop, limits: PictureLimits = PictureLimits()
  ) throws(ImageError) -> DecodedPicture {
    let info = try PictureInfo(of: bytes, name: name, limits: limits)
    var warnings: [String] = []
    let stored: Picture
    do throws(FormatProblem) {
      switch info.format {
      case .png: stored = try decodePNG(bytes, info: info, alpha: alpha)
      case .jpeg:
        let (picture, warning) = try decodeJPEG(bytes, info: info, limits: limits)
        stored = picture
        if let warning { warnings.append("damaged JPEG data, decoded as far as possible (\(warning))") }
      }
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
    return DecodedPicture(picture: stored.turned(by: info.orientation), info: info, warnings: warnings)
  }
}

/// The text of a C array of characters up to its NUL; libraries may quote file content, hence the escaping.
func message<Storage>(in storage: Storage) -> String {
  let bytes = unsafe withUnsafeBytes(of: storage) { unsafe [UInt8]($0) }
  return printable(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
}
