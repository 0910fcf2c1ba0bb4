internal import PrintableText

/// `report.html`: a result to look at in a browser, from a file manager or a web server. One file; its pictures are those
/// beside it, and nothing is loaded from anywhere else.
struct ReportPage {
  /// Pictures under one slider.
  struct Row {
    let title: String
    /// Paths relative to the page, and what the slider says at each.
    let frames: [(path: String, label: String)]
    /// The same frames in the whole photograph; empty without `paste`.
    var whole: [(path: String, label: String)] = []
    /// The same, moving; nil where there is none.
    var animation: String?
    /// And of the whole photograph.
    var wholeAnimation: String?
  }

  let title: String
  let model: ModelInfo
  /// False for a saved code, which has none.
  var hasPhotograph = false
  var rows: [Row] = []
  var losses: LossCurves?
  var warnings: [String] = []
  /// The sidecar as it was dropped; nil without one.
  var sidecar: String?
  /// As used, as in `result.json`.
  var settings = ""

  var bytes: [UInt8] { Array(html.utf8) }

  private var html: String {
    var parts = [Self.head(title), "<h1>\(htmlEscaped(title))</h1>"]
    parts.append(
      "<p class=\"facts\">\(htmlEscaped(model.name)) \(htmlEscaped(model.version)) · \(htmlEscaped(model.license))</p>")
    if !warnings.isEmpty {
      parts.append("<ul class=\"warnings\" aria-label=\"Warnings\">" + warnings.map { "<li>\(htmlEscaped($0))</li>" }.joined() + "</ul>")
    }
    parts.append("<main>")
    parts.append(comparison)
    parts += rows.map(row)
    parts.append("</main>")
    if let losses { parts.append("<section><h2>Losses</h2>\(losses.svg)</section>") }
    if let sidecar {
      parts.append(
        "<section><h2>Sidecar</h2><button type=\"button\" id=\"copy\">Copy</button><pre id=\"sidecar\">\(lines(sidecar))</pre></section>")
    }
    parts.append("<details><summary>Settings as used</summary><pre>\(lines(settings))</pre></details>")
    parts.append("<p><a href=\"result.json\">result.json</a></p><script>\(Self.script)</script></body></html>")
    return parts.joined(separator: "\n") + "\n"
  }

  /// Before and after, one over the other under a slider.
  private var comparison: String {
    guard hasPhotograph else {
      return "<section><h2>Picture</h2><img class=\"single\" src=\"inverted.png\" alt=\"The code's picture\"></section>"
    }
    return """
      <section><h2>Photograph and inversion</h2>
      <div class="compare"><img src="inverted.png" alt="The inversion"><img class="over" src="original.png" \
      alt="The photograph as the model sees it"></div>
      <label>photograph <input type="range" class="divide" min="0" max="100" value="50" \
      aria-label="How much of the photograph is shown"> inversion</label></section>
      """
  }

  private func row(_ row: Row) -> String {
    guard let first = row.frames.first else { return "<section><h2>\(htmlEscaped(row.title))</h2></section>" }
    var parts = ["<section class=\"row\"><h2>\(htmlEscaped(row.title))</h2>"]
    parts.append(
      "<img class=\"single\" src=\"\(linkPath(first.path))\" alt=\"\(htmlEscaped(row.title)), \(htmlEscaped(first.label))\" "
        + "data-title=\"\(htmlEscaped(row.title))\" data-frames=\"\(list(row.frames))\" data-whole=\"\(list(row.whole))\">")
    if row.frames.count > 1 {
      parts.append(
        "<label><input type=\"range\" class=\"frame\" min=\"0\" max=\"\(row.frames.count - 1)\" value=\"0\" "
          + "aria-label=\"Frame of \(htmlEscaped(row.title))\"> <output>\(htmlEscaped(first.label))</output></label>")
    }
    if !row.whole.isEmpty { parts.append("<label><input type=\"checkbox\" class=\"whole\"> whole photograph</label>") }
    let films = [(row.animation, "animation"), (row.wholeAnimation, "animation of the whole photograph")].compactMap { path, label in
      path.map { "<a href=\"\(linkPath($0))\">\(label)</a>" }
    }
    if !films.isEmpty { parts.append("<p>\(films.joined(separator: " · "))</p>") }
    guard row.frames.count > 1 else { return parts.joined(separator: "\n") + "</section>" }
    let strip = SheetPlan.selection(of: row.frames.count, maximum: SheetPlan.maximumColumns).map { index in
      let frame = row.frames[index]
      return "<a href=\"\(linkPath(frame.path))\" data-frame=\"\(index)\"><img loading=\"lazy\" src=\"\(linkPath(frame.path))\" "
        + "alt=\"\(htmlEscaped(row.title)), \(htmlEscaped(frame.label))\"></a>"
    }
    parts.append("<div class=\"strip\">\(strip.joined())</div></section>")
    return parts.joined(separator: "\n")
  }

  /// Paths and labels for the script, as JSON within an attribute.
  private func list(_ frames: [(path: String, label: String)]) -> String {
    let json = JSON.list(frames.map { .list([.text(linkPath($0.path)), .text($0.label)]) })
    return htmlEscaped(String(decoding: json.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined())
  }

  /// Text of several lines.
  private func lines(_ several: String) -> String {
    several.split(separator: "\n", omittingEmptySubsequences: false).map { htmlEscaped(String($0)) }.joined(separator: "\n")
  }
}
