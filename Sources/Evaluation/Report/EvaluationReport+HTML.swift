internal import Editing
internal import PrintableText
internal import Statistics

extension EvaluationReport {
  /// A page of claims, tables and the pictures behind them, which lie beside it in `pictures`. No script, nothing from
  /// elsewhere.
  package var html: String {
    var page = """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>\(htmlEscaped(facts.name)), evaluated</title>
      <meta name="viewport" content="width=device-width">
      <style>
      body { font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 80em; padding: 0 1em; color: #222 }
      table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .25em .8em; border-bottom: 1px solid #ddd; text-align: left }
      img { max-width: 100% } .holds { color: #176117 } .doesNotHold { color: #a11212 } .undecided { color: #7a6000 }
      .part td { color: #666; font-size: 90% } .note { color: #666 }
      </style>
      <h1>\(htmlEscaped(facts.name)): the paper's claims</h1>
      <p>\(photographs.chosen.count) photographs and \(photographs.others.count) others, \(steps) steps, seed \(settings.seed).</p>

      """
    page += notes.map { "<p class=\"note\">\(htmlEscaped($0))</p>\n" }.joined()
    page += "<table><tr><th>claim</th><th>verdict</th><th>number</th><th>interval</th><th>n</th><th>right side</th></tr>\n"
    page += claims.map(Self.rows).joined() + "</table>\n"
    for section in sections {
      page += "<h2>\(htmlEscaped(section.title))</h2>\n"
      page += section.tables.map(Self.table).joined()
      if section.sheet != nil { page += "<img src=\"pictures/\(section.name).png\" alt=\"\(htmlEscaped(section.title))\">\n" }
    }
    return page + "</html>\n"
  }

  private static func rows(_ claim: Claim) -> String {
    let reason = claim.reason.map { " – " + htmlEscaped($0) } ?? ""
    let head = "<tr><td>\(htmlEscaped(claim.id)): \(htmlEscaped(claim.statement))</td>"
      + "<td class=\"\(claim.verdict)\">\(claim.verdict.rawValue)\(reason)</td><td></td><td></td><td></td><td></td></tr>\n"
    return head + claim.comparisons.map { comparison in
      let interval = comparison.interval
      let share = comparison.share.map { "\(Int(($0 * 100).rounded())) %" } ?? ""
      return "<tr class=\"part\"><td>\(htmlEscaped(comparison.name))</td><td>\(comparison.isRequired ? comparison.verdict.rawValue : "beside")</td>"
        + "<td>\(shortNumber(interval.value))</td><td>\(shortNumber(interval.low)) … \(shortNumber(interval.high))</td>"
        + "<td>\(comparison.n)</td><td>\(share)</td></tr>\n"
    }.joined()
  }

  private static func table(_ table: ResultTable) -> String {
    let head = table.columns.map { "<th>\(htmlEscaped($0))</th>" }.joined()
    let rows = table.rows.map { "<tr>" + $0.map { "<td>\(htmlEscaped($0))</td>" }.joined() + "</tr>\n" }.joined()
    return "<h3>\(htmlEscaped(table.title))</h3>\n<table><tr>\(head)</tr>\n\(rows)</table>\n"
  }
}
