internal import PrintableText
internal import WeightFiles

/// The central directory of a zip archive (APPNOTE.TXT 6.3, sections 4.3.12 to 4.3.16).
struct ZipDirectory {
  /// A checkpoint has a record for each tensor and a handful more.
  static let maximumEntries = 1 << 16
  static let maximumBytes = 16 << 20

  /// Where it begins: no record's content reaches further.
  let offset: Int
  /// By name; `offset` is still that of the local header.
  private(set) var entries: [String: ZipEntry] = [:]

  init(_ file: ReadOnlyFile) throws(WeightFileError) {
    func damaged(_ what: String) -> WeightFileError {
      WeightFileError(file: file.name, message: "is a zip archive that \(what); it is damaged, fetch it again")
    }
    let end = try ZipEnd(file)
    guard end.count <= Self.maximumEntries, end.size <= Self.maximumBytes else {
      throw damaged("claims \(end.count) records in a directory of \(end.size) bytes")
    }
    guard end.offset <= end.position, end.size == end.position - end.offset else {
      throw damaged("has not its directory where it says")
    }
    offset = end.offset
    let bytes = ZipBytes(bytes: try file.bytes(at: end.offset, count: end.size))
    var position = 0
    for _ in 0..<end.count {
      guard bytes.begins(at: position, with: [0x50, 0x4B, 1, 2]), let flags = bytes.word(position + 8),
        let method = bytes.word(position + 10), let checksum = bytes.number(at: position + 16, count: 4),
        let nameLength = bytes.word(position + 28), let extraLength = bytes.word(position + 30),
        let commentLength = bytes.word(position + 32), position + 46 + nameLength + extraLength + commentLength <= end.size
      else { throw damaged("has fewer records than it says") }
      guard let name = String(validating: bytes.bytes[position + 46..<position + 46 + nameLength], as: UTF8.self) else {
        throw damaged("has a name that is not UTF-8")
      }
      guard flags & 1 == 0 else {
        throw WeightFileError(file: file.name, message: "is an encrypted zip archive; unpack it first")
      }
      let kinds: [Int: ZipEntry.Method] = [0: .stored, 8: .deflated]
      guard let kind = kinds[method] else {
        throw WeightFileError(
          file: file.name, message: "has a record that is packed by method \(method); pack it again with: zip -0 -r")
      }
      let extra = ZipBytes(bytes: Array(bytes.bytes[position + 46 + nameLength..<position + 46 + nameLength + extraLength]))
      guard let sizes = Self.sizes(bytes, position, extra) else { throw damaged("has a record without a size") }
      guard sizes.offset < offset, sizes.stored <= offset - sizes.offset else {
        throw damaged("has a record of \(sizes.stored) bytes at \(sizes.offset), past its end")
      }
      guard kind == .deflated || sizes.stored == sizes.size else { throw damaged("has a record of two sizes") }
      let entry = ZipEntry(
        method: kind, checksum: UInt32(truncatingIfNeeded: checksum), storedSize: sizes.stored, size: sizes.size,
        offset: sizes.offset)
      guard entries.updateValue(entry, forKey: name) == nil else { throw damaged("has \(quoted(name)) twice") }
      position += 46 + nameLength + extraLength + commentLength
    }
    guard position == end.size else { throw damaged("has more in its directory than it says") }
  }

  /// Sizes and offset of a record; where a field is all ones, the one of the zip64 extra field.
  private static func sizes(_ bytes: ZipBytes, _ position: Int, _ extra: ZipBytes) -> (stored: Int, size: Int, offset: Int)? {
    guard let stored = bytes.long(position + 20), let size = bytes.long(position + 24), let offset = bytes.long(position + 42)
    else { return nil }
    guard [stored, size, offset].contains(0xFFFF_FFFF) else { return (stored, size, offset) }
    var place = 0
    while let id = extra.word(place), let length = extra.word(place + 2), place + 4 + length <= extra.bytes.count {
      guard id == 1 else {
        place += 4 + length
        continue
      }
      let field = ZipBytes(bytes: Array(extra.bytes[place + 4..<place + 4 + length]))
      var next = 0
      func full(_ value: Int) -> Int? {
        guard value == 0xFFFF_FFFF else { return value }
        defer { next += 8 }
        return field.quad(next)
      }
      // In this order, each only where it is needed.
      guard let size = full(size), let stored = full(stored), let offset = full(offset) else { return nil }
      return (stored, size, offset)
    }
    return nil
  }
}

/// The record at the end of a zip archive, or its 64-bit twin.
private struct ZipEnd {
  let count: Int
  let size: Int
  let offset: Int
  /// Where the directory must end.
  let position: Int

  init(_ file: ReadOnlyFile) throws(WeightFileError) {
    func damaged(_ what: String) -> WeightFileError {
      WeightFileError(file: file.name, message: "is a zip archive \(what); it is cut, fetch it again")
    }
    // The record, and a comment of up to 65,535 bytes behind it.
    let length = min(file.sizeInBytes, 22 + 65_535)
    let start = file.sizeInBytes - length
    let tail = ZipBytes(bytes: try file.bytes(at: start, count: length))
    let found = stride(from: length - 22, through: 0, by: -1).first { place in
      tail.begins(at: place, with: [0x50, 0x4B, 5, 6]) && tail.word(place + 20) == length - place - 22
    }
    guard let found, let count = tail.word(found + 10), let size = tail.long(found + 12), let offset = tail.long(found + 16),
      tail.word(found + 4) == 0, tail.word(found + 6) == 0, tail.word(found + 8) == count
    else { throw damaged("without an end") }
    let position = start + found
    guard tail.begins(at: found - 20, with: [0x50, 0x4B, 6, 7]), let place = tail.quad(found - 12) else {
      (self.count, self.size, self.offset, self.position) = (count, size, offset, position)
      return
    }
    guard place <= position - 20 - 56 else { throw damaged("without an end") }
    let record = ZipBytes(bytes: try file.bytes(at: place, count: 56))
    guard record.begins(at: 0, with: [0x50, 0x4B, 6, 6]), let wideCount = record.quad(32), let wideSize = record.quad(40),
      let wideOffset = record.quad(48),
      count == 0xFFFF || count == wideCount, size == 0xFFFF_FFFF || size == wideSize,
      offset == 0xFFFF_FFFF || offset == wideOffset
    else { throw damaged("with two ends that differ") }
    (self.count, self.size, self.offset, self.position) = (wideCount, wideSize, wideOffset, place)
  }
}
