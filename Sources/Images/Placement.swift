/// A place in a picture, or the way between two: x to the right, y down. The pixel in column i and row j covers
/// [i, i + 1) × [j, j + 1).
package struct Point: Hashable, Sendable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  package static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
  package static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
  package static func * (a: Point, factor: Double) -> Point { Point(x: a.x * factor, y: a.y * factor) }
  package static func / (a: Point, divisor: Double) -> Point { Point(x: a.x / divisor, y: a.y / divisor) }

  package func dot(_ other: Point) -> Double { x * other.x + y * other.y }
  package var length: Double { (x * x + y * y).squareRoot() }
  /// A quarter turn, from x to y.
  package var perpendicular: Point { Point(x: -y, y: x) }
}

/// The transform that led from a photograph to a square picture: the picture's point (u, v), both from -1 to 1, lies in the
/// photograph at `center + u · across + v · down`. `across` and `down` are perpendicular.
package struct Placement: Hashable, Sendable {
  package var center: Point
  package var across: Point
  package var down: Point

  package init(center: Point, across: Point, down: Point) {
    self.center = center
    self.across = across
    self.down = down
  }

  /// All of a picture of this size.
  package init(width: Int, height: Int) {
    self.init(
      center: Point(x: Double(width) / 2, y: Double(height) / 2), across: Point(x: Double(width) / 2, y: 0),
      down: Point(x: 0, y: Double(height) / 2))
  }

  /// Of the square's side, in pixels of the photograph.
  package var side: Double { 2 * across.length }

  /// In the photograph: top left, bottom left, bottom right, top right.
  package var corners: [Point] {
    [center - across - down, center - across + down, center + across + down, center + across - down]
  }

  /// Whether the square can be cut out of a picture: it touches it, and is neither a few pixels nor many pictures wide.
  package func isUsable(in picture: Picture) -> Bool {
    side >= 8 && side <= 4 * Double(max(picture.width, picture.height))
      && region(inWidth: picture.width, height: picture.height) != nil
  }

  /// Where a point of the photograph lies in the square, from -1 to 1 inside it.
  package func position(of point: Point) -> (u: Double, v: Double) {
    let way = point - center
    return (way.dot(across) / across.dot(across), way.dot(down) / down.dot(down))
  }

  /// The smallest rectangle of whole pixels around the square, cut to a picture; nil when nothing is left.
  package func region(inWidth width: Int, height: Int) -> PixelRegion? {
    let corners = corners
    func span(_ values: [Double], _ limit: Int) -> Range<Int> {
      let low = min(max(values.min() ?? 0, 0), Double(limit)), high = min(max(values.max() ?? 0, 0), Double(limit))
      return Int(low.rounded(.down))..<max(Int(low.rounded(.down)), Int(high.rounded(.up)))
    }
    let columns = span(corners.map(\.x), width), rows = span(corners.map(\.y), height)
    guard !columns.isEmpty, !rows.isEmpty else { return nil }
    return PixelRegion(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
  }
}

extension Fit {
  /// Which part of a photograph `fitted(to:by:)` shows.
  package func placement(width: Int, height: Int) -> Placement {
    var placement = Placement(width: width, height: height)
    let half: Double
    switch self {
    case .stretch: return placement
    case .crop: half = Double(min(width, height)) / 2
    case .pad: half = Double(max(width, height)) / 2
    }
    placement.across.x = half
    placement.down.y = half
    return placement
  }
}
