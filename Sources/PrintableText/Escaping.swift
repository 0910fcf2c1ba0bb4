/// Text from a user made safe for one line of a terminal or a log.
///
/// Control characters, line and paragraph separators, direction marks and other invisible format characters become
/// `\n`, `\u{1B}`, …; bytes that are not UTF-8 become `\x` and two digits; a backslash is doubled, so that the result
/// can be told from its source. Everything else is kept.
package func escaped(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  // Nearly all paths, and every call of the file system makes one.
  if bytes.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x5C }) { return String(decoding: bytes, as: UTF8.self) }
  var result = ""
  var iterator = Array(bytes)[...]
  while let first = iterator.first {
    if let (scalar, length) = scalar(at: iterator) {
      if scalar == "\\" { result += "\\" }
      append(scalar, to: &result)
      iterator = iterator.dropFirst(length)
    } else {
      // Such a byte is never below 0x80, so it has two digits.
      result += "\\x" + String(first, radix: 16)
      iterator = iterator.dropFirst()
    }
  }
  return result
}

/// Same, for text that is already a string.
package func escaped(_ text: String) -> String {
  escaped(text.utf8)
}

/// Text that may have been made safe before, or quotes text that was: as `escaped`, but a backslash stays single.
package func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars { append(scalar, to: &result) }
  return result
}

/// Text from a file made fit for one line of a message, in single quotes and shortened.
///
/// - Parameter limit: scalars that are shown.
package func quoted(_ text: String, limit: Int = 40) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > limit else { return "'" + printable(text) + "'" }
  return "'" + printable(String(String.UnicodeScalarView(scalars.prefix(limit)))) + "…'"
}

private func append(_ scalar: Unicode.Scalar, to result: inout String) {
  switch scalar {
  case "\n": result += "\\n"
  case "\r": result += "\\r"
  case "\t": result += "\\t"
  default:
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
}

/// The scalar that starts at the front, shortest form only, and how many bytes it takes.
private func scalar(at bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
  guard let first = bytes.first else { return nil }
  let length =
    switch first {
    case 0x00...0x7F: 1
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  guard length > 0, bytes.count >= length,
    let text = String(validating: bytes.prefix(length), as: UTF8.self), let scalar = text.unicodeScalars.first
  else { return nil }
  return (scalar, length)
}
