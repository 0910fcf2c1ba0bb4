/// Little-endian numbers within bytes.
struct ZipBytes {
  let bytes: [UInt8]

  /// nil where the bytes end before.
  func number(at offset: Int, count: Int) -> UInt64? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func word(_ offset: Int) -> Int? { number(at: offset, count: 2).map { Int($0) } }
  func long(_ offset: Int) -> Int? { number(at: offset, count: 4).map { Int($0) } }
  func quad(_ offset: Int) -> Int? { number(at: offset, count: 8).map { Int(exactly: $0) ?? Int.max } }

  func begins(at offset: Int, with signature: [UInt8]) -> Bool {
    offset >= 0 && offset <= bytes.count && bytes[offset...].starts(with: signature)
  }
}
