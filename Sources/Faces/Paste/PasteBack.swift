package import Images

/// Puts edited squares back into their photograph. A pixel where the mask is 0 keeps its bytes.
///
/// Source of the formulas: `Fixtures/align`.
package struct PasteBack: Sendable {
  /// What is taken from the edited square.
  package enum Mode: String, Sendable, CaseIterable {
    /// Its pixels.
    case replace
    /// Only how it differs from the unedited square; the photograph's own detail stays, old features shine through.
    case delta
    /// The difference where it is weak, the pixels where it is strong.
    case keep
  }

  /// The difference at which `keep` takes pixels instead of differences for 63 of 100 parts, in levels.
  private static let strongDifference = 24.0

  package let placement: Placement
  /// The part of the photograph that may change.
  package let region: PixelRegion
  /// Of the region's pixels, in rows.
  package let mask: [Float]
  private let photographWidth: Int
  private let photographHeight: Int

  /// - Parameter limits: all of them hold.
  /// - Returns: nil when the square lies outside of a photograph of this size.
  package init?(
    _ placement: Placement, width: Int, height: Int, mask: FaceMask = .ellipse, limits: [PasteLimit] = []
  ) {
    for limit in limits where limit.extent == .photograph {
      precondition(limit.picture.width == width && limit.picture.height == height, "a mask of another photograph")
    }
    guard let region = placement.region(inWidth: width, height: height) else { return nil }
    self.placement = placement
    self.region = region
    (photographWidth, photographHeight) = (width, height)
    let bands = runs(of: region.height, length: 16)
    self.mask = inPieces(bands.count) { piece in
      bands[piece].flatMap { row in
        (0..<region.width).map { column in
          let center = Point(x: Double(region.x + column) + 0.5, y: Double(region.y + row) + 0.5)
          let (u, v) = placement.position(of: center)
          let share = limits.reduce(mask.value(u, v)) { share, limit in
            share > 0 ? share * limit.value(x: region.x + column, y: region.y + row, u: u, v: v) : 0
          }
          return Float(share)
        }
      }
    }.flatMap(\.self)
  }

  /// Changes the photograph where the mask is above 0.
  ///
  /// - Parameters:
  ///   - edited: the square after the edit.
  ///   - unedited: the same square from the same source without the edit; of the same size. Not used by `replace`.
  package func paste(_ edited: Picture, unedited: Picture, into photograph: inout Picture, mode: Mode = .keep) {
    precondition(photograph.width == photographWidth && photograph.height == photographHeight, "another photograph")
    precondition(edited.width == edited.height, "the edited picture is no square")
    precondition(edited.width == unedited.width && edited.height == unedited.height, "the squares differ in size")
    let values = Self.values(edited, unedited, mode), warp = BackWarp(placement, side: edited.width)
    let before = photograph
    let bands = runs(of: region.height, length: 16)
    let rows = inPieces(bands.count) { piece in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(bands[piece].count * region.width * 3)
      for row in bands[piece] {
        for column in 0..<region.width {
          let (x, y) = (region.x + column, region.y + row)
          let share = Double(mask[row * region.width + column])
          let index = (y * before.width + x) * 3
          guard share > 0 else {
            bytes += before.pixels[index..<index + 3]
            continue
          }
          let warped = warp(values, x: x, y: y)
          let old = before.color(x, y), change = warped.lowHalf
          let new = old + (change + (warped.highHalf - old) * (1 - min(max(change.w, 0), 1))) * share
          bytes += (0..<3).map { UInt8(min(max((new[$0] + 0.5).rounded(.down), 0), 255)) }
        }
      }
      return bytes
    }
    photograph.paste(Picture(rows: rows, width: region.width), x: region.x, y: region.y)
  }

  /// A pixel's four low numbers are its difference and the share of that; the high ones what the rest moves toward.
  private static func values(_ edited: Picture, _ unedited: Picture, _ mode: Mode) -> [SIMD8<Double>] {
    let side = edited.width
    let pixels = (0..<side * side).map { (edited.color($0 % side, $0 / side), unedited.color($0 % side, $0 / side)) }
    switch mode {
    case .replace: return pixels.map { SIMD8(lowHalf: .zero, highHalf: $0.0) }
    case .delta: return pixels.map { SIMD8(lowHalf: difference($0.0, $0.1, share: 1), highHalf: .zero) }
    case .keep:
      let strengths = pixels.map { pixel in
        let way = pixel.0 - pixel.1
        return SIMD4(max(abs(way.x), abs(way.y), abs(way.z)), 0, 0, 0)
      }
      let blurred = ColorMap(width: side, height: side, values: strengths).blurred(sigma: Double(side) / 64)
      return zip(pixels, blurred.values).map { pixel, strength in
        let part = strength.x / strongDifference
        return SIMD8(lowHalf: difference(pixel.0, pixel.1, share: exponential(-part * part)), highHalf: pixel.1)
      }
    }
  }

  private static func difference(_ a: SIMD4<Double>, _ b: SIMD4<Double>, share: Double) -> SIMD4<Double> {
    SIMD4(a.x - b.x, a.y - b.y, a.z - b.z, share)
  }
}

/// The masks of all pastes of a photograph, as a gray picture.
package struct MaskPicture: Sendable {
  package let width: Int
  package let height: Int
  /// 0 where nothing may change, at least 1 where something may.
  package private(set) var values: [UInt8]

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
    values = [UInt8](repeating: 0, count: width * height)
  }

  package mutating func add(_ paste: PasteBack) {
    let region = paste.region
    for row in 0..<region.height {
      for column in 0..<region.width {
        let share = paste.mask[row * region.width + column]
        guard share > 0 else { continue }
        let index = (region.y + row) * width + region.x + column
        values[index] = max(values[index], UInt8(max(1, (share * 255).rounded())))
      }
    }
  }
}
