/// Where a file says how it stands, in the order in which it counts: EXIF before XMP, and of each the first that can be
/// understood. EXIF data tells the date too.
package struct MetadataSearch {
  private var exif: Orientation?
  private var xmp: Orientation?
  private(set) var captureDate: CaptureDate?
  /// Compressed texts that were inflated; more would be somebody's joke.
  private var inflations = 0

  package init() {}

  var orientation: Orientation { exif ?? xmp ?? .upright }

  /// Takes EXIF data, with or without its preamble.
  package mutating func add(exif bytes: [UInt8]) {
    if exif == nil { exif = EXIF.orientation(bytes) }
    if captureDate == nil { captureDate = CaptureDate(exif: bytes) }
  }

  /// Takes an XMP document, with or without its preamble.
  package mutating func add(xmp bytes: [UInt8]) {
    if xmp == nil { xmp = XMP.orientation(bytes) }
  }

  /// Takes the content of a JPEG's APP1 segment.
  mutating func add(app1 bytes: [UInt8]) {
    if bytes.starts(with: EXIF.preamble) { add(exif: bytes) } else if bytes.starts(with: XMP.preamble) { add(xmp: bytes) }
  }

  /// Takes the data of a PNG's tEXt, zTXt or iTXt chunk.
  package mutating func add(text data: ArraySlice<UInt8>, type: String) {
    guard exif == nil, let text = PNGText(data, type: type), Self.keywords.contains(text.keyword.lowercased()) else { return }
    if text.isCompressed {
      inflations += 1
      guard inflations <= Self.maximumInflations else { return }
    }
    guard let content = text.content(atMost: Self.maximumTextBytes) else { return }
    guard text.keyword.first == "R" else { return add(xmp: content) }
    guard let bytes = RawProfile.bytes(content) else { return }
    if text.keyword.hasSuffix("xmp") { add(xmp: bytes) } else if bytes.starts(with: XMP.preamble) { add(app1: bytes) } else { add(exif: bytes) }
  }

  private static let keywords: Set<String> = [
    "xml:com.adobe.xmp", "raw profile type exif", "raw profile type app1", "raw profile type xmp",
  ]
  private static let maximumInflations = 4
  /// A JPEG's segment has 64 KB; in hexadecimal and lines that is twice as much.
  private static let maximumTextBytes = 1 << 20
}

/// A text chunk of a PNG.
private struct PNGText {
  let keyword: String
  let isCompressed: Bool
  private let body: ArraySlice<UInt8>

  /// - Parameter type: tEXt, zTXt or iTXt.
  init?(_ data: ArraySlice<UInt8>, type: String) {
    guard let end = data.prefix(80).firstIndex(of: 0) else { return nil }
    keyword = String(decoding: data[..<end], as: UTF8.self)
    var rest = data[(end + 1)...]
    switch type {
    case "tEXt": isCompressed = false
    case "zTXt":
      isCompressed = true
      rest = rest.dropFirst()
    case "iTXt":
      isCompressed = rest.first == 1
      // Flag and method, then language and translated keyword, each ended by a zero.
      rest = rest.dropFirst(2)
      for _ in 0..<2 { rest = rest.drop { $0 != 0 }.dropFirst() }
    default: return nil
    }
    body = rest
  }

  func content(atMost limit: Int) -> [UInt8]? {
    isCompressed ? inflated(body, atMost: limit) : body.count <= limit ? [UInt8](body) : nil
  }
}
