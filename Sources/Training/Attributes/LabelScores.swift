internal import ModelPacks

/// What labels say of photographs, as numbers: one attribute for each column that can be one.
struct LabelScores {
  struct Attribute {
    let name: String
    let title: String
    /// nil where a photograph has no label.
    let scores: [Double?]
    /// In a column of numbers, what is none.
    var noNumbers: [String] = []
  }

  let attributes: [Attribute]
  /// Columns of which no attribute comes, in the order of their names.
  let leftOut: [(name: String, reason: String)]
  /// Photographs whose attributes are compared only among themselves: those of one source. One number for each.
  let groups: [Int]

  /// What columns that describe faces are called as attributes.
  private static let known = ["mouth_width": ("smile", "serious to smiling"), "yaw": ("pose", "turned one way to the other")]
  private static let fewest = 50

  init(_ photographs: PreparedPhotographs, _ items: [Int]) {
    let rows = items.map { photographs.photographs[$0].labels }
    let columns = Set(rows.flatMap(\.keys)).subtracting(LabelTable.bookkeeping).subtracting(["source"]).sorted()
    var attributes: [Attribute] = [], leftOut: [(name: String, reason: String)] = []
    for column in columns {
      switch Self.attributes(column, rows.map { row in row[column] }) {
      case .success(let found): attributes += found
      case .failure(let finding): leftOut.append((column, finding.reason))
      }
    }
    (self.attributes, self.leftOut) = (attributes, leftOut)
    let sources = rows.map { $0["source"] ?? "" }
    let numbers = Dictionary(uniqueKeysWithValues: Set(sources).sorted().enumerated().map { ($1, $0) })
    groups = sources.map { numbers[$0] ?? 0 }
  }

  private struct LeftOut: Error {
    let reason: String
  }

  private static func attributes(_ column: String, _ texts: [String?]) -> Result<[Attribute], LeftOut> {
    let known = texts.compactMap { $0 }
    let counts = Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +)
    let frequent = counts.filter { $0.value >= fewest }.keys.sorted()
    let numbers = texts.map { $0.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
    let count = numbers.count { $0 != nil }
    if count >= 2 * fewest, count * 10 >= known.count * 9, Set(numbers.compactMap { $0 }).count > 2 {
      let (name, title) = self.known[column] ?? (name(column), "lower to higher \(column)")
      let others = zip(texts, numbers).compactMap { $1 == nil ? $0 : nil }
      return .success([Attribute(name: name, title: title, scores: numbers, noNumbers: others)])
    }
    switch frequent.count {
    case 2:
      let title = "\(frequent[0]) to \(frequent[1])"
      return .success([Attribute(name: name(column), title: title, scores: texts.map { score($0, frequent[1], frequent[0]) })])
    case 3...12:
      // One against the others, for each.
      return .success(
        frequent.map { answer in
          Attribute(
            name: name(column + "_" + answer), title: "not \(answer) to \(answer)",
            scores: texts.map { text in text.map { $0 == answer ? 1 : 0 } })
        })
    case 13...: return .failure(LeftOut(reason: "it has \(frequent.count) answers; 12 are the most"))
    default:
      let few = "\(fewest) photographs are needed for each of two answers, or \(2 * fewest) with numbers"
      let most = counts.values.max() ?? 0
      return .failure(
        LeftOut(reason: "\(few); of those to learn from, \(known.count) have it\(counts.count > 1 ? ", at most \(most) the same answer" : "")"))
    }
  }

  private static func score(_ text: String?, _ high: String, _ low: String) -> Double? {
    text == high ? 1 : text == low ? 0 : nil
  }

  private static func name(_ column: String) -> String { PackText.name(from: column, gap: "_", otherwise: "label") }
}
