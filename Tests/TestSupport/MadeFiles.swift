/// Files put together by the tests: pieces of PNG, JPEG, EXIF and ICC.
package enum Made {
  package static func bigEndian(_ value: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  package static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] { bigEndian(value, count).reversed() }

  // MARK: PNG

  package static func chunk(_ type: String, _ data: [UInt8] = []) -> [UInt8] {
    let body = [UInt8](type.utf8) + data
    var crc: UInt32 = 0xffff_ffff
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return bigEndian(data.count) + body + bigEndian(Int(~crc))
  }

  /// The PNG with chunks behind its header.
  package static func png(_ bytes: [UInt8], _ chunks: [UInt8]...) -> [UInt8] {
    bytes[..<33] + chunks.flatMap(\.self) + bytes[33...]
  }

  /// zlib's format with nothing compressed.
  package static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(65_535)
      rest = rest.dropFirst(piece.count)
      result += [rest.isEmpty ? 1 : 0] + littleEndian(piece.count, 2) + littleEndian(~piece.count, 2) + piece
    } while !rest.isEmpty
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return result + bigEndian(b << 16 | a)
  }

  package static func profileChunk(_ profile: [UInt8]) -> [UInt8] {
    chunk("iCCP", [UInt8]("x\0\0".utf8) + deflated(profile))
  }

  /// A 16-bit RGB or RGBA PNG of one row.
  package static func deepRow(_ samples: [Int], channels: Int, _ chunks: [UInt8]...) -> [UInt8] {
    let head = bigEndian(samples.count / channels) + bigEndian(1) + [16, channels == 4 ? 6 : 2, 0, 0, 0]
    let row: [UInt8] = [0] + samples.flatMap { bigEndian($0, 2) }
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", head) + chunks.flatMap(\.self)
      + chunk("IDAT", deflated(row)) + chunk("IEND")
  }

  // MARK: JPEG

  package static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] { [0xff, marker] + bigEndian(data.count + 2, 2) + data }

  /// The file with segments after its first marker.
  package static func jpeg(_ bytes: [UInt8], _ segments: [UInt8]...) -> [UInt8] {
    bytes[..<2] + segments.flatMap(\.self) + bytes[2...]
  }

  /// A profile in APP2 segments of at most `size` bytes, in the given order.
  package static func profileSegments(_ profile: [UInt8], size: Int = 65_000, order: (inout [[UInt8]]) -> Void = { _ in })
    -> [UInt8]
  {
    let pieces = stride(from: 0, to: profile.count, by: size).map { Array(profile[$0..<min($0 + size, profile.count)]) }
    var segments = pieces.enumerated().map { index, piece in
      segment(0xe2, [UInt8]("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(pieces.count)] + piece)
    }
    order(&segments)
    return segments.flatMap(\.self)
  }

  // MARK: EXIF

  /// EXIF data whose only entry is the orientation.
  ///
  /// - Parameter type: 1 is a byte, 3 a 16-bit and 4 a 32-bit number.
  package static func exif(_ orientation: Int, type: Int = 3, isLittleEndian: Bool = false) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      isLittleEndian ? littleEndian(value, count) : bigEndian(value, count)
    }
    let value = type == 4 ? number(orientation, 4) : number(orientation, type == 1 ? 1 : 2)
    return [UInt8]((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(1, 2)
      + number(0x0112, 2) + number(type, 2) + number(1, 4) + value + [UInt8](repeating: 0, count: 8 - value.count)
  }

  /// What ImageMagick puts into a PNG's text under the keyword "Raw profile type NAME".
  package static func rawProfile(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let lines = stride(from: 0, to: digits.utf8.count, by: 72).map { digits.dropFirst($0).prefix(72) }.joined(separator: "\n")
    return [UInt8]("\n\(name)\n\(String(repeating: " ", count: 7))\(bytes.count)\n\(lines)\n".utf8)
  }

  // MARK: ICC

  private static func fixed(_ number: Double) -> [UInt8] { bigEndian(Int((number * 65_536).rounded())) }

  private static func xyz(_ values: [Double]) -> [UInt8] { [UInt8]("XYZ \0\0\0\0".utf8) + values.flatMap(fixed) }

  private static func profile(_ kind: String, _ space: String, _ connection: String, _ tags: [(String, [UInt8])]) -> [UInt8] {
    let all = [
      ("desc", [UInt8]("desc\0\0\0\0".utf8) + bigEndian(5) + [UInt8]("made\0".utf8) + [UInt8](repeating: 0, count: 78)),
      ("cprt", [UInt8]("text\0\0\0\0none\0".utf8)), ("wtpt", xyz([0.9642, 1, 0.8249])),
    ] + tags
    var table = bigEndian(all.count)
    var data: [UInt8] = []
    let start = 132 + 12 * all.count
    for (tag, value) in all {
      table += [UInt8](tag.utf8) + bigEndian(start + data.count) + bigEndian(value.count)
      data += value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }
    var head = bigEndian(128 + table.count + data.count) + [UInt8]("none".utf8) + bigEndian(0x0210_0000)
    head += [UInt8]((kind + space + connection).utf8) + [UInt8](repeating: 0, count: 12) + [UInt8]("acsp".utf8)
    head += [UInt8](repeating: 0, count: 28) + fixed(0.9642) + fixed(1) + fixed(0.8249)
    return head + [UInt8](repeating: 0, count: 128 - head.count) + table + data
  }

  private static func curve(_ gamma: Double) -> [UInt8] {
    [UInt8]("curv\0\0\0\0".utf8) + bigEndian(1) + bigEndian(Int((gamma * 256).rounded()), 2)
  }

  /// A display's profile by its primaries in the connection space.
  package static func rgbProfile(_ red: [Double], _ green: [Double], _ blue: [Double], gamma: Double = 2.2) -> [UInt8] {
    profile("mntr", "RGB ", "XYZ ", [
      ("rXYZ", xyz(red)), ("gXYZ", xyz(green)), ("bXYZ", xyz(blue)), ("rTRC", curve(gamma)), ("gTRC", curve(gamma)),
      ("bTRC", curve(gamma)),
    ])
  }

  package static let displayP3 = rgbProfile([0.5151, 0.2412, -0.0011], [0.2920, 0.6922, 0.0419], [0.1571, 0.0666, 0.7841])
  /// sRGB's primaries, the first two exchanged and the last moved on.
  package static let swapped = rgbProfile([0.1492, 0.0632, 0.7446], [0.6097, 0.3111, 0.0195], [0.2053, 0.6257, 0.0609])

  package static func grayProfile(gamma: Double) -> [UInt8] { profile("mntr", "GRAY", "XYZ ", [("kTRC", curve(gamma))]) }

  /// A press on which only cyan ink is seen, and that as lightness 100 to 0.
  package static var cyanOnly: [UInt8] {
    let identity = (0...255).map { UInt8($0) }
    var table: [UInt8] = []
    for corner in 0..<16 { table += [corner & 8 == 0 ? 255 : 0, 128, 128] }
    let matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap { fixed($0) }
    let lut = [UInt8]("mft1\0\0\0\0".utf8) + [4, 3, 2, 0] + matrix + Array(repeatElement(identity, count: 4).joined()) + table
    return profile("prtr", "CMYK", "Lab ", [("A2B0", lut + Array(repeatElement(identity, count: 3).joined()))])
  }
}
