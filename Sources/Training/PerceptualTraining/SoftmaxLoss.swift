/// Cross-entropy over rows of numbers, and its gradient: mean over the rows that have an answer.
package struct SoftmaxLoss {
  package let loss: Double
  /// Rows whose largest number is the answer's.
  package let correct: Int
  package let count: Int
  /// Of the loss for the numbers.
  package let gradient: [Float]

  /// - Parameters:
  ///   - rows: `[n, width]`, in row-major order; only `columns` of each row take part.
  ///   - answers: within `columns`, counted from its start; nil for a row without one.
  package init(_ rows: [Float], width: Int, columns: Range<Int>, answers: [Int?], leftOut: (Int) -> Int? = { _ in nil }) {
    var gradient = [Float](repeating: 0, count: rows.count)
    let known = answers.indices.filter { answers[$0] != nil }
    var loss = 0.0, correct = 0
    for row in known {
      guard let answer = answers[row] else { continue }
      let skipped = leftOut(row)
      let kept = columns.filter { $0 != skipped }
      let largest = kept.map { rows[row * width + $0] }.max() ?? 0
      let powers = kept.map { Elementary.exponential(Double(rows[row * width + $0]) - Double(largest)) }
      let sum = powers.reduce(0, +)
      for (column, power) in zip(kept, powers) {
        let isAnswer = column == columns.lowerBound + answer
        gradient[row * width + column] = Float((power / sum - (isAnswer ? 1 : 0)) / Double(known.count))
        if isAnswer {
          loss += InverseNormal.logarithm(sum) - (Double(rows[row * width + column]) - Double(largest))
          if rows[row * width + column] == largest { correct += 1 }
        }
      }
    }
    self.loss = known.isEmpty ? 0 : loss / Double(known.count)
    self.correct = correct
    count = known.count
    self.gradient = gradient
  }
}
