package enum PictureFormat: String, Sendable {
  case png = "PNG"
  case jpeg = "JPEG"
}

/// What the first part of a file says about its picture.
package struct PictureInfo: Equatable, Sendable {
  package let format: PictureFormat
  /// Of the upright picture: stored sides are exchanged for the orientations that lie on their side.
  package let width: Int
  package let height: Int
  package let orientation: Orientation
  /// Alpha channel, or a transparent color or palette.
  package let hasAlpha: Bool

  let storedWidth: Int
  let storedHeight: Int

  init(format: PictureFormat, storedWidth: Int, storedHeight: Int, orientation: Orientation, hasAlpha: Bool) {
    self.format = format
    self.storedWidth = storedWidth
    self.storedHeight = storedHeight
    self.orientation = orientation
    self.hasAlpha = hasAlpha
    width = orientation.exchangesSides ? storedHeight : storedWidth
    height = orientation.exchangesSides ? storedWidth : storedHeight
  }

  /// Reads format and size without decoding. The content decides, not the name's extension.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - name: what errors call it.
  /// - Throws: `ImageError` for another format, a file that ends in its header, and pictures over `limits.pixels` or
  ///   `limits.side`.
  package init(of bytes: [UInt8], name: String, limits: PictureLimits = PictureLimits()) throws(ImageError) {
    do throws(FormatProblem) {
      if bytes.starts(with: pngSignature) {
        self = try pngInfo(bytes, limits: limits)
      } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
        self = try jpegInfo(bytes)
      } else {
        throw FormatProblem.from(bytes)
      }
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
    let (area, overflow) = storedWidth.multipliedReportingOverflow(by: storedHeight)
    guard !overflow, area <= limits.pixels else {
      throw ImageError(name: name, kind: .tooManyPixels(width: width, height: height, limit: limits.pixels))
    }
    guard max(width, height) <= limits.side else {
      let finding = "is \(width)×\(height) pixels; the limit is \(limits.side) for a side (limits.side)"
      throw ImageError(name: name, kind: .overLimit(finding))
    }
  }
}

/// A problem that does not yet know its file.
struct FormatProblem: Error {
  let kind: ImageError.Kind

  init(_ kind: ImageError.Kind) {
    self.kind = kind
  }

  /// Says what a file that is neither PNG nor JPEG seems to be.
  static func from(_ bytes: [UInt8]) -> FormatProblem {
    if bytes.isEmpty { return FormatProblem(.truncated) }
    if pngSignature.starts(with: bytes) || [0xff, 0xd8, 0xff].starts(with: bytes) { return FormatProblem(.truncated) }
    if let format = otherFormat(bytes) {
      return FormatProblem(.notAPicture("is a \(format), which is not read; save it as PNG or JPEG"))
    }
    return FormatProblem(
      .notAPicture("is not a PNG or JPEG image (starts with \(opening(bytes))); drop a PNG or JPEG file"))
  }

  private static func otherFormat(_ bytes: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
    }
    if has("GIF8") { return "GIF image" }
    if has("RIFF"), has("WEBP", at: 8) { return "WebP image" }
    if has("II*\0") || has("MM\0*") { return "TIFF or camera raw image" }
    if has("BM"), bytes.count > 14, bytes[6...9].allSatisfy({ $0 == 0 }) { return "BMP image" }
    if has("ftyp", at: 4) {
      for brand in ["heic", "heix", "mif1", "msf1", "hevc"] where has(brand, at: 8) { return "HEIC image" }
      for brand in ["avif", "avis"] where has(brand, at: 8) { return "AVIF image" }
      return "video or other media file"
    }
    if bytes.starts(with: [0xff, 0x0a]) || has("JXL ", at: 4) { return "JPEG XL image" }
    if has("jP  ", at: 4) { return "JPEG 2000 image" }
    if has("8BPS") { return "Photoshop document" }
    if has("%PDF") { return "PDF document" }
    if has("<svg") || has("<?xml") { return "SVG or XML document" }
    return nil
  }

  private static func opening(_ bytes: [UInt8]) -> String {
    let start = bytes.prefix(8)
    guard start.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
      let digits = start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return "bytes \(digits.joined(separator: " "))"
    }
    let text = String(decoding: start, as: UTF8.self).replacing("\"", with: "'")
    return "\"\(text)\(bytes.count > 8 ? "…" : "")\""
  }
}
