/// A manual page in the making, as man(7) reads it.
package struct ManualPage {
  private var lines: [String]

  /// - Parameters:
  ///   - name: `idinvert-sidecar`.
  ///   - purpose: one line, for apropos(1).
  package init(_ name: String, section: Int, version: String, purpose: String) {
    lines = [
      ".TH \(Self.text(name.uppercased())) \(section) \"\" \"idinvert \(Self.text(version))\"",
      ".SH NAME", "\(Self.text(name)) \\- \(Self.text(purpose))",
    ]
  }

  package mutating func heading(_ title: String) { lines.append(".SH \(Self.text(title.uppercased()))") }

  package mutating func subheading(_ title: String) { lines.append(".SS \"\(Self.text(title))\"") }

  package mutating func paragraph(_ text: String) {
    for part in text.split(separator: "\n\n") {
      lines.append(".PP")
      lines += part.split(separator: "\n").map { Self.text(String($0)) }
    }
  }

  /// A term in bold, and what it means.
  package mutating func item(_ term: String, _ text: String) {
    lines += [".TP", ".B \(Self.text(term))", text.isEmpty ? "\\&" : Self.text(text)]
  }

  /// Text whose lines stay as they are.
  package mutating func verbatim(_ text: String) {
    lines += [".PP", ".nf", ".RS"]
    lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.text(String($0)) }
    lines += [".RE", ".fi"]
  }

  package var text: String { lines.joined(separator: "\n") + "\n" }

  /// Hyphens that are typed, backslashes that are shown, and no line that begins as a request.
  private static func text(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "\"": escaped += "\\(dq"
      case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
