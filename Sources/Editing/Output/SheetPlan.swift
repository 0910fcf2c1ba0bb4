internal import Images

/// What the contact sheet of a photograph shows: rows and columns as in the paper's figures.
struct SheetPlan {
  struct Cell {
    let label: String
    /// nil leaves the place empty.
    let pixels: Picture?

    /// Keeps no more of a picture than a sheet shows.
    init(label: String, pixels: Picture?) {
      self.label = label
      self.pixels = pixels.map { picture in
        let longest = max(picture.width, picture.height)
        guard longest > ContactSheet.largestSide else { return picture }
        return picture.reduced(to: ContactSheet.largestSide)
      }
    }
  }

  struct Row {
    let label: String
    let cells: [Cell]
  }

  /// More pictures in a row would be too small to see.
  static let maximumColumns = 9

  let title: String
  var rows: [Row] = []
  var notes: [String] = []

  /// Positions of at most `maximum` of `count` pictures, evenly spread, both ends included.
  static func selection(of count: Int, maximum: Int) -> [Int] {
    guard count > maximum else { return Array(0..<count) }
    guard maximum > 1 else { return maximum == 1 ? [0] : [] }
    return (0..<maximum).map { $0 * (count - 1) / (maximum - 1) }
  }
}
