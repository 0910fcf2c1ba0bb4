/// XMP, an XML document about a picture. Only one number of it is looked for, by its text: no XML is parsed.
enum XMP {
  /// What stands before it in a JPEG's APP1 segment.
  static let preamble = [UInt8]("http://ns.adobe.com/xap/1.0/\0".utf8)

  /// `tiff:Orientation`, as an attribute or as an element, whatever the document calls the name space.
  static func orientation(_ bytes: [UInt8]) -> Orientation? {
    let bytes = bytes.starts(with: preamble) ? [UInt8](bytes.dropFirst(preamble.count)) : bytes
    let name = prefix(in: bytes) + Array(":Orientation".utf8)
    var position = 0
    while let found = bytes.firstRange(of: name, from: position) {
      position = found + name.count
      if let value = value(in: bytes, after: position) { return value }
    }
    return nil
  }

  /// The name before `="http://ns.adobe.com/tiff/1.0/"`; the usual one where there is none.
  private static func prefix(in bytes: [UInt8]) -> [UInt8] {
    let usual = Array("tiff".utf8)
    guard let found = bytes.firstRange(of: Array("http://ns.adobe.com/tiff/1.0/".utf8), from: 0), found > 1 else {
      return usual
    }
    var before = bytes[..<(found - 1)]
    while let last = before.last, isSpace(last) || last == UInt8(ascii: "=") { before.removeLast() }
    guard let colon = before.suffix(64).lastIndex(of: UInt8(ascii: ":")) else { return usual }
    let name = before[(colon + 1)...]
    let isName = !name.isEmpty && name.allSatisfy { $0 > 0x2C && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
    return isName ? Array(name) : usual
  }

  private static func value(in bytes: [UInt8], after start: Int) -> Orientation? {
    var rest = bytes[start...].drop(while: isSpace)
    if rest.first == UInt8(ascii: "=") {
      rest = rest.dropFirst().drop(while: isSpace)
      guard rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'") else { return nil }
    } else {
      // An element, which may have attributes of its own.
      rest = rest.prefix(256).drop { $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<") }
      guard rest.first == UInt8(ascii: ">") else { return nil }
      rest = bytes[rest.startIndex...]
    }
    rest = rest.dropFirst().drop(while: isSpace)
    guard let digit = rest.first, !(rest.dropFirst().first.map { (0x30...0x39).contains($0) } ?? false) else { return nil }
    return Orientation(rawValue: Int(digit) - 0x30)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension [UInt8] {
  /// Where a text begins, at or after an index.
  func firstRange(of text: [UInt8], from start: Int) -> Int? {
    guard let first = text.first, count - start >= text.count else { return nil }
    var position = start
    while position <= count - text.count {
      guard let next = self[position...(count - text.count)].firstIndex(of: first) else { return nil }
      if self[next..<next + text.count].elementsEqual(text) { return next }
      position = next + 1
    }
    return nil
  }
}
