internal import Images
internal import Inversion
internal import Statistics

extension Picture {
  /// The picture with mid-gray outside of a box, or inside of it.
  func masked(_ box: Box, keepsInside: Bool) -> Picture {
    var result = self
    let gray = PixelColor(red: 128, green: 128, blue: 128)
    for y in 0..<height {
      for x in 0..<width where box.contains(x, y) != keepsInside { result[x, y] = gray }
    }
    return result
  }

  /// Each pixel's luma in all three channels.
  var gray: Picture {
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        let color = self[x, y]
        let luma = 0.299 * Double(color.red) + 0.587 * Double(color.green) + 0.114 * Double(color.blue)
        let level = UInt8(min(255, luma.rounded()))
        result[x, y] = PixelColor(red: level, green: level, blue: level)
      }
    }
    return result
  }

  /// The colors of pixels, one in each row: all of them, or those outside of a box.
  func colors(outside box: Box? = nil) -> Matrix {
    var rows: [[Double]] = []
    for y in 0..<height {
      for x in 0..<width where box.map({ !$0.contains(x, y) }) ?? true {
        let color = self[x, y]
        rows.append([Double(color.red), Double(color.green), Double(color.blue)])
      }
    }
    return Matrix(rows: rows)
  }

  /// The box's part of this picture in another one.
  func pasted(_ box: Box, into context: Picture) -> Picture {
    var result = context
    for y in 0..<height {
      for x in 0..<width where box.contains(x, y) { result[x, y] = self[x, y] }
    }
    return result
  }

  /// Edges along a box's outline; see `Statistics.seamRatio`.
  func seamRatio(_ box: Box) -> Double? {
    Statistics.seamRatio(
      pixels, width: width, height: height, x: box.x, y: box.y, boxWidth: box.width, boxHeight: box.height)
  }
}

extension Box {
  func contains(_ column: Int, _ row: Int) -> Bool {
    column >= x && column < x + width && row >= y && row < y + height
  }

  /// In the middle of a picture, its side a share of the picture's.
  init(share: Double, of resolution: Int) {
    let side = max(1, Int((share * Double(resolution)).rounded()))
    self.init(x: (resolution - side) / 2, y: (resolution - side) / 2, width: side, height: side)
  }
}
