/// Rows of labeled pictures on white, as in a paper's figures.
package struct ContactSheet: Sendable {
  package struct Cell: Sendable {
    /// Nil leaves the place empty, with the label.
    package var picture: Picture?
    /// Above the picture; up to two lines.
    package var label: String

    package init(_ picture: Picture?, label: String = "") {
      self.picture = picture
      self.label = label
    }
  }

  package struct Row: Sendable {
    /// To the left of the row; up to four lines.
    package var label: String
    package var cells: [Cell]

    package init(label: String = "", cells: [Cell]) {
      self.label = label
      self.cells = cells
    }
  }

  /// Above everything; up to two lines.
  package var title: String
  /// Small lines under the title: model, losses, warnings.
  package var notes: [String]
  package var rows: [Row]
  /// More rows than fit into this many pixels shrink the cells; the default is a sheet of 6000×6666.
  package var maximumPixels = 40_000_000

  package init(title: String = "", notes: [String] = [], rows: [Row]) {
    self.title = title
    self.notes = notes
    self.rows = rows
  }

  /// Draws the sheet.
  ///
  /// Pictures under 128 pixels are enlarged by a whole number to at least that, larger than 256 reduced; all cells share a
  /// size. A row that is wider than about 1700 pixels continues on the next line. Labels that a row shares with the row
  /// above it are not repeated.
  /// - Throws: `ImageError` (`overLimit`) when even the smallest cells do not fit into `maximumPixels`.
  package func drawn() throws(ImageError) -> Picture {
    let longest = rows.flatMap(\.cells).compactMap { $0.picture.map { max($0.width, $0.height) } }.max() ?? 128
    var side = Self.cellSide(forLongest: longest)
    while true {
      let layout = SheetLayout(sheet: self, cellSide: side)
      let (area, overflow) = layout.width.multipliedReportingOverflow(by: layout.height)
      if !overflow, area <= maximumPixels { return draw(layout) }
      side /= 2
      guard side >= 16 else {
        let count = rows.reduce(0) { $0 + $1.cells.count }
        throw ImageError(
          name: "sheet",
          kind: .overLimit("\(count) pictures do not fit into \(maximumPixels) pixels; ask for fewer frames or no sheet"))
      }
    }
  }

  /// Pictures are not shown larger.
  package static let largestSide = 256

  static func cellSide(forLongest longest: Int) -> Int {
    if longest > largestSide { return largestSide }
    return longest >= 128 ? longest : (127 + longest) / longest * longest
  }

  private func draw(_ layout: SheetLayout) -> Picture {
    var result = Picture(width: layout.width, height: layout.height, color: .white)
    for text in layout.texts {
      result.draw(text.line, x: text.x, baseline: text.baseline, style: text.style)
    }
    for place in layout.places {
      guard let picture = rows[place.row].cells[place.cell].picture else { continue }
      let shown = Self.scaled(picture, to: layout.cellSide)
      result.paste(
        shown, x: place.x + (layout.cellSide - shown.width) / 2, y: place.y + (layout.cellSide - shown.height) / 2)
    }
    return result
  }

  /// Enlarged by the largest whole number that fits, or reduced to fit.
  private static func scaled(_ picture: Picture, to side: Int) -> Picture {
    let longest = max(picture.width, picture.height)
    if longest <= side {
      return picture.resampled(toWidth: picture.width * (side / longest), height: picture.height * (side / longest))
    }
    return picture.reduced(to: side)
  }
}

extension Picture {
  /// Resampled so that the longer side has this many pixels.
  package func reduced(to side: Int) -> Picture {
    let longest = max(width, height)
    func reduced(_ length: Int) -> Int { max(1, Int((Double(length) * Double(side) / Double(longest)).rounded())) }
    return resampled(toWidth: reduced(width), height: reduced(height))
  }
}
