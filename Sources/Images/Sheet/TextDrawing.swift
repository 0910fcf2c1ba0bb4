/// How a line of text looks.
struct TextStyle {
  /// Pixels from one baseline to the next are 1.3 of this; a capital is 0.7 high.
  var size: Float
  /// Thickness of the lines in units of the font (a hundredth of the size).
  var weight: Float = 9
  var color = PixelColor(red: 40, green: 40, blue: 44)

  var lineHeight: Int { Int((size * 1.3).rounded(.up)) }
  /// From the top of a line to its baseline.
  var ascent: Int { Int((size * 0.85).rounded()) }

  /// Width of a line in pixels.
  func width(of text: some StringProtocol) -> Float {
    let units = text.reduce(Float(0)) { $0 + advance($1) }
    return max(0, units - StrokeFont.letterSpacing) * size / 100
  }

  func advance(_ character: Character) -> Float {
    if character == " " { return StrokeFont.spaceWidth + StrokeFont.letterSpacing }
    return (StrokeFont.glyph(character)?.width ?? 0) + StrokeFont.letterSpacing
  }

  /// Breaks a text between words into lines of a width; words that are too long are broken inside, and what exceeds the
  /// number of lines ends in `…`.
  func lines(of text: String, width limit: Float, count: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var rest = text.split(whereSeparator: \.isWhitespace)[...]
    while let word = rest.first {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if width(of: longer) <= limit {
        line = longer
        rest.removeFirst()
      } else if lines.count == count - 1 {
        return lines + [shortened(longer, to: limit)]
      } else if line.isEmpty {
        let (head, tail) = broken(word, at: limit)
        lines.append(head)
        rest[rest.startIndex] = tail
      } else {
        lines.append(line)
        line = ""
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private func broken(_ word: Substring, at limit: Float) -> (String, Substring) {
    var end = word.index(after: word.startIndex)
    while end < word.endIndex, width(of: word[...end]) <= limit { end = word.index(after: end) }
    return (String(word[..<end]), word[end...])
  }

  private func shortened(_ text: String, to limit: Float) -> String {
    // A width holds no more letters than this, however long the text.
    var text = text.prefix(1000)
    while !text.isEmpty, width(of: text + "…") > limit { text.removeLast() }
    while text.last == " " { text.removeLast() }
    return text + "…"
  }
}

extension Picture {
  /// Draws one line of text with its left end at `x` and its baseline at `baseline`.
  mutating func draw(_ text: String, x: Float, baseline: Int, style: TextStyle) {
    var x = x
    for character in text {
      if character != " ", let glyph = StrokeFont.glyph(character) {
        draw(glyph, x: x, baseline: Float(baseline), style: style)
      }
      x += style.advance(character) * style.size / 100
    }
  }

  private mutating func draw(_ glyph: Glyph, x: Float, baseline: Float, style: TextStyle) {
    let unit = style.size / 100
    let pieces = glyph.pieces.map { piece in
      (
        startX: x + piece.start.x * unit, startY: baseline - piece.start.y * unit,
        alongX: (piece.end.x - piece.start.x) * unit, alongY: (piece.start.y - piece.end.y) * unit,
        radius: style.weight * unit * (piece.isDot ? 0.68 : 0.5)
      )
    }
    let margin = style.weight * unit + 1
    let columns = Int((x - margin - 6 * unit).rounded(.down))...Int((x + glyph.width * unit + margin).rounded(.up))
    let rows = Int((baseline - 80 * unit - margin).rounded(.down))...Int((baseline + 20 * unit + margin).rounded(.up))
    let visibleColumns = columns.clamped(to: 0...max(0, width - 1))
    let visibleRows = rows.clamped(to: 0...max(0, height - 1))
    guard width > 0, height > 0, columns.overlaps(0...width - 1), rows.overlaps(0...height - 1) else { return }
    var coverage = [Float](repeating: 0, count: visibleColumns.count * visibleRows.count)
    for piece in pieces {
      // Only pixels that the piece can touch: a sheet's labels cost several times as much with all of them.
      let reach = piece.radius + 1
      let (endX, endY) = (piece.startX + piece.alongX, piece.startY + piece.alongY)
      let near = (
        columns: Int((min(piece.startX, endX) - reach).rounded(.down))...Int((max(piece.startX, endX) + reach).rounded(.up)),
        rows: Int((min(piece.startY, endY) - reach).rounded(.down))...Int((max(piece.startY, endY) + reach).rounded(.up))
      )
      guard near.columns.overlaps(visibleColumns), near.rows.overlaps(visibleRows) else { continue }
      for row in near.rows.clamped(to: visibleRows) {
        for column in near.columns.clamped(to: visibleColumns) {
          let (pointX, pointY) = (Float(column) + 0.5, Float(row) + 0.5)
          let (deltaX, deltaY) = (pointX - piece.startX, pointY - piece.startY)
          let length = piece.alongX * piece.alongX + piece.alongY * piece.alongY
          let share = length > 0 ? (deltaX * piece.alongX + deltaY * piece.alongY) / length : 0
          let t = min(max(share, 0), 1)
          let (missX, missY) = (deltaX - piece.alongX * t, deltaY - piece.alongY * t)
          let distance = (missX * missX + missY * missY).squareRoot()
          let index = (row - visibleRows.lowerBound) * visibleColumns.count + column - visibleColumns.lowerBound
          coverage[index] = max(coverage[index], piece.radius + 0.5 - distance)
        }
      }
    }
    for (index, share) in coverage.enumerated() where share > 0 {
      let (row, column) = index.quotientAndRemainder(dividingBy: visibleColumns.count)
      blend(
        style.color, x: visibleColumns.lowerBound + column, y: visibleRows.lowerBound + row, share: min(share, 1))
    }
  }

  private mutating func blend(_ color: PixelColor, x: Int, y: Int, share: Float) {
    func mixed(_ below: UInt8, _ above: UInt8) -> UInt8 {
      UInt8((Float(below) + (Float(above) - Float(below)) * share).rounded())
    }
    let below = self[x, y]
    self[x, y] = PixelColor(
      red: mixed(below.red, color.red), green: mixed(below.green, color.green), blue: mixed(below.blue, color.blue))
  }
}
