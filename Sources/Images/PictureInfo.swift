package enum PictureFormat: String, Sendable {
  case png = "PNG"
  case jpeg = "JPEG"
  case webp = "WebP"
  case heic = "HEIC"
  case avif = "AVIF"
  case tiff = "TIFF"

  /// Before its name.
  package var article: String { self == .avif ? "an" : "a" }

  /// All of them, for a person.
  package static let list = "JPEG, PNG, HEIC, AVIF, WebP or TIFF"
  /// Endings of their files' names; what a file is, its content decides.
  package static let endings = ["jpg", "jpeg", "jpe", "jfif", "png", "heic", "heif", "hif", "avif", "webp", "tif", "tiff"]
}

/// What the first part of a file says about its picture.
package struct PictureInfo: Equatable, Sendable {
  package let format: PictureFormat
  /// Of the upright picture: stored sides are exchanged for the orientations that lie on their side.
  package private(set) var width: Int
  package private(set) var height: Int
  package let orientation: Orientation
  /// Alpha channel, or a transparent color or palette.
  package let hasAlpha: Bool
  /// Memory that decoding takes for a pixel at most, and bringing it to the model's size: bytes, their upright copy, float
  /// copies of rows and columns; 16-bit samples while colors are converted.
  package var decodingBytesPerPixel: Int {
    switch format {
    // Planes as they are coded, planes of RGB, and their mixture, beside what the others take.
    case .heic, .avif: isDeep ? 32 : 20
    case .png, .jpeg, .webp, .tiff: isDeep && colors.saysSomething ? 16 : 8
    }
  }
  /// Whether the decoded picture has the size that the file tells; of odd cuts libheif may leave less.
  package var hasFixedSize: Bool { format != .heic && format != .avif }
  /// When the camera took it, as far as the file tells.
  package let captureDate: CaptureDate?

  private(set) var storedWidth: Int
  private(set) var storedHeight: Int
  /// Channels of a JPEG or TIFF: 1 is gray, 4 are inks.
  let components: Int
  let isGray: Bool
  /// Whether a sample has 16 bits.
  let isDeep: Bool
  let colors: ColorTags
  /// Where the picture is in a WebP.
  let data: Range<Int>

  init(
    format: PictureFormat, storedWidth: Int, storedHeight: Int, orientation: Orientation, hasAlpha: Bool = false,
    components: Int = 3, isGray: Bool = false, isDeep: Bool = false, colors: ColorTags = ColorTags(),
    data: Range<Int> = 0..<0, captureDate: CaptureDate? = nil
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
    self.data = data
    self.captureDate = captureDate
    width = orientation.exchangesSides ? storedHeight : storedWidth
    height = orientation.exchangesSides ? storedWidth : storedHeight
  }

  /// The same with the size of the decoded picture, which may be smaller than what the file tells.
  package func sized(width: Int, height: Int) -> PictureInfo {
    var result = self
    (result.width, result.height) = (width, height)
    (result.storedWidth, result.storedHeight) = orientation.exchangesSides ? (height, width) : (width, height)
    return result
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
      case .picture(.webp): self = try webpInfo(bytes, limits: limits)
      case .picture(.heic): self = try heifInfo(bytes, format: .heic)
      case .picture(.avif): self = try heifInfo(bytes, format: .avif)
      case .picture(.tiff): self = try tiffInfo(bytes)
      case .begun: throw FormatProblem(.truncated)
      case .other(let other): throw FormatProblem(.notAPicture(other.refusal))
      case .unknown:
        let opening = FileSignature.opening(bytes)
        throw FormatProblem(.notAPicture("is no picture that is read (starts with \(opening)); drop a \(PictureFormat.list) file"))
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
