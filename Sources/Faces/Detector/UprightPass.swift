package import Images

extension FaceDetector {
  /// A second look at a face, upright and undistorted: its points come from a crop along the face's own axes, and from that
  /// crop's mirror image.
  ///
  /// The crop is 0.9 of the box wide; measured in `Fixtures/align`.
  package struct UprightFace: Sendable {
    package let points: [Point]
    package let score: Double
    /// `[3, 48, 48]`, prepared.
    package let crop: [Float]
    /// How the crop lies in the photograph.
    package let placement: Placement
  }

  /// - Parameters:
  ///   - box, points: as the cascade found them; five points.
  package func uprightPass(_ picture: Picture, box: FaceBox, points: [Point]) throws -> UprightFace {
    let square = AlignmentSquare.directions(points)
    let across = square.length > 0 ? square / square.length : Point(x: 1, y: 0)
    let half = 0.45 * Double(max(box.width, box.height))
    let center = Point(x: (Double(box.x1) + Double(box.x2)) / 2, y: (Double(box.y1) + Double(box.y2)) / 2)
    let placement = Placement(center: center, across: across * half, down: across.perpendicular * half)
    let taps = max(1, Int((2 * half / 48).rounded(.up)))
    let pixels = TapSampling.square(picture, placement, side: 48, taps: taps)
    let count = 48 * 48
    let crop = DetectorNetworks.prepared((0..<3).flatMap { channel in (0..<count).map { Float(pixels[$0][channel]) } })
    var mirror = crop
    for index in mirror.indices { mirror[index] = crop[index / 48 * 48 + 47 - index % 48] }
    let outputs = try outputs([crop, mirror])
    // Left and right change places in the mirror.
    let exchanged = [1, 0, 2, 4, 3]
    let found = (0..<5).map { k -> Point in
      let (a, b) = (outputs[0].points, outputs[1].points)
      let x = (Double(a[k]) + 1 - Double(b[exchanged[k]])) / 2
      let y = (Double(a[k + 5]) + Double(b[exchanged[k] + 5])) / 2
      return center + placement.across * (2 * x - 1) + placement.down * (2 * y - 1)
    }
    return UprightFace(
      points: found, score: (Double(outputs[0].score) + Double(outputs[1].score)) / 2, crop: crop, placement: placement)
  }
}
