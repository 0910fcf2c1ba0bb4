/// A box of an ISO base media file (ISO/IEC 14496-12): a type and what is in it.
struct MediaBox {
  let type: String
  /// Cut where what it stands in ends.
  let body: Range<Int>
  let isCut: Bool

  /// The boxes in a part of a file, in order.
  static func list(in place: Range<Int>, of bytes: [UInt8]) -> [MediaBox] {
    var boxes: [MediaBox] = []
    var position = place.lowerBound
    while position + 8 <= place.upperBound, boxes.count < maximumCount {
      guard var size = bytes.bigEndian32(at: position) else { break }
      var head = 8
      if size == 1 {
        guard let long = bytes.bigEndian64(at: position + 8) else { break }
        (size, head) = (long, 16)
      }
      // Zero is the rest of the file.
      if size == 0 { size = place.upperBound - position }
      guard size >= head, position + head <= place.upperBound else { break }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      let end = position + size
      boxes.append(
        MediaBox(type: type, body: position + head..<min(end, place.upperBound), isCut: end > place.upperBound))
      position = end
    }
    return boxes
  }

  /// Photographs have some dozens, mosaics of tiles some hundreds of items.
  static let maximumCount = 20_000
}

/// Reads numbers one after the other; zero past the end.
struct MediaReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ place: Range<Int>) {
    self.bytes = bytes
    position = place.lowerBound
    end = place.upperBound
  }

  var isAtEnd: Bool { position >= end }

  /// - Parameter size: bytes of the number, 0 to 8.
  mutating func number(_ size: Int) -> Int {
    defer { position += size }
    guard position + size <= end else { return 0 }
    let value = bytes[position..<position + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(clamping: value)
  }
}
