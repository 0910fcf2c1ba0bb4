internal import Files

/// A name with `*` for any text and `?` for any one character; upper and lower case are the same.
struct NamePattern: Sendable {
  private let pattern: [UInt8]

  init(_ text: String) {
    pattern = Array(text.lowercased().utf8)
  }

  /// How `matches` wants names: lower case.
  static func prepared(_ name: Name) -> [UInt8] {
    if name.bytes.allSatisfy({ $0 < 0x80 }) { return name.bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 } }
    return name.string.map { Array($0.lowercased().utf8) } ?? name.bytes
  }

  /// Whether all of a prepared name is of this form.
  func matches(_ name: [UInt8]) -> Bool {
    var at = 0, next = 0
    // Where to go on when the last star must take in one byte more.
    var retry: (pattern: Int, name: Int)?
    while next < name.count {
      if at < pattern.count, pattern[at] == 0x2A {
        retry = (at + 1, next)
        at += 1
      } else if at < pattern.count, pattern[at] == 0x3F {
        at += 1
        next += 1
        while next < name.count, name[next] & 0xC0 == 0x80 { next += 1 }
      } else if at < pattern.count, pattern[at] == name[next] {
        at += 1
        next += 1
      } else if let last = retry {
        retry = (last.pattern, last.name + 1)
        (at, next) = (last.pattern, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == 0x2A }
  }
}
