package import Images

/// A face cut out as the FFHQ data set's are, at a model's resolution.
///
/// Shrunk by whole blocks where the face is large, continued beyond the photograph's edges where it reaches over them, then
/// sampled along the square. The rules and their numbers are in `Fixtures/align`; they come within a level of the released
/// procedure followed by the block means that made the data set's smaller sizes.
package struct AlignedCrop: Sendable {
  /// Side of the blocks that became a pixel; 0 or 1 for none.
  package let shrink: Int
  /// What is kept around the square, in shrunk pixels.
  package let border: Int
  /// Columns and rows of the shrunk photograph: first x, first y, end x, end y.
  package let crop: [Int]
  /// Left, top, right, bottom; zeros where nothing was added.
  package let pads: [Int]
  package let sigma: Double?
  package let median: SIMD4<Double>?
  /// With its border, where there is one.
  package let padded: Picture?
  /// Samples to a side of a pixel.
  package let taps: Int
  /// Rows of red, green, blue and 0, from 0 to 255, not rounded.
  package let pixels: [SIMD4<Double>]
  package let side: Int

  /// - Parameters:
  ///   - placement: a square that touches the photograph, at least eight pixels wide.
  ///   - side: the model's resolution.
  /// - Returns: nil for a square that does not touch the photograph.
  package init?(_ photograph: Picture, _ placement: Placement, side: Int) {
    var placement = placement
    let factor = Int(placement.side / Double(side) * 0.25)
    let divisor = max(1, factor)
    placement.center = placement.center / Double(divisor)
    placement.across = placement.across / Double(divisor)
    placement.down = placement.down / Double(divisor)
    let width = (photograph.width + divisor - 1) / divisor, height = (photograph.height + divisor - 1) / divisor
    let length = placement.side
    let border = max(Int((0.1 * length).rounded(.toNearestOrEven)), 3)
    let bounds = Bounds(placement)
    let crop = [
      max(bounds.low.x - border, 0), max(bounds.low.y - border, 0), min(bounds.high.x + border, width),
      min(bounds.high.y + border, height),
    ]
    let region = PixelRegion(x: crop[0], y: crop[1], width: crop[2] - crop[0], height: crop[3] - crop[1])
    guard region.width > 0, region.height > 0 else { return nil }
    let origin = Point(x: Double(crop[0]), y: Double(crop[1]))
    placement.center = placement.center - origin
    let inside = Bounds(placement)
    var pads = [
      max(0, border - inside.low.x), max(0, border - inside.low.y), max(0, inside.high.x - region.width + border),
      max(0, inside.high.y - region.height + border),
    ]
    let taps = max(2, Int((length / Double(side)).rounded(.up)))
    self.side = side
    self.taps = taps
    self.border = border
    self.crop = crop
    shrink = factor
    guard (pads.max() ?? 0) > border - 4 else {
      self.pads = [0, 0, 0, 0]
      (sigma, median, padded) = (nil, nil, nil)
      if factor > 1 {
        let means = Raster(means: photograph, of: factor, region: region)
        pixels = TapSampling.square(means, placement, side: side, taps: taps)
      } else {
        placement.center = placement.center + origin
        pixels = TapSampling.square(photograph, placement, side: side, taps: taps)
      }
      return
    }
    let least = Int((0.3 * length).rounded(.toNearestOrEven))
    pads = pads.map { max($0, least, 1) }
    let extended =
      factor > 1
      ? ReflectedBorder(Raster(means: photograph, of: factor, region: region), pads: pads, side: length)
      : ReflectedBorder(photograph.cropped(to: region), pads: pads, side: length)
    placement.center = placement.center + Point(x: Double(pads[0]), y: Double(pads[1]))
    self.pads = pads
    sigma = extended.sigma
    median = extended.median
    padded = extended.picture
    pixels = TapSampling.square(extended.picture, placement, side: side, taps: taps)
  }

  /// The crop in bytes.
  package var picture: Picture {
    let bands = runs(of: side, length: 64).map { band in
      pixels[band.lowerBound * side..<band.upperBound * side].flatMap { pixel in
        (0..<3).map { UInt8(min(max((pixel[$0] + 0.5).rounded(.down), 0), 255)) }
      }
    }
    return Picture(rows: bands, width: side)
  }

  /// The square's extent in whole pixels.
  private struct Bounds {
    let low: (x: Int, y: Int)
    let high: (x: Int, y: Int)

    init(_ placement: Placement) {
      let (xs, ys) = (placement.corners.map(\.x), placement.corners.map(\.y))
      low = (Int((xs.min() ?? 0).rounded(.down)), Int((ys.min() ?? 0).rounded(.down)))
      high = (Int((xs.max() ?? 0).rounded(.up)), Int((ys.max() ?? 0).rounded(.up)))
    }
  }
}
