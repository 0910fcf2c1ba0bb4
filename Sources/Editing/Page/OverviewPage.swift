internal import PrintableText

/// `report.html` of a job with several photographs: each with its inversion and a link to its own page.
struct OverviewPage {
  let title: String
  let photographs: [PhotographResult]
  /// Files beside the page.
  let matrices: [String]

  var bytes: [UInt8] {
    var parts = [ReportPage.head(title), "<h1>\(htmlEscaped(title))</h1><ul class=\"gallery\">"]
    parts += photographs.map { photograph in
      let folder = linkPath(photograph.folder)
      return "<li><a href=\"\(folder)report.html\"><img src=\"\(folder)inverted.png\" alt=\"\">\(htmlEscaped(photograph.name))</a></li>"
    }
    parts.append("</ul>")
    parts += matrices.map { name in
      "<section><h2>Contents and styles</h2><a href=\"\(linkPath(name))\"><img class=\"sheet\" src=\"\(linkPath(name))\" "
        + "alt=\"Contents down, styles across\"></a></section>"
    }
    parts.append("</body></html>")
    return Array((parts.joined(separator: "\n") + "\n").utf8)
  }
}
