internal import Files
internal import PrintableText

/// `labels.csv`: a line for each photograph, the column `file` and any others. RFC 4180: commas, double quotes; semicolons or
/// tabs where the first line has those, as spreadsheets write them in many countries.
package struct LabelTable: Sendable, Equatable {
  /// Without `file`.
  package let columns: [String]
  /// By the file's path within the folder.
  package let rows: [String: [String: String]]

  /// Never learned from: who it is, where the file came from and how it was cut say nothing of the picture.
  static let bookkeeping: Set<String> = ["person", "sha256", "file", "age_source", "roll_before", "crop_px", "padding"]

  /// - Throws: `TrainingError` with the line, for a missing column `file`, a line of another length, and what stands there twice.
  package init(_ bytes: [UInt8], name: String) throws(TrainingError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TrainingError("\(name): is not UTF-8 text; save it as CSV in UTF-8")
    }
    let first = Self.separators.first { Self.records(String(text.prefix { !$0.isNewline }), $0).lines.first?.fields.contains("file") == true }
    let (lines, open) = Self.records(text, first ?? ",")
    if let open { throw TrainingError("\(name):\(open): has a quotation mark that is not closed") }
    guard let header = lines.first, let fileColumn = header.fields.firstIndex(of: "file") else {
      throw TrainingError("\(name):1: has no column 'file'; the first line must name the columns, separated by commas")
    }
    var seen: Set<String> = []
    if let column = header.fields.first(where: { !$0.isEmpty && !seen.insert($0).inserted }) {
      throw TrainingError("\(name):1: has two columns '\(printable(column))'; name each once")
    }
    var rows: [String: [String: String]] = [:], places: [String: Int] = [:]
    for (fields, line) in lines.dropFirst() {
      if fields == [""] { continue }
      guard fields.count == header.fields.count else {
        throw TrainingError("\(name):\(line): has \(fields.count) columns; the first line has \(header.fields.count)")
      }
      var row: [String: String] = [:]
      for (key, value) in zip(header.fields, fields) where !value.isEmpty && key != "file" { row[key] = value }
      let file = fields[fileColumn]
      if let first = places.updateValue(line, forKey: file) {
        throw TrainingError("\(name):\(line): '\(printable(file))' stands in line \(first) already; leave one of them out")
      }
      rows[file] = row
    }
    columns = header.fields.filter { $0 != "file" && !$0.isEmpty }
    self.rows = rows
  }

  private static let separators: [Unicode.Scalar] = [",", ";", "\t"]

  /// - Returns: also the line of a quotation mark that is not closed.
  private static func records(
    _ text: String, _ separator: Unicode.Scalar
  ) -> (lines: [(fields: [String], line: Int)], open: Int?) {
    var records: [(fields: [String], line: Int)] = []
    var fields: [String] = [], field = "", isQuoted = false, line = 1, start = 1, opened = 1
    var rest = text.unicodeScalars.makeIterator(), held: Unicode.Scalar?
    func ended() {
      records.append((fields + [field], start))
      (fields, field) = ([], "")
    }
    while let scalar = held ?? rest.next() {
      held = nil
      if scalar == "\n" { line += 1 }
      switch scalar {
      case "\"" where isQuoted:
        held = rest.next()
        if held == "\"" {
          field.unicodeScalars.append("\"")
          held = nil
        } else {
          isQuoted = false
        }
      case _ where isQuoted: field.unicodeScalars.append(scalar)
      case "\"" where field.isEmpty:
        isQuoted = true
        opened = line
      case separator:
        fields.append(field)
        field = ""
      case "\r", "\u{FEFF}": continue
      case "\n":
        ended()
        start = line
      default: field.unicodeScalars.append(scalar)
      }
    }
    if !fields.isEmpty || !field.isEmpty { ended() }
    return (records, isQuoted ? opened : nil)
  }
}
