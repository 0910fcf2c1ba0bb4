internal import Faces
internal import Images
internal import Inversion

/// A square of the photograph on its way.
struct Subject {
  /// Relative, with a slash at the end; empty for the top.
  let folder: String
  let square: FittedPicture
  let found: FoundFace?
  /// One for each method; the results of the first lie at the top.
  var variants: [Variant]
  var sheet: SheetPlan
  var page: ReportPage

  var inverted: InvertedPicture { variants[0].inverted }
}

/// A square's code by one method, and what was made of it.
struct Variant {
  let method: InversionMethod
  /// Below the subject's folder, with a slash at the end; empty for its top.
  let folder: String
  /// What rows are told apart by; empty where there is one method.
  let label: String
  let inverted: InvertedPicture
  var edits: [JSON] = []

  /// An edit's title with the method, which comes first: a long title is cut at its end.
  func title(_ edit: any Edit) -> String { label.isEmpty ? edit.title : "\(label), \(edit.title)" }
}

/// What an edit gave for a square by one method, and what of it the sheet shows.
struct EditedRow {
  let result: EditResult
  let title: String
  /// Those that the sheet shows.
  private(set) var pictures: [Int: Picture] = [:]
  private(set) var files: [(file: String, label: String)] = []
  private let rows: [EditResult.Row]
  private let shown: Set<Int>

  init(_ result: EditResult, title: String) {
    self.result = result
    self.title = title
    if let given = result.rows {
      rows = given
    } else {
      let ingredients = result.ingredients.indices.map { EditResult.Row.Cell.ingredient($0) }
      let maximum = max(2, SheetPlan.maximumColumns - ingredients.count)
      let frames = SheetPlan.selection(of: result.frames.count, maximum: maximum)
      rows = [EditResult.Row(label: "", cells: ingredients + frames.map { .frame($0) })]
    }
    shown = Set(rows.flatMap { Self.frames(EditResult.Row(label: "", cells: Self.columns($0))) })
  }

  /// Of a row too long for a sheet some cells, both ends included.
  private static func columns(_ row: EditResult.Row) -> [EditResult.Row.Cell] {
    guard row.cells.count > EditLimits.maximumSizes + 1 else { return row.cells }
    return SheetPlan.selection(of: row.cells.count, maximum: SheetPlan.maximumColumns).map { row.cells[$0] }
  }

  mutating func add(_ pixels: Picture, index: Int, file: String) {
    if shown.contains(index) { pictures[index] = SheetPlan.Cell(label: "", pixels: pixels).pixels }
    files.append((file, result.frames[index].label))
  }

  /// The animations of its rows: the frames of each, at least two, and its file's name.
  var films: [(name: String, frames: [Int])] {
    guard result.rows != nil else {
      return result.frames.count > 1 ? [(Self.filmName(nil), Array(result.frames.indices))] : []
    }
    return rows.enumerated().compactMap { index, row in
      let frames = Self.frames(row)
      return frames.count > 1 ? (Self.filmName(index + 1), frames) : nil
    }
  }

  private static func filmName(_ row: Int?) -> String { row.map { "animation-\($0).webp" } ?? "animation.webp" }

  private static func frames(_ row: EditResult.Row) -> [Int] {
    row.cells.compactMap { cell in if case .frame(let index) = cell { index } else { nil } }
  }

  func sheetRows(_ subject: FittedPicture) -> [SheetPlan.Row] {
    rows.map { row in
      let cells = Self.columns(row).map { cell in
        switch cell {
        case .photograph: SheetPlan.Cell(label: fileStem(subject.name), pixels: subject.pixels)
        case .ingredient(let index): SheetPlan.Cell(label: result.ingredients[index].label, pixels: result.ingredients[index].pixels)
        case .frame(let index): SheetPlan.Cell(label: result.frames[index].label, pixels: pictures[index])
        case .empty: SheetPlan.Cell(label: "", pixels: nil)
        }
      }
      return SheetPlan.Row(label: rowTitle(row), cells: cells)
    }
  }

  /// A slider for each row that has frames.
  ///
  /// - Parameters:
  ///   - folder: of the frames, relative to the page, with a slash at the end.
  ///   - isAnimated: whether there are animations.
  func pageRows(_ folder: String, isAnimated: Bool) -> [ReportPage.Row] {
    func pageRow(_ title: String, _ frames: [Int], _ film: String) -> ReportPage.Row {
      var row = ReportPage.Row(title: title, frames: frames.map { (folder + files[$0].file, files[$0].label) })
      if isAnimated, frames.count > 1 { row.animation = folder + film }
      return row
    }
    guard result.rows != nil else { return [pageRow(title, Array(files.indices), Self.filmName(nil))] }
    return rows.enumerated().compactMap { index, row in
      let frames = Self.frames(row)
      return frames.isEmpty ? nil : pageRow(rowTitle(row), frames, Self.filmName(index + 1))
    }
  }

  private func rowTitle(_ row: EditResult.Row) -> String {
    row.label.isEmpty || rows.count == 1 ? title : "\(title): \(row.label)"
  }
}
