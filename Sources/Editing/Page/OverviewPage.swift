internal import PrintableText

/// `report.html` of a job with several photographs: each with its inversion and a link to its own page.
struct OverviewPage {
  let title: String
  let photographs: [PhotographResult]

  var bytes: [UInt8] {
    var parts = [ReportPage.head(title), "<h1>\(htmlEscaped(title))</h1><ul class=\"gallery\">"]
    parts += photographs.map { photograph in
      let folder = linkPath(photograph.folder)
      return "<li><a href=\"\(folder)report.html\"><img src=\"\(folder)inverted.png\" alt=\"\">\(htmlEscaped(photograph.name))</a></li>"
    }
    parts.append("</ul></body></html>")
    return Array((parts.joined(separator: "\n") + "\n").utf8)
  }
}
