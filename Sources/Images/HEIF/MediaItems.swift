/// The items of a HEIF file (ISO/IEC 23008-12), as its meta box describes them.
struct MediaItems {
  private(set) var primary: Int?
  private(set) var types: [Int: String] = [:]
  /// From, kind, to.
  private(set) var references: [(from: Int, kind: String, to: [Int])] = []
  private var properties: [MediaBox] = []
  private var associations: [Int: [Int]] = [:]
  /// Of the items that lie in the file itself: where their first part is.
  private(set) var places: [Int: (offset: Int, length: Int)] = [:]

  init(_ meta: MediaBox, of bytes: [UInt8]) {
    // Version and flags come first.
    let start = min(meta.body.lowerBound + 4, meta.body.upperBound)
    for box in MediaBox.list(in: start..<meta.body.upperBound, of: bytes) {
      var reader = MediaReader(bytes, box.body)
      switch box.type {
      case "pitm": primary = reader.number(4) >> 24 == 0 ? reader.number(2) : reader.number(4)
      case "iinf": readTypes(box, bytes)
      case "iref": readReferences(box, bytes)
      case "iprp": readProperties(box, bytes)
      case "iloc": readPlaces(box, bytes)
      default: break
      }
    }
  }

  /// In the order in which they are applied.
  func properties(of item: Int) -> [MediaBox] {
    (associations[item] ?? []).compactMap { $0 > 0 && $0 <= properties.count ? properties[$0 - 1] : nil }
  }

  private mutating func readTypes(_ box: MediaBox, _ bytes: [UInt8]) {
    let head = (bytes.bigEndian32(at: box.body.lowerBound) ?? 0) >> 24 == 0 ? 6 : 8
    guard box.body.count > head else { return }
    for entry in MediaBox.list(in: box.body.lowerBound + head..<box.body.upperBound, of: bytes) where entry.type == "infe" {
      var reader = MediaReader(bytes, entry.body)
      let version = reader.number(4) >> 24
      guard version >= 2 else { continue }
      let item = reader.number(version == 2 ? 2 : 4)
      _ = reader.number(2)
      let at = reader.position
      if at + 4 <= entry.body.upperBound { types[item] = String(decoding: bytes[at..<at + 4], as: UTF8.self) }
    }
  }

  private mutating func readReferences(_ box: MediaBox, _ bytes: [UInt8]) {
    guard box.body.count >= 4 else { return }
    let size = (bytes.bigEndian32(at: box.body.lowerBound) ?? 0) >> 24 == 0 ? 2 : 4
    for entry in MediaBox.list(in: box.body.lowerBound + 4..<box.body.upperBound, of: bytes) {
      var reader = MediaReader(bytes, entry.body)
      let from = reader.number(size)
      var to: [Int] = []
      for _ in 0..<reader.number(2) where !reader.isAtEnd { to.append(reader.number(size)) }
      references.append((from, entry.type, to))
    }
  }

  private mutating func readProperties(_ box: MediaBox, _ bytes: [UInt8]) {
    for part in MediaBox.list(in: box.body, of: bytes) {
      if part.type == "ipco" { properties = MediaBox.list(in: part.body, of: bytes) }
      guard part.type == "ipma" else { continue }
      var reader = MediaReader(bytes, part.body)
      let head = reader.number(4)
      for _ in 0..<min(reader.number(4), MediaBox.maximumCount) where !reader.isAtEnd {
        let item = reader.number(head >> 24 == 0 ? 2 : 4)
        // The highest bit says whether a reader has to understand the property.
        let isLong = head & 1 == 1
        let indexes = (0..<reader.number(1)).map { _ in isLong ? reader.number(2) & 0x7fff : reader.number(1) & 0x7f }
        if associations[item] == nil { associations[item] = indexes }
      }
    }
  }

  private mutating func readPlaces(_ box: MediaBox, _ bytes: [UInt8]) {
    var reader = MediaReader(bytes, box.body)
    let version = reader.number(4) >> 24
    let sizes = reader.number(2)
    let (offsetSize, lengthSize) = (sizes >> 12, sizes >> 8 & 15)
    let (baseSize, indexSize) = (sizes >> 4 & 15, version == 0 ? 0 : sizes & 15)
    guard [offsetSize, lengthSize, baseSize, indexSize].allSatisfy({ $0 <= 8 }) else { return }
    for _ in 0..<min(reader.number(version < 2 ? 2 : 4), MediaBox.maximumCount) where !reader.isAtEnd {
      let item = reader.number(version < 2 ? 2 : 4)
      // 0 is the file, others are boxes and items.
      let method = version == 0 ? 0 : reader.number(2) & 15
      _ = reader.number(2)
      let base = reader.number(baseSize)
      for part in 0..<reader.number(2) where !reader.isAtEnd {
        _ = reader.number(indexSize)
        let (offset, length) = (reader.number(offsetSize), reader.number(lengthSize))
        let (place, overflow) = base.addingReportingOverflow(offset)
        if part == 0, method == 0, !overflow { places[item] = (place, length) }
      }
    }
  }
}
