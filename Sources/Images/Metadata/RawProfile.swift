/// What ImageMagick, and GIMP after it, put into a PNG's text under the keyword "Raw profile type NAME": a name, a length and
/// the bytes in hexadecimal, on lines of their own.
enum RawProfile {
  /// The bytes; as many as there are where the length says otherwise.
  static func bytes(_ text: [UInt8]) -> [UInt8]? {
    var rest = text[...].drop(while: isSpace)
    // The name, then the length.
    for _ in 0..<2 { rest = rest.drop { !isSpace($0) }.drop(while: isSpace) }
    var result: [UInt8] = []
    result.reserveCapacity(rest.count / 2)
    var half: UInt8?
    for byte in rest where !isSpace(byte) {
      guard let value = digit(byte) else { return nil }
      if let first = half { result.append(first << 4 | value) }
      half = half == nil ? value : nil
    }
    return half == nil && !result.isEmpty ? result : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
