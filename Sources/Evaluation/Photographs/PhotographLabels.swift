internal import Files
internal import Foundation

/// `labels.csv` of a folder of photographs: a column `file`, and what else is known of each.
package struct PhotographLabels: Sendable {
  /// By column, then by file.
  private let values: [String: [String: String]]

  /// Columns that stand for an attribute under another name.
  private static let synonyms = ["smile": "mouth_width", "pose": "yaw"]

  /// - Returns: nil when the folder has no such file, or one without a column `file`.
  init?(folder: String) {
    guard let file = try? readFile(Name(folder + "/labels.csv"), limit: 1 << 26) else { return nil }
    self.init(text: String(decoding: file.bytes, as: UTF8.self))
  }

  package init?(text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map(Self.fields)
    guard let header = lines.first, let fileColumn = header.firstIndex(of: "file") else { return nil }
    var values: [String: [String: String]] = [:]
    for line in lines.dropFirst() where line.count == header.count {
      for (column, value) in zip(header, line) where !value.isEmpty { values[column, default: [:]][line[fileColumn]] = value }
    }
    self.values = values
  }

  /// What is said of an attribute, as numbers: a column of numbers as it is, of two words as 0 and 1, the later word of
  /// the alphabet being 1.
  ///
  /// - Returns: for each name a number, or nil where there is no label; nil where no column fits the attribute.
  package func numbers(_ attribute: String, for names: [String]) -> [Double?]? {
    guard let column = values[attribute] ?? Self.synonyms[attribute].flatMap({ values[$0] }) else { return nil }
    let words = Set(column.values)
    let found = names.map { name in column[name] ?? column[(name as NSString).lastPathComponent] }
    if words.allSatisfy({ Double($0) != nil }) { return found.map { $0.flatMap(Double.init) } }
    guard words.count == 2, let last = words.max() else { return nil }
    return found.map { $0.map { $0 == last ? 1 : 0 } }
  }

  /// Fields between commas; quotes may hold commas, and doubled quotes stand for one.
  private static func fields(_ line: Substring) -> [String] {
    var fields = [""], isQuoted = false, lastWasQuote = false
    for character in line {
      if character == "\"" {
        if isQuoted || !lastWasQuote { isQuoted.toggle() }
        if lastWasQuote {
          fields[fields.count - 1].append(character)
          isQuoted = true
        }
        lastWasQuote = !lastWasQuote && !isQuoted
        continue
      }
      lastWasQuote = false
      if character == ",", !isQuoted {
        fields.append("")
      } else {
        fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}
