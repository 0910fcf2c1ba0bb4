internal import ModelPacks

/// What labels say of photographs, as numbers: one attribute for each column that can be one.
struct LabelScores {
  struct Attribute {
    let name: String
    let title: String
    /// nil where a photograph has no label.
    let scores: [Double?]
  }

  let attributes: [Attribute]
  /// Photographs whose attributes are compared only among themselves: those of one source. One number for each.
  let groups: [Int]

  /// What columns that describe faces are called as attributes.
  private static let known = ["mouth_width": ("smile", "serious to smiling"), "yaw": ("pose", "turned one way to the other")]
  private static let fewest = 50

  init(_ photographs: PreparedPhotographs, _ items: [Int]) {
    let rows = items.map { photographs.photographs[$0].labels }
    let columns = Set(rows.flatMap(\.keys)).subtracting(LabelTable.bookkeeping).subtracting(["source"]).sorted()
    attributes = columns.flatMap { column in Self.attributes(column, rows.map { row in row[column] }) }
    let sources = rows.map { $0["source"] ?? "" }
    let numbers = Dictionary(uniqueKeysWithValues: Set(sources).sorted().enumerated().map { ($1, $0) })
    groups = sources.map { numbers[$0] ?? 0 }
  }

  private static func attributes(_ column: String, _ texts: [String?]) -> [Attribute] {
    let known = texts.compactMap { $0 }
    let counts = Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +)
    let frequent = counts.filter { $0.value >= fewest }.keys.sorted()
    let numbers = texts.map { $0.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
    let count = numbers.count { $0 != nil }
    if count >= 2 * fewest, count * 10 >= known.count * 9, Set(numbers.compactMap { $0 }).count > 2 {
      let (name, title) = self.known[column] ?? (name(column), "lower to higher \(column)")
      return [Attribute(name: name, title: title, scores: numbers)]
    }
    switch frequent.count {
    case 2:
      let title = "\(frequent[0]) to \(frequent[1])"
      return [Attribute(name: name(column), title: title, scores: texts.map { score($0, frequent[1], frequent[0]) })]
    case 3...12:
      // One against the others, for each.
      return frequent.map { answer in
        Attribute(
          name: name(column + "_" + answer), title: "not \(answer) to \(answer)",
          scores: texts.map { text in text.map { $0 == answer ? 1 : 0 } })
      }
    default: return []
    }
  }

  private static func score(_ text: String?, _ high: String, _ low: String) -> Double? {
    text == high ? 1 : text == low ? 0 : nil
  }

  private static func name(_ column: String) -> String { PackText.name(from: column, gap: "_", otherwise: "label") }
}
