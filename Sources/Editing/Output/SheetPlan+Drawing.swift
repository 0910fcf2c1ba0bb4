internal import Images

extension SheetPlan {
  /// The sheet as a PNG file.
  func pngBytes() throws -> [UInt8] {
    let rows = rows.map { row in
      ContactSheet.Row(label: row.label, cells: row.cells.map { ContactSheet.Cell($0.pixels, label: $0.label) })
    }
    return try ContactSheet(title: title, notes: notes, rows: rows).drawn().pngBytes()
  }
}
