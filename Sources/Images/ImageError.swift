internal import PrintableText

/// Why a picture could not be read, made or written. The description is one line: file, what was found, what to do.
package struct ImageError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Equatable, Sendable {
    /// No picture of a format that is read; the payload says what it seems to be.
    case notAPicture(String)
    /// The file ends too early. More bytes may still be on their way.
    case truncated
    /// The content contradicts itself or the format's rules.
    case corrupt(String)
    /// A kind of a format that is not read.
    case unsupported(String)
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// Another limit of `PictureLimits`.
    case overLimit(String)
    /// A size or count given by the caller that cannot be a picture.
    case invalidSize(String)
    case outOfMemory
    /// What became of the decoder, which is a process of its own.
    case decoderEnded(String)
    /// There could be no decoder now: a trouble of the machine that may pass.
    case noDecoder(String)
  }

  /// The file's name, or what the picture is called where there is no file.
  package let name: String
  package let kind: Kind

  package init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  package var isTruncated: Bool { kind == .truncated }
  /// Whether it is no fault of the file, and another try may help.
  package var mayPass: Bool { if case .noDecoder = kind { true } else { false } }

  package var description: String {
    let reason =
      switch kind {
      case .notAPicture(let finding): finding
      case .truncated: "ends too early; copy the whole file again"
      case .corrupt(let detail): "is damaged (\(detail)); export it again"
      case .unsupported(let detail): "is of a kind that is not read (\(detail)); save it as an 8-bit RGB PNG or JPEG"
      case .tooManyPixels(let width, let height, let limit):
        "is \(width)×\(height) pixels (\(Self.count(width, height))); the limit is \(Self.words(limit)) (limits.pixels)"
      case .overLimit(let detail): detail
      case .invalidSize(let detail): detail
      case .outOfMemory: "needs more memory than there is"
      case .decoderEnded(let detail): "\(detail); save it again, as PNG or JPEG"
      case .noDecoder(let detail): "cannot be decoded now (\(detail))"
      }
    return "\(printable(name)): \(reason)"
  }

  private static func count(_ width: Int, _ height: Int) -> String {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? "over 9 quintillion" : words(product)
  }

  /// `400 million`, `12.5 million` or the plain number.
  private static func words(_ count: Int) -> String {
    guard count >= 1_000_000 else { return "\(count)" }
    let tenths = count / 100_000
    return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10) million" : "\(tenths / 10).\(tenths % 10) million"
  }
}
