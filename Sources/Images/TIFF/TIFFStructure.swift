/// The structure of TIFF files, which EXIF data has too: directories of entries, each a tag with values.
struct TIFFStructure {
  struct Entry {
    let type: Int
    let count: Int
    /// Where its values are; nil where that is past the end.
    let place: Range<Int>?
  }

  /// By tag; of a tag that comes twice the first counts.
  typealias Directory = [Int: Entry]

  private let bytes: [UInt8]
  private let start: Int
  private let isLittleEndian: Bool
  /// Whether offsets have 64 bits.
  private let isBig: Bool
  let firstDirectory: Int

  /// - Parameter start: where the structure begins; its offsets count from there.
  init?(_ bytes: [UInt8], from start: Int = 0) {
    guard start >= 0, start <= bytes.count - 8, bytes[start] == bytes[start + 1] else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "I"): isLittleEndian = true
    case UInt8(ascii: "M"): isLittleEndian = false
    default: return nil
    }
    self.bytes = bytes
    self.start = start
    let isBig: Bool
    switch Self.number(bytes, start + 2, 2, isLittleEndian) {
    case 42: isBig = false
    case 43: isBig = true
    default: return nil
    }
    guard let first = Self.number(bytes, start + (isBig ? 8 : 4), isBig ? 8 : 4, isLittleEndian) else { return nil }
    self.isBig = isBig
    firstDirectory = first
  }

  /// - Returns: nil for a directory that is past the end, or longer than a picture has use for.
  func directory(at offset: Int) -> Directory? {
    guard offset > 0, offset < bytes.count, let count = number(offset, isBig ? 8 : 2), count <= 65_535 else { return nil }
    let (head, length) = isBig ? (8, 20) : (2, 12)
    guard offset + head + count * length <= bytes.count - start else { return nil }
    var result: Directory = [:]
    for index in 0..<count {
      let at = offset + head + index * length
      guard let tag = number(at, 2), let type = number(at + 2, 2), let count = number(at + 4, isBig ? 8 : 4),
        result[tag] == nil
      else { continue }
      let (size, isHuge) = count.multipliedReportingOverflow(by: Self.size(of: type))
      let inside = at + (isBig ? 12 : 8)
      let place = size <= (isBig ? 8 : 4) ? inside : number(inside, isBig ? 8 : 4)
      var range: Range<Int>?
      if !isHuge, let place, place >= 0, place <= bytes.count - start, size <= bytes.count - start - place {
        range = (start + place)..<(start + place + size)
      }
      result[tag] = Entry(type: type, count: count, place: range)
    }
    return result
  }

  /// The first whole numbers of an entry.
  func numbers(_ entry: Entry?, atMost limit: Int = 64) -> [Int] {
    guard let entry, let place = entry.place, [1, 3, 4, 13, 16, 18].contains(entry.type) else { return [] }
    let size = Self.size(of: entry.type)
    return (0..<min(entry.count, limit)).compactMap { Self.number(bytes, place.lowerBound + $0 * size, size, isLittleEndian) }
  }

  private func number(_ offset: Int, _ size: Int) -> Int? { Self.number(bytes, start + offset, size, isLittleEndian) }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int, _ isLittleEndian: Bool) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    let digits = bytes[offset..<offset + size]
    let value = (isLittleEndian ? digits.reversed() : Array(digits)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return value > UInt64(Int.max) / 2 ? nil : Int(value)
  }

  private static func size(of type: Int) -> Int {
    switch type {
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12, 16, 17, 18: 8
    default: 1
    }
  }
}
