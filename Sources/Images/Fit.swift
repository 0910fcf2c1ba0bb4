/// How a photograph of any shape becomes a square.
package enum Fit: String, CaseIterable, Sendable {
  /// The largest centered square, resampled.
  case crop
  /// The whole photograph, resampled, with bars of the background color.
  case pad
  /// The released program's way: both sides to the target, aspect lost, plain bilinear.
  case stretch
}

extension Picture {
  /// The picture as a square of `side` pixels.
  ///
  /// A picture that is such a square already comes back unchanged.
  /// - Parameters:
  ///   - side: at least 1.
  ///   - background: of the bars of `pad`.
  package func fitted(to side: Int, by fit: Fit, background: PixelColor = .white) -> Picture {
    let side = max(side, 1)
    switch fit {
    case .stretch:
      return stretched(toWidth: side, height: side)
    case .crop:
      let square = min(width, height)
      let region = PixelRegion(x: (width - square) / 2, y: (height - square) / 2, width: square, height: square)
      return resampled(toWidth: side, height: side, from: region)
    case .pad:
      let longest = max(width, height)
      func scaled(_ length: Int) -> Int {
        max(1, Int((Double(length) * Double(side) / Double(longest)).rounded()))
      }
      let inner = resampled(toWidth: scaled(width), height: scaled(height))
      if inner.width == side, inner.height == side { return inner }
      var result = Picture(width: side, height: side, color: background)
      result.paste(inner, x: (side - inner.width) / 2, y: (side - inner.height) / 2)
      return result
    }
  }
}
