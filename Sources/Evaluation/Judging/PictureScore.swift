package import Images

/// Measures of a picture that are no boundary: what an attribute of that name should move.
package enum PictureScore: String, CaseIterable, Sendable {
  case redness, greenness, blueness, lightness, saturation, size, width

  /// The measure for an attribute, by its name; nil where there is none.
  package init?(attribute: String) { self.init(rawValue: attribute) }

  /// - Parameter background: what belongs to no object. A picture without a pixel of it is all object.
  package func value(_ picture: Picture, background: PixelColor) -> Double {
    var (red, green, blue, count) = (0.0, 0.0, 0.0, 0.0)
    var (saturation, sumX, sumY, squaresX, squaresY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let color = picture[x, y]
        guard Self.isObject(color, background) else { continue }
        let (r, g, b) = (Double(color.red), Double(color.green), Double(color.blue))
        let (high, low) = (max(r, g, b), min(r, g, b))
        red += r
        green += g
        blue += b
        saturation += high > 0 ? (high - low) / high : 0
        sumX += Double(x)
        sumY += Double(y)
        squaresX += Double(x * x)
        squaresY += Double(y * y)
        count += 1
      }
    }
    guard count > 0 else { return 0 }
    switch self {
    case .redness: return (red - (green + blue) / 2) / count
    case .greenness: return (green - red) / count
    case .blueness: return (blue - (red + green) / 2) / count
    case .lightness: return (0.299 * red + 0.587 * green + 0.114 * blue) / count
    case .saturation: return saturation / count
    case .size: return count / Double(picture.width * picture.height)
    case .width:
      // Of the object's spread in both directions, so that a stalk or a shadow counts little.
      let spreadX = squaresX / count - (sumX / count) * (sumX / count)
      let spreadY = squaresY / count - (sumY / count) * (sumY / count)
      return spreadX > 0 && spreadY > 0 ? (spreadX / spreadY).squareRoot() : 1
    }
  }

  private static func isObject(_ color: PixelColor, _ background: PixelColor) -> Bool {
    let distances = [
      abs(Int(color.red) - Int(background.red)), abs(Int(color.green) - Int(background.green)),
      abs(Int(color.blue) - Int(background.blue)),
    ]
    return distances.contains { $0 > 24 }
  }
}
