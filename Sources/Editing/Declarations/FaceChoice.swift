package import Images
internal import PrintableText

/// How a photograph becomes the model's square: by its face, or as `Fit` says.
package enum PhotographFit: String, CaseIterable, Sendable {
  case align, crop, pad, stretch

  /// What there is to do without looking for a face; nil for `align`.
  package var plain: Fit? { Fit(rawValue: rawValue) }
}

/// Which face of a photograph is meant.
package enum FaceChoice: Hashable, Sendable {
  case largest
  case all
  /// Counted from the largest, from 1.
  case number(Int)
  /// The one whose middle is nearest to a place in the photograph.
  case near(Point)

  /// As it would be written.
  package var shown: String {
    switch self {
    case .largest: "largest"
    case .all: "all"
    case .number(let number): String(number)
    case .near(let point): "{near: \(point.shown)}"
    }
  }
}

extension Point {
  /// As it would be written.
  var shown: String { "[\(plainNumber(x)), \(plainNumber(y))]" }
}
