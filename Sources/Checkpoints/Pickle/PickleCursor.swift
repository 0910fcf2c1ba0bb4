/// Where a pickle is read. Lengths are compared with what is left before memory is taken.
struct PickleCursor {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var left: Int { bytes.count - position }

  mutating func byte() throws(PickleRefusal) -> UInt8 {
    guard position < bytes.count else { throw PickleRefusal("ends within a pickle; it is cut, fetch it again") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func bytes(_ count: Int) throws(PickleRefusal) -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else {
      throw PickleRefusal("has a length of \(count) at byte \(position) of a pickle, where \(left) bytes are left; it is damaged")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// A little-endian number of one to eight bytes without sign; from 2⁶³ on it counts as beyond every limit.
  mutating func unsigned(_ count: Int) throws(PickleRefusal) -> Int {
    let value = try bytes(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value) ?? Int.max
  }

  /// The text up to the next line end, which is passed.
  mutating func line() throws(PickleRefusal) -> String {
    let line = bytes[position...].prefix(256).prefix { $0 != 0x0A }
    guard line.endIndex < bytes.count, line.count < 256, let text = String(validating: line, as: UTF8.self) else {
      throw PickleRefusal("has a name without an end at byte \(position) of a pickle; it is damaged")
    }
    position = line.endIndex + 1
    return text
  }

  mutating func text(_ count: Int) throws(PickleRefusal) -> String {
    let start = position
    guard let text = String(validating: try bytes(count), as: UTF8.self) else {
      throw PickleRefusal("has a text that is not UTF-8 at byte \(start) of a pickle; it is damaged")
    }
    return text
  }
}
