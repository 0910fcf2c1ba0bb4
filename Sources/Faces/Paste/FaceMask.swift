package import Images

/// Where a pasted square shows, from 0 to 1, and how softly it ends. Always 0 outside of it.
package enum FaceMask: Sendable {
  /// Forehead to chin, without hair and background.
  case ellipse
  /// All of the square.
  case box
  /// A gray picture that lies over the square; white shows.
  case drawn(Picture)
  /// All of the square but a narrow edge: for masks that a person drew.
  case edge
  /// All of the square, up to its edge: where nothing of the photograph lies around it.
  case whole

  /// - Parameters:
  ///   - u, v: the square's coordinates, from -1 to 1 inside it.
  package func value(_ u: Double, _ v: Double) -> Double {
    let edge = 1 - max(abs(u), abs(v))
    guard edge > 0 else { return 0 }
    let ending = Self.step(edge / 0.1)
    switch self {
    case .ellipse:
      let radius = ((u / 0.8) * (u / 0.8) + (v / 0.95) * (v / 0.95)).squareRoot()
      return Self.step((1 - radius) / 0.35) * ending
    case .box: return Self.step(edge / 0.25)
    case .drawn(let picture): return Self.gray(picture, u, v) * ending
    case .edge: return ending
    case .whole: return 1
    }
  }

  /// From 0 to 1 without a corner.
  private static func step(_ t: Double) -> Double {
    let t = min(max(t, 0), 1)
    return t * t * (3 - 2 * t)
  }

  /// Of a picture that lies over the square, from 0 to 1.
  fileprivate static func gray(_ picture: Picture, _ u: Double, _ v: Double) -> Double {
    let (x, y) = ((u + 1) / 2 * Double(picture.width), (v + 1) / 2 * Double(picture.height))
    let (column, row) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
    func value(_ x: Double, _ y: Double) -> Double {
      let color = picture.color(
        Int(min(max(x, 0), Double(picture.width - 1))), Int(min(max(y, 0), Double(picture.height - 1))))
      return (color.x + color.y + color.z) / 3
    }
    let (fx, fy) = (x - 0.5 - column, y - 0.5 - row)
    let upper = value(column, row) * (1 - fx) + value(column + 1, row) * fx
    let lower = value(column, row + 1) * (1 - fx) + value(column + 1, row + 1) * fx
    return (upper * (1 - fy) + lower * fy) / 255
  }
}

/// A gray picture that limits a paste: where it is black, nothing is pasted.
package struct PasteLimit: Sendable {
  package enum Extent: Sendable {
    /// Lies over the pasted square.
    case square
    /// Has the photograph's size.
    case photograph
  }

  package let picture: Picture
  package let extent: Extent

  package init(_ picture: Picture, over extent: Extent) {
    self.picture = picture
    self.extent = extent
  }

  /// - Parameters:
  ///   - x, y: a pixel of the photograph.
  ///   - u, v: the middle of it in the square.
  func value(x: Int, y: Int, u: Double, v: Double) -> Double {
    switch extent {
    case .square: return FaceMask.gray(picture, u, v)
    case .photograph:
      let color = picture.color(x, y)
      return (color.x + color.y + color.z) / (3 * 255)
    }
  }
}
