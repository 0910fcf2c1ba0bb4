/// Where everything on a sheet goes.
struct SheetLayout {
  struct Text {
    let line: String
    let x: Float
    let baseline: Int
    let style: TextStyle
  }

  struct Place {
    let row: Int
    let cell: Int
    let x: Int
    let y: Int
  }

  let cellSide: Int
  private(set) var width = 0
  private(set) var height = 0
  private(set) var texts: [Text] = []
  private(set) var places: [Place] = []

  private static let margin = 36
  private static let gap = 8
  private static let rowGap = 20
  private static let widestLine = 1700
  private static let widestLabel: Float = 150
  private static let titleStyle = TextStyle(size: 24, weight: 11)
  private static let noteStyle = TextStyle(size: 15, weight: 8, color: PixelColor(red: 105, green: 105, blue: 110))
  private static let rowStyle = TextStyle(size: 17, weight: 10)
  private static let cellStyle = TextStyle(size: 15, weight: 8.5, color: PixelColor(red: 70, green: 70, blue: 75))

  init(sheet: ContactSheet, cellSide: Int) {
    self.cellSide = cellSide
    let rowLabels = sheet.rows.map { Self.rowStyle.lines(of: $0.label, width: Self.widestLabel, count: 4) }
    let labelWidth = rowLabels.joined().map { Self.rowStyle.width(of: $0) }.max() ?? 0
    let left = Self.margin + (labelWidth > 0 ? Int(labelWidth.rounded(.up)) + 20 : 0)
    let pitch = cellSide + Self.gap
    let most = max(1, (Self.widestLine - left - Self.margin + Self.gap) / pitch)
    let columns = min(most, max(1, sheet.rows.map(\.cells.count).max() ?? 1))
    // A lone picture still leaves room for a title.
    width = max(left + columns * pitch - Self.gap + Self.margin, 480)

    var y = Self.margin
    y = addHeading(sheet, at: y)
    var labelsAbove: [String]?
    for (rowIndex, row) in sheet.rows.enumerated() {
      let labels = row.cells.map(\.label)
      let isLabeled = labels != labelsAbove && labels.contains { !$0.isEmpty }
      labelsAbove = labels
      if rowIndex > 0 { y += isLabeled ? Self.rowGap : Self.gap }
      var start = 0
      repeat {
        let cells = start..<min(start + columns, row.cells.count)
        if start > 0 { y += isLabeled ? 10 : Self.gap }
        if isLabeled { y = addCellLabels(labels[cells], left: left, at: y) }
        for cell in cells {
          places.append(Place(row: rowIndex, cell: cell, x: left + (cell - start) * pitch, y: y))
        }
        let textHeight = start == 0 ? addRowLabel(rowLabels[rowIndex], at: y, isAlone: cells.isEmpty) : 0
        y += max(cells.isEmpty ? 0 : cellSide, textHeight)
        start += columns
      } while start < row.cells.count
    }
    height = y + Self.margin
  }

  private mutating func addHeading(_ sheet: ContactSheet, at top: Int) -> Int {
    var y = top
    let room = Float(width - 2 * Self.margin)
    for (text, style, count) in [(sheet.title, Self.titleStyle, 2)] + sheet.notes.map({ ($0, Self.noteStyle, 3) }) {
      for line in style.lines(of: text, width: room, count: count) {
        texts.append(Text(line: line, x: Float(Self.margin), baseline: y + style.ascent, style: style))
        y += style.lineHeight
      }
      if style.size == Self.titleStyle.size, y > top { y += 4 }
    }
    return y > top ? y + Self.rowGap : y
  }

  /// Labels stand on a common last line, each in the middle of its column.
  private mutating func addCellLabels(_ labels: ArraySlice<String>, left: Int, at top: Int) -> Int {
    let style = Self.cellStyle
    let wrapped = labels.map { style.lines(of: $0, width: Float(cellSide), count: 2) }
    let most = wrapped.map(\.count).max() ?? 0
    for (column, lines) in wrapped.enumerated() {
      let center = Float(left + column * (cellSide + Self.gap)) + Float(cellSide) / 2
      for (index, line) in lines.enumerated() {
        let y = top + (most - lines.count + index) * style.lineHeight
        texts.append(Text(line: line, x: center - style.width(of: line) / 2, baseline: y + style.ascent, style: style))
      }
    }
    return most > 0 ? top + most * style.lineHeight + 4 : top
  }

  /// The label stands at the middle of the row's first line of pictures; returns its height.
  private mutating func addRowLabel(_ lines: [String], at top: Int, isAlone: Bool) -> Int {
    let style = Self.rowStyle
    let textHeight = lines.count * style.lineHeight
    let start = isAlone ? top : top + max(0, (cellSide - textHeight) / 2)
    for (index, line) in lines.enumerated() {
      let baseline = start + index * style.lineHeight + style.ascent
      texts.append(Text(line: line, x: Float(Self.margin), baseline: baseline, style: style))
    }
    return textHeight
  }
}
