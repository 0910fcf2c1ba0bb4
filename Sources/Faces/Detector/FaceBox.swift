/// A rectangle in a picture, as the detector's float arithmetic gives it; it may lie partly outside.
package struct FaceBox: Hashable, Sendable {
  package var x1: Float
  package var y1: Float
  package var x2: Float
  package var y2: Float

  package init(x1: Float, y1: Float, x2: Float, y2: Float) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  package var width: Float { x2 - x1 }
  package var height: Float { y2 - y1 }
  package var area: Float { width * height }

  /// Each side moved by its share of the box's width or height, which count `margin` more.
  package func moved(by regression: SIMD4<Float>, margin: Float) -> FaceBox {
    let w = width + margin, h = height + margin
    return FaceBox(
      x1: x1 + regression[0] * w, y1: y1 + regression[1] * h, x2: x2 + regression[2] * w, y2: y2 + regression[3] * h)
  }

  /// As wide as high, with the same middle.
  package var squared: FaceBox {
    let side = max(width, height)
    let x = x1 + 0.5 * width - 0.5 * side, y = y1 + 0.5 * height - 0.5 * side
    return FaceBox(x1: x, y1: y, x2: x + side, y2: y + side)
  }
}

/// A box with the probability that it is a face's.
package struct ScoredBox: Hashable, Sendable {
  package var box: FaceBox
  package var score: Float

  package init(box: FaceBox, score: Float) {
    self.box = box
    self.score = score
  }
}

/// How much two boxes have in common, and of what.
package enum Overlap: Sendable {
  /// Of what the two cover together.
  case ofUnion
  /// Of the smaller one; sides count one more.
  case ofSmaller

  func share(_ a: FaceBox, _ b: FaceBox) -> Float {
    let margin: Float = self == .ofUnion ? 0 : 1
    let width = max(0, min(a.x2, b.x2) - max(a.x1, b.x1) + margin)
    let height = max(0, min(a.y2, b.y2) - max(a.y1, b.y1) + margin)
    let areaA = (a.width + margin) * (a.height + margin), areaB = (b.width + margin) * (b.height + margin)
    let common = width * height
    return common / (self == .ofUnion ? areaA + areaB - common : min(areaA, areaB))
  }
}

/// Non-maximum suppression: the best box is taken and those that overlap it too much are dropped, again and again. Of equal
/// scores the earlier one counts more.
///
/// - Parameter threshold: a share of exactly this stays.
/// - Returns: the positions of the boxes that stay, best first.
package func nonMaximumSuppression(_ boxes: [ScoredBox], _ overlap: Overlap, threshold: Double) -> [Int] {
  let order = boxes.indices.sorted { boxes[$0].score == boxes[$1].score ? $0 < $1 : boxes[$0].score > boxes[$1].score }
  var kept: [Int] = []
  for index in order
  where !kept.contains(where: { Double(overlap.share(boxes[$0].box, boxes[index].box)) > threshold }) {
    kept.append(index)
  }
  return kept
}
