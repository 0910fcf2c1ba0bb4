internal import Editing
internal import Statistics

extension EvaluationReport {
  /// Claims and tables for a terminal.
  package var text: String {
    var lines = [
      "\(facts.name), \(photographs.chosen.count) photographs and \(photographs.others.count) others, \(steps) steps, seed \(settings.seed)",
    ]
    lines += notes.map { "note: \($0)" }
    lines.append("")
    lines += Self.aligned([["claim", "verdict", "number", "interval", "n", "right side", "what"]] + claims.flatMap(rows))
    for table in sections.flatMap(\.tables) {
      lines += ["", table.title]
      lines += Self.aligned([table.columns] + table.rows)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line for the claim, one for each of its numbers.
  private func rows(_ claim: Claim) -> [[String]] {
    let head = [claim.id, claim.verdict.rawValue, "", "", "", "", claim.statement + (claim.reason.map { " (\($0))" } ?? "")]
    return [head] + claim.comparisons.map { comparison in
      let interval = comparison.interval
      return [
        "", comparison.isRequired ? comparison.verdict.rawValue : "beside", shortNumber(interval.value),
        "\(shortNumber(interval.low)) … \(shortNumber(interval.high))", "\(comparison.n)",
        comparison.share.map { "\(Int(($0 * 100).rounded())) %" } ?? "", comparison.name,
      ]
    }
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      return cells.joined(separator: "  ")
    }
  }
}
