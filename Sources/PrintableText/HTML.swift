/// One line of text for a page, as `printable`: nothing in it is markup, neither in an element nor in a quoted attribute.
package func htmlEscaped(_ text: String) -> String {
  var result = ""
  for scalar in printable(text).unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A relative path as it stands in a link: percent signs for all but unreserved characters and slashes (RFC 3986).
package func linkPath(_ path: String) -> String {
  var result = ""
  for byte in path.utf8 {
    let character = Unicode.Scalar(byte)
    switch character {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "/": result.unicodeScalars.append(character)
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      result += "%" + (digits.count < 2 ? "0" : "") + digits
    }
  }
  return result
}
