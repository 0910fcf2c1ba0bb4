internal import PrintableText

/// What is said of photographs and labels before anything is trained, so that somebody can mend it first.
package struct PreparationReport {
  private let photographs: PreparedPhotographs
  private let list: PhotographList

  package init(_ photographs: PreparedPhotographs, _ list: PhotographList) {
    self.photographs = photographs
    self.list = list
  }

  func say(to observer: any TrainingObserver) {
    for line in lines { observer.say(line) }
  }

  package var lines: [String] { files + labels }

  private var files: [String] {
    let refused = photographs.refused
    var lines = [
      "\(photographs.count) photographs of \(photographs.side) px, \(photographs.heldOut.count) of them kept apart; \(refused.count) files refused"
    ]
    lines += refused.prefix(10).map { "  \($0.name): \($0.reason)" }
    if refused.count > 10 { lines.append("  … and \(refused.count - 10) more") }
    if list.hidden > 0 { lines.append("passed over, for their names begin with a point: \(list.hidden)") }
    if photographs.grayCount > 0 { lines.append("warning: \(photographs.grayCount) photographs are gray") }
    if photographs.enlargedCount > 0 {
      lines.append("warning: \(photographs.enlargedCount) photographs are smaller than \(photographs.side) px and were enlarged")
    }
    if photographs.count < 1000 {
      lines.append(
        "warning: \(photographs.count) photographs are few; below 1000 a model learns them by heart rather than their kind")
    }
    return lines
  }

  private var labels: [String] {
    guard let table = list.labels else { return [] }
    var lines: [String] = []
    let (unmatched, first) = list.unmatchedLabels
    if let first { lines.append("warning: labels.csv: of \(table.rows.count) names, those of no photograph: \(unmatched), such as \(first)") }
    let without = photographs.photographs.count { table.rows[$0.name] == nil }
    if without > 0 { lines.append("photographs without a line in labels.csv: \(without)") }
    let scores = LabelScores(photographs, photographs.training)
    for column in scores.leftOut where column.name != "folder" {
      lines.append("warning: labels.csv: no attribute comes of '\(column.name)': \(column.reason)")
    }
    for attribute in scores.attributes {
      guard let first = attribute.noNumbers.first else { continue }
      lines.append(
        "warning: labels.csv: what is no number is left out of \(attribute.name): \(attribute.noNumbers.count), such as '\(printable(first))'")
    }
    return lines
  }
}
