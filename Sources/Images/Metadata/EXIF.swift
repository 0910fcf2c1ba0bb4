/// EXIF data: a TIFF header and a directory of entries, as in a JPEG's APP1 segment or a PNG's eXIf chunk.
enum EXIF {
  /// What stands before it in a JPEG, and in files of programs that leave it on.
  static let preamble = [UInt8]("Exif\0\0".utf8)

  /// The orientation of the main picture (tag 0x0112 of the first directory).
  ///
  /// - Parameter bytes: with or without the preamble.
  /// - Returns: nil for anything that is not understood: EXIF data is often damaged and never worth a refusal.
  static func orientation(_ bytes: [UInt8]) -> Orientation? {
    let bytes = bytes.starts(with: preamble) ? [UInt8](bytes.dropFirst(preamble.count)) : bytes
    guard bytes.count >= 8 else { return nil }
    let isLittleEndian = bytes[0] == UInt8(ascii: "I")
    guard bytes[0] == bytes[1], isLittleEndian || bytes[0] == UInt8(ascii: "M") else { return nil }
    func short(_ offset: Int) -> Int? {
      bytes.bigEndian16(at: offset).map { isLittleEndian ? ($0 & 255) << 8 | $0 >> 8 : $0 }
    }
    func long(_ offset: Int) -> Int? {
      guard let first = short(offset), let second = short(offset + 2) else { return nil }
      return isLittleEndian ? second << 16 | first : first << 16 | second
    }
    guard short(2) == 42, let directory = long(4), let count = short(directory) else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + index * 12
      guard let tag = short(entry), let type = short(entry + 2) else { return nil }
      guard tag == 0x0112 else { continue }
      let value: Int?
      switch type {
      case 1, 6: value = entry + 8 < bytes.count ? Int(bytes[entry + 8]) : nil
      case 3, 8: value = short(entry + 8)
      case 4, 9: value = long(entry + 8)
      default: value = nil
      }
      return value.flatMap(Orientation.init(rawValue:))
    }
    return nil
  }
}
