extension YAMLText {
  /// Decodes a document's bytes and refuses what no YAML of ours contains.
  ///
  /// - Returns: the text without its byte order mark; line ends as they were.
  /// - Throws: for a text over the limit, UTF-16 or UTF-32, invalid UTF-8, NUL and a tab used as indentation.
  static func checked(_ bytes: [UInt8], file: String, limits: YAMLLimits) throws(YAMLError) -> [UInt8] {
    let start = YAMLPlace(file: file, line: 1, column: 1)
    guard bytes.count <= limits.maximumBytes else {
      throw start.error("the text has \(bytes.count) bytes; at most \(limits.maximumBytes) are accepted")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || looksLikeUTF16(bytes) {
      throw start.error("the text is encoded in UTF-16 or UTF-32; save it as UTF-8")
    }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard String(validating: text, as: UTF8.self) != nil else {
      throw place(of: firstInvalid(in: text), in: text, file: file).error(
        "the text is not valid UTF-8; save it as UTF-8")
    }
    if let zero = text.firstIndex(of: 0) {
      throw place(of: zero, in: text, file: file).error("a NUL character; the text is damaged or not a text")
    }
    if let tab = firstIndentingTab(in: text) {
      throw place(of: tab, in: text, file: file).error("a tab indents this line; use spaces")
    }
    return withoutBlankTabs(text)
  }

  /// ASCII in UTF-16 or UTF-32 without a mark: a NUL in one of the first two bytes.
  private static func looksLikeUTF16(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes.count.isMultiple(of: 2)
      && (bytes[0] == 0 && bytes[1] != 0 || bytes[0] != 0 && bytes[1] == 0 && bytes[3] == 0)
  }

  private static func firstInvalid(in bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var index = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): index += UTF8.width(scalar)
      case .emptyInput, .error: return index
      }
    }
  }

  private static func firstIndentingTab(in bytes: [UInt8]) -> Int? {
    var isIndentation = true
    var tab: Int?
    for (index, byte) in bytes.enumerated() {
      switch byte {
      // A line of nothing else is empty.
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (isIndentation, tab) = (true, nil)
      case UInt8(ascii: " "): break
      case UInt8(ascii: "\t"): if isIndentation { tab = tab ?? index }
      default:
        if let tab { return tab }
        isIndentation = false
      }
    }
    return nil
  }

  /// The text with spaces for the tabs of lines that hold nothing else: YAML allows them, libyaml does not.
  private static func withoutBlankTabs(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\t")) else { return text }
    var result = text
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == 0x0A || text[index] == 0x0D {
      if text[start..<index].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        for position in start..<index { result[position] = 0x20 }
      }
      start = index + 1
    }
    return result
  }

  static func place(of index: Int, in bytes: [UInt8], file: String) -> YAMLPlace {
    var line = 1
    var lineStart = 0
    for position in 0..<min(index, bytes.count) {
      let isReturnOfPair = bytes[position...].starts(with: [0x0D, 0x0A])
      if bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") && !isReturnOfPair {
        line += 1
        lineStart = position + 1
      }
    }
    let column = bytes[lineStart..<min(index, bytes.count)].count { $0 & 0xC0 != 0x80 } + 1
    return YAMLPlace(file: file, line: line, column: column)
  }
}
