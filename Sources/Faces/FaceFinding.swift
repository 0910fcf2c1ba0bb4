package import Images
internal import WeightFiles

/// A face in a photograph.
package struct FoundFace: Sendable {
  package let box: FaceBox
  /// Probabilities: of the detector's last network, and of its second, upright look.
  package let score: Double
  package let uprightScore: Double
  /// Left eye, right eye, nose, left and right corner of the mouth, left as seen in the face's own upright.
  package let points: [Point]

  package init(box: FaceBox, score: Double, uprightScore: Double, points: [Point]) {
    self.box = box
    self.score = score
    self.uprightScore = uprightScore
    self.points = points
  }

  /// Where the face is cut out.
  package var placement: Placement { AlignmentSquare.placement(points) }

  /// Whether its scores are such as few true faces have.
  package var isDoubtful: Bool { score < 0.99 || uprightScore < 0.97 }

  /// Middle of the box.
  package var center: Point {
    Point(x: (Double(box.x1) + Double(box.x2)) / 2, y: (Double(box.y1) + Double(box.y2)) / 2)
  }
}

/// What a search gave.
package struct FaceFinding: Sendable {
  /// Largest first.
  package let faces: [FoundFace]
  /// Side of the smallest face that was looked for, in pixels.
  package let minimumFace: Int
  /// How the photograph had to be turned before a face stood upright in it.
  package let turn: Orientation
  /// The best probability of what was not taken for a face.
  package let bestRejected: Double?
}

extension FaceFinding {
  /// Of the surest face.
  fileprivate var certainty: Double { faces.map { min($0.score, $0.uprightScore) }.max() ?? 0 }
}

extension FaceDetector {
  /// Scores from which something is taken for a face. True faces had at least 0.998 and 0.992, others at most 0.82.
  private static let accepted = (score: 0.95, upright: 0.9)

  /// Looks for faces; where none stands upright beyond doubt, in the turned photograph, too; where there is none either, for
  /// smaller ones.
  ///
  /// - Parameter share: the smallest face's part of the photograph's shorter side.
  package func find(in picture: Picture, share: Double = 0.05) throws -> FaceFinding {
    let shorter = Double(min(picture.width, picture.height))
    let minimum = max(20, Int((share * shorter).rounded()))
    let upright = try find(in: picture, minimum, .upright)
    // A face on its side may pass for an upright one, with points that make no sense.
    guard upright.faces.allSatisfy(\.isDoubtful) else { return upright }
    var best = upright
    for turn in [Orientation.needsClockwiseTurn, .needsCounterclockwiseTurn, .upsideDown] {
      let turned = try find(in: picture, minimum, turn)
      if turned.certainty > best.certainty { best = turned }
    }
    guard best.faces.isEmpty else { return best }
    let smaller = max(20, Int((share / 3 * shorter).rounded()))
    guard smaller < minimum else { return upright }
    let second = try find(in: picture, smaller, .upright)
    return FaceFinding(
      faces: second.faces, minimumFace: smaller, turn: .upright,
      bestRejected: [upright.bestRejected, second.bestRejected].compactMap { $0 }.max())
  }

  private func find(in picture: Picture, _ minimumFace: Int, _ turn: Orientation) throws -> FaceFinding {
    let turned = picture.oriented(by: turn)
    var faces: [FoundFace] = [], rejected: [Double] = []
    for (face, points) in try cascade(turned, minimumFace: minimumFace).faces {
      let pass = try uprightPass(turned, box: face.box, points: points)
      let square = AlignmentSquare.placement(pass.points)
      guard Double(face.score) >= Self.accepted.score, pass.score >= Self.accepted.upright, square.isUsable(in: turned) else {
        rejected.append(Double(face.score))
        continue
      }
      let corners = [Point(x: Double(face.box.x1), y: Double(face.box.y1)), Point(x: Double(face.box.x2), y: Double(face.box.y2))]
        .map { $0.unturned(turn, picture) }
      faces.append(
        FoundFace(
          box: FaceBox(
            x1: Float(min(corners[0].x, corners[1].x)), y1: Float(min(corners[0].y, corners[1].y)),
            x2: Float(max(corners[0].x, corners[1].x)), y2: Float(max(corners[0].y, corners[1].y))),
          score: Double(face.score), uprightScore: pass.score, points: pass.points.map { $0.unturned(turn, picture) }))
    }
    return FaceFinding(faces: faces, minimumFace: minimumFace, turn: turn, bestRejected: rejected.max())
  }
}

extension Point {
  /// From the turned picture back to the picture itself; for turns without a mirror.
  fileprivate func unturned(_ turn: Orientation, _ picture: Picture) -> Point {
    let (width, height) = (Double(picture.width), Double(picture.height))
    return switch turn {
    case .needsClockwiseTurn: Point(x: y, y: height - x)
    case .needsCounterclockwiseTurn: Point(x: width - y, y: x)
    case .upsideDown: Point(x: width - x, y: height - y)
    case .upright, .mirrored, .flipped, .transposed, .transversed: self
    }
  }
}
