package import Images

/// Where the FFHQ data set's pictures cut a face out (Karras et al. 2019, appendix A, and the released script).
package enum AlignmentSquare {
  /// The square of five points: left eye, right eye, nose, left and right corner of the mouth, left as seen in the picture.
  package static func placement(_ points: [Point]) -> Placement {
    let eyes = points[1] - points[0], eye = (points[0] + points[1]) / 2
    let mouth = (points[3] + points[4]) / 2 - eye
    let direction = directions(points)
    let length = max(2 * eyes.length, 1.8 * mouth.length)
    // Points that are all the same have no direction; callers refuse a square without a side.
    let across = direction.length > 0 ? direction / direction.length * length : Point(x: length, y: 0)
    return Placement(center: eye + mouth * 0.1, across: across, down: across.perpendicular)
  }

  /// To the right of the face: along the eyes, and across the way from eyes to mouth.
  static func directions(_ points: [Point]) -> Point {
    let eyes = points[1] - points[0]
    let mouth = (points[3] + points[4]) / 2 - (points[0] + points[1]) / 2
    return Point(x: eyes.x + mouth.y, y: eyes.y - mouth.x)
  }
}
