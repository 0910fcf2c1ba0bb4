internal import Images

extension SheetPlan {
  /// The sheet as a PNG file.
  func pngBytes() throws -> [UInt8] {
    let side = rows.first?.cells.first?.pixels.width ?? 1
    let columns = rows.map(\.cells.count).max() ?? 1
    let gap = 4
    var sheet = Picture(
      width: columns * (side + gap) + gap, height: rows.count * (side + gap) + gap, color: .white)
    for (y, row) in rows.enumerated() {
      for (x, cell) in row.cells.enumerated() {
        sheet.paste(cell.pixels, x: gap + x * (side + gap), y: gap + y * (side + gap))
      }
    }
    return try sheet.pngBytes()
  }
}
