/// An 8-bit RGB picture: rows from the top, three bytes (red, green, blue) a pixel.
package struct Picture: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// `height * width * 3` bytes.
  package private(set) var pixels: [UInt8]

  /// - Throws: `ImageError` (`invalidSize`) unless both sides are at least 1 and `pixels` holds `width * height * 3` bytes.
  package init(width: Int, height: Int, pixels: [UInt8], name: String = "picture") throws(ImageError) {
    let (area, tooWide) = width.multipliedReportingOverflow(by: height)
    let (count, tooLarge) = area.multipliedReportingOverflow(by: 3)
    guard width > 0, height > 0, !tooWide, !tooLarge, pixels.count == count else {
      throw ImageError(
        name: name, kind: .invalidSize("\(pixels.count) bytes are no RGB picture of \(width)×\(height) pixels"))
    }
    self.init(checkedWidth: width, height: height, pixels: pixels)
  }

  /// For sizes that are known to be right.
  init(checkedWidth width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3, "pixels do not fit the size")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Bands of rows, put below one another.
  package init(rows bands: [[UInt8]], width: Int) {
    let pixels = bands.flatMap(\.self)
    self.init(checkedWidth: width, height: pixels.count / (3 * max(width, 1)), pixels: pixels)
  }

  /// A picture of one color; sides below 1 count as 1.
  package init(width: Int, height: Int, color: PixelColor) {
    let (width, height) = (max(width, 1), max(height, 1))
    var pixels = [UInt8](repeating: color.red, count: width * height * 3)
    if color.green != color.red || color.blue != color.red {
      for index in stride(from: 0, to: pixels.count, by: 3) {
        pixels[index + 1] = color.green
        pixels[index + 2] = color.blue
      }
    }
    self.init(checkedWidth: width, height: height, pixels: pixels)
  }

  /// The red of each pixel; of a gray picture all there is.
  package var firstChannel: [UInt8] { stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] } }

  /// The color at a column and row, both inside the picture.
  package subscript(x: Int, y: Int) -> PixelColor {
    get {
      precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside of the picture")
      let index = (y * width + x) * 3
      return PixelColor(red: pixels[index], green: pixels[index + 1], blue: pixels[index + 2])
    }
    set {
      precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside of the picture")
      let index = (y * width + x) * 3
      pixels[index] = newValue.red
      pixels[index + 1] = newValue.green
      pixels[index + 2] = newValue.blue
    }
  }

  /// Copies `other` with its top left corner at (`x`, `y`); what falls outside is left out.
  package mutating func paste(_ other: Picture, x: Int, y: Int) {
    let firstColumn = max(0, -x)
    let endColumn = min(other.width, width - x)
    guard firstColumn < endColumn else { return }
    for row in max(0, -y)..<max(max(0, -y), min(other.height, height - y)) {
      let source = (row * other.width + firstColumn) * 3
      let target = ((y + row) * width + x + firstColumn) * 3
      let count = (endColumn - firstColumn) * 3
      pixels.replaceSubrange(target..<target + count, with: other.pixels[source..<source + count])
    }
  }
}

/// A color in the picture's own (gamma-encoded) values.
package struct PixelColor: Hashable, Sendable, CustomStringConvertible {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Reads `#rrggbb`; nil for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 7, bytes[0] == UInt8(ascii: "#"), !bytes.contains(UInt8(ascii: "+")),
      let value = UInt32(text.dropFirst(), radix: 16)
    else { return nil }
    self.init(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }

  /// `#rrggbb`.
  package var description: String {
    "#" + [red, green, blue].map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  package static let white = PixelColor(red: 255, green: 255, blue: 255)
  package static let black = PixelColor(red: 0, green: 0, blue: 0)
}
