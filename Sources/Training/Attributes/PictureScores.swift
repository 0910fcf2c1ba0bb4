internal import Tensors

/// Measures of a picture that need no labels.
enum PictureScores {
  static let names = ["lightness", "redness", "colorfulness", "size"]
  static let titles = [
    "lightness": "darker to lighter", "redness": "less red to redder", "colorfulness": "paler to more colorful",
    "size": "smaller to larger",
  ]

  /// All of them for one picture, `[3, side, side]` in -1 … 1.
  static func scores(_ picture: [Float], side: Int) -> [String: Double] {
    let places = side * side
    func channel(_ index: Int) -> ArraySlice<Float> { picture[index * places..<(index + 1) * places] }
    func mean(_ values: ArraySlice<Float>) -> Double { values.reduce(0) { $0 + Double($1) } / Double(places) }
    let (red, green, blue) = (mean(channel(0)), mean(channel(1)), mean(channel(2)))
    var spread = 0.0, filled = 0
    let corners = [0, side - 1, places - side, places - 1]
    let background = (0..<3).map { index in corners.reduce(0) { $0 + picture[index * places + $1] } / 4 }
    for place in 0..<places {
      let values = (0..<3).map { picture[$0 * places + place] }
      spread += Double((values.max() ?? 0) - (values.min() ?? 0))
      if zip(values, background).contains(where: { abs($0 - $1) > 0.3 }) { filled += 1 }
    }
    return [
      "lightness": 0.299 * red + 0.587 * green + 0.114 * blue, "redness": red - (green + blue) / 2,
      "colorfulness": spread / Double(places), "size": Double(filled) / Double(places),
    ]
  }
}
