/// Numbers out of untrusted bytes; nil past the end.
extension [UInt8] {
  func bigEndian16(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 2 else { return nil }
    return Int(self[offset]) << 8 | Int(self[offset + 1])
  }

  func bigEndian32(at offset: Int) -> Int? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return Int(self[offset]) << 24 | Int(self[offset + 1]) << 16 | Int(self[offset + 2]) << 8 | Int(self[offset + 3])
  }
}

extension [UInt8] {
  func littleEndian16(at offset: Int) -> Int? { bigEndian16(at: offset).map { $0 >> 8 | ($0 & 0xff) << 8 } }

  func littleEndian32(at offset: Int) -> Int? {
    bigEndian32(at: offset).map { Int(UInt32(truncatingIfNeeded: $0).byteSwapped) }
  }

  func bigEndian64(at offset: Int) -> Int? {
    guard let high = bigEndian32(at: offset), high < 1 << 30, let low = bigEndian32(at: offset + 4) else { return nil }
    return high << 32 | low
  }
}
