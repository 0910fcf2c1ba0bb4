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
  /// Memory that decoding takes for a pixel at most, and bringing it to the model's size: bytes, their upright copy, float
  /// copies of rows and columns; 16-bit samples while colors are converted.
  package var decodingBytesPerPixel: Int { isDeep && colors.saysSomething ? 16 : 8 }

  let storedWidth: Int
  let storedHeight: Int
  /// Channels of a JPEG: 1 is gray, 4 are inks.
  let components: Int
  let isGray: Bool
  /// Whether a sample has 16 bits.
  let isDeep: Bool
  let colors: ColorTags

  init(
    format: PictureFormat, storedWidth: Int, storedHeight: Int, orientation: Orientation, hasAlpha: Bool = false,
    components: Int = 3, isGray: Bool = false, isDeep: Bool = false, colors: ColorTags = ColorTags()
  ) {
    self.format = format
    self.storedWidth = storedWidth
    self.storedHeight = storedHeight
    self.orientation = orientation
    self.hasAlpha = hasAlpha
    self.components = components
    self.isGray = isGray
    self.isDeep = isDeep
    self.colors = colors
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
      switch FileSignature(bytes) {
      case .picture(.png): self = try pngInfo(bytes, limits: limits)
      case .picture(.jpeg): self = try jpegInfo(bytes)
      case .begun: throw FormatProblem(.truncated)
      case .other(let name): throw FormatProblem(.notAPicture("is \(name), which is not read; save it as PNG or JPEG"))
      case .unknown:
        throw FormatProblem(
          .notAPicture("is not a PNG or JPEG image (starts with \(FileSignature.opening(bytes))); drop a PNG or JPEG file"))
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
}
