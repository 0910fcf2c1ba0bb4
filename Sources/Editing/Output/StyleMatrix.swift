internal import Files
package import Images

/// Contents down, styles across, as in figure 11 of the paper's supplement.
package struct StyleMatrix {
  package var title = "Style mixing"
  /// With what stands above or beside them.
  package var contents: [ContactSheet.Cell] = []
  package var styles: [ContactSheet.Cell] = []
  /// A row for each content.
  package var mixes: [[Picture]] = []

  package init(title: String = "Style mixing") { self.title = title }

  package init(contents: [Picture], styles: [Picture], mixes: [[Picture]]) {
    self.contents = contents.map { ContactSheet.Cell($0) }
    self.styles = styles.map { ContactSheet.Cell($0) }
    self.mixes = mixes
  }

  package var sheet: ContactSheet {
    let head = ContactSheet.Row(label: "content, style", cells: [ContactSheet.Cell(nil)] + styles)
    return ContactSheet(
      title: title, rows: [head] + zip(contents, mixes).map { content, row in
        ContactSheet.Row(label: content.label, cells: [ContactSheet.Cell(content.picture)] + row.map { ContactSheet.Cell($0) })
      })
  }
}

/// The matrices of a job with several photographs: one for each of its edits that mix styles.
struct StyleMatrices {
  /// More pictures are kept at half the size.
  private static let manyPictures = 128

  private let isWanted: Bool
  private let photographs: Int
  private var matrices: [(edit: Int, matrix: StyleMatrix)] = []

  init(photographs: Int, isWanted: Bool) {
    self.photographs = photographs
    self.isWanted = isWanted && photographs > 1
  }

  /// Adds a photograph's row.
  mutating func add(_ edit: any Edit, number: Int, subject: FittedPicture, _ row: EditedRow) {
    guard isWanted, edit is MixStyle else { return }
    let count = row.result.frames.count
    let side = ContactSheet.largestSide / (photographs * count > Self.manyPictures ? 2 : 1)
    func kept(_ picture: Picture) -> Picture { max(picture.width, picture.height) > side ? picture.reduced(to: side) : picture }
    if matrices.last?.edit != number, !matrices.contains(where: { $0.edit == number }) {
      var matrix = StyleMatrix(title: edit.title)
      matrix.styles = row.result.ingredients.map { ContactSheet.Cell(kept($0.pixels), label: $0.label) }
      matrices.append((number, matrix))
    }
    guard let index = matrices.firstIndex(where: { $0.edit == number }) else { return }
    let mixes = (0..<count).compactMap { row.pictures[$0] }
    matrices[index].matrix.contents.append(ContactSheet.Cell(kept(subject.pixels), label: subject.name))
    matrices[index].matrix.mixes.append(mixes.map(kept))
  }

  /// By their names at the top of the job's results.
  func files() throws -> [(name: String, bytes: [UInt8])] {
    try matrices.enumerated().map { index, entry in
      (AnswerNames.matrix(index + 1).description, try entry.matrix.sheet.drawn().pngBytes())
    }
  }
}
