internal import PrintableText

/// `training.html` in the workspace: the state, the pictures, the curves. Renews itself.
enum TrainingPage {
  static let name = "training.html"

  /// - Parameters:
  ///   - line: the line of progress.
  ///   - pictures: names of files in the workspace that exist.
  static func html(title: String, line: String, warnings: [String], pictures: [(title: String, file: String)], history: History) -> String {
    var parts = [
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"60\">",
      "<title>\(htmlEscaped(title))</title><style>body{font:15px sans-serif;max-width:70em;margin:2em auto;padding:0 1em}",
      "img{image-rendering:pixelated;max-width:100%}svg{border:1px solid #ccc;margin:0 1em 1em 0}.w{color:#a00}</style></head><body>",
      "<h1>\(htmlEscaped(title))</h1><p>\(htmlEscaped(line))</p>",
    ]
    parts += warnings.map { "<p class=\"w\">\(htmlEscaped($0))</p>" }
    for picture in pictures {
      parts.append("<h2>\(htmlEscaped(picture.title))</h2><img alt=\"\(htmlEscaped(picture.title))\" src=\"\(picture.file)\">")
    }
    for stage in ["perceptual", "generator", "encoder", "conventional"] {
      let points = history.points.filter { $0.stage == stage }
      let names = Set(points.flatMap { $0.values.keys }).sorted()
      if points.count > 1 { parts.append("<h2>\(stage)</h2>") }
      for name in names {
        if let curve = curve(name, points.compactMap { point in point.values[name].map { (point.seen, $0) } }) {
          parts.append(curve)
        }
      }
    }
    return parts.joined(separator: "\n") + "\n</body></html>\n"
  }

  private static func curve(_ name: String, _ points: [(seen: Int, value: Double)]) -> String? {
    guard points.count > 1, let first = points.first, let last = points.last, last.seen > first.seen else { return nil }
    let low = points.map(\.value).min() ?? 0, high = max(points.map(\.value).max() ?? 1, low + 1e-9)
    let (width, height) = (300.0, 120.0)
    let places = points.map { point in
      let x = Double(point.seen - first.seen) / Double(last.seen - first.seen) * width
      let y = (1 - (point.value - low) / (high - low)) * (height - 30) + 25
      return "\(Int(x.rounded())),\(Int(y.rounded()))"
    }
    return "<svg width=\"300\" height=\"120\"><text x=\"4\" y=\"14\" font-size=\"12\">\(htmlEscaped(name)): \(ProgressText.number(last.value, digits: 4)) (\(ProgressText.number(low, digits: 4)) to \(ProgressText.number(high, digits: 4)))</text>"
      + "<polyline fill=\"none\" stroke=\"#06c\" points=\"\(places.joined(separator: " "))\"/></svg>"
  }
}
