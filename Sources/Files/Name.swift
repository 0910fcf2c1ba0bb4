internal import PrintableText

/// A file's name (or a path) as the bytes the kernel gave, which need not be UTF-8.
///
/// Equality is that of bytes: two spellings of one letter are two names, as on disk.
package struct Name: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(_ string: String) {
    self.bytes = Array(string.utf8)
  }

  /// The bytes read as UTF-8 where they are that, else nil.
  package var string: String? {
    String(validating: bytes, as: UTF8.self)
  }

  /// Whether this can stand for one entry of a folder: not empty, not `.` or `..`, no slash, no NUL, at most 255 bytes.
  package var isPlain: Bool {
    !bytes.isEmpty && bytes.count <= 255 && bytes != [0x2E] && bytes != [0x2E, 0x2E]
      && !bytes.contains(0x2F) && !bytes.contains(0)
  }

  /// Whether a network file system gave this name to a file that was deleted while somebody had it open. Such names go by
  /// themselves.
  package var isOfDeletedFile: Bool {
    for prefix in [".nfs", ".fuse_hidden"] where hasPrefix(prefix) {
      let rest = bytes.dropFirst(prefix.utf8.count)
      return rest.count >= 8 && rest.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF) }
    }
    return false
  }

  package func hasPrefix(_ prefix: String) -> Bool {
    bytes.starts(with: prefix.utf8)
  }

  package func hasSuffix(_ suffix: String) -> Bool {
    bytes.count >= suffix.utf8.count && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// The part before the last dot, and the ASCII-lowercased part after it; the extension is empty without a dot.
  package var stemAndExtension: (stem: Name, extension: String) {
    guard let dot = bytes.lastIndex(of: 0x2E), dot > 0 else { return (self, "") }
    let tail = bytes[(dot + 1)...].map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    guard let suffix = String(validating: tail, as: UTF8.self) else { return (self, "") }
    return (Name(bytes: Array(bytes[..<dot])), suffix)
  }

  /// This path with one more component.
  package func appending(_ component: Name) -> Name {
    if bytes.isEmpty { return component }
    return Name(bytes: bytes.last == 0x2F ? bytes + component.bytes : bytes + [0x2F] + component.bytes)
  }

  /// This name with text behind it.
  package static func + (name: Name, suffix: String) -> Name {
    Name(bytes: name.bytes + Array(suffix.utf8))
  }
}

extension Name: Comparable {
  package static func < (left: Name, right: Name) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension Name: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(value)
  }
}

extension Name: CustomStringConvertible {
  /// The name made safe to print (see `escaped`).
  package var description: String { escaped(bytes) }
}

/// In JSON a name is a string where it is UTF-8, else `{"hex": "…"}`: any name survives the round trip.
extension Name: Codable {
  private enum Key: CodingKey { case hex }

  package init(from decoder: any Decoder) throws {
    if let string = try? decoder.singleValueContainer().decode(String.self) {  // not a string: the other form follows
      self.init(string)
      return
    }
    let hex = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .hex)
    guard let bytes = Files.bytes(fromHexadecimal: hex) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not hexadecimal"))
    }
    self.init(bytes: bytes)
  }

  package func encode(to encoder: any Encoder) throws {
    if let string {
      var container = encoder.singleValueContainer()
      try container.encode(string)
    } else {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(hexadecimal(bytes), forKey: .hex)
    }
  }
}
