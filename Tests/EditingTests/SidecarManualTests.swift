import Editing
import PrintableText
import Testing

@Suite struct SidecarManualTests {
  @Test func theManualNamesEveryKeyAndEdit() {
    let text = Sidecar.manual(version: "1.0").text
    for declaration in EditCatalog.declarations {
      #expect(text.contains(".SS \"\(declaration.name)\""))
      for field in declaration.fields { #expect(text.contains(".B \(field.name)\n"), "\(field.name)") }
    }
    for key in ["fit", "invert.steps", "invert.weights.pixel", "output.report"] { #expect(text.contains(".B \(key)\n"), "\(key)") }
    // What begins a line is a request of man(7), or text.
    let requests: Set<String> = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi", ".RS", ".RE"]
    for line in text.split(separator: "\n") where line.hasPrefix(".") {
      #expect(requests.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII }
    #expect(isPlain)
  }
}
