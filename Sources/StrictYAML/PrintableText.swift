/// Text from a file made fit for one line of a message.
package enum PrintableText {
  /// Replaces what could end the line, steer a terminal or hide text (control characters, direction marks,
  /// zero-width characters) by `\u{…}`.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Escapes, shortens to 40 scalars and puts single quotes around.
  package static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > 40 else { return "'" + escaped(text) + "'" }
    return "'" + escaped(String(String.UnicodeScalarView(scalars.prefix(40)))) + "…'"
  }
}
