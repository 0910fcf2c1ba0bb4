/// What a perceptual network is asked about photographs: one question for each column of labels that can be learned.
package struct LabelQuestions: Sendable, Equatable {
  package struct Question: Sendable, Equatable {
    package let column: String
    package let answers: [String]
    /// For each photograph the number of its answer; nil where it has none.
    package let labels: [Int?]
  }

  package let questions: [Question]

  /// Fewer photographs of an answer cannot be learned from.
  static let fewest = 50

  package init(_ photographs: PreparedPhotographs) {
    let columns = Set(photographs.photographs.flatMap { $0.labels.keys }).subtracting(LabelTable.bookkeeping).sorted()
    questions = columns.compactMap { column in
      Self.question(column, photographs.photographs.map { $0.labels[column] })
    }
  }

  private static func question(_ column: String, _ texts: [String?]) -> Question? {
    let known = texts.compactMap { $0 }
    let counts = Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +)
    let frequent = counts.filter { $0.value >= fewest }.keys.sorted()
    if frequent.count >= 2, frequent.count <= 200 {
      let numbers = Dictionary(uniqueKeysWithValues: frequent.enumerated().map { ($1, $0) })
      return Question(column: column, answers: frequent, labels: texts.map { $0.flatMap { numbers[$0] } })
    }
    // Numbers: below and above the middle.
    let numbers = texts.map { $0.flatMap(Double.init) }
    let sorted = numbers.compactMap { $0 }.filter(\.isFinite).sorted()
    guard sorted.count >= 2 * fewest, sorted.count * 10 >= known.count * 9, let low = sorted.first, let high = sorted.last,
      low < high
    else { return nil }
    let middle = sorted[sorted.count / 2]
    return Question(column: column, answers: ["lower", "higher"], labels: numbers.map { $0.map { $0 < middle ? 0 : 1 } })
  }

  /// Answers of all questions.
  var width: Int { questions.reduce(0) { $0 + $1.answers.count } }
}
