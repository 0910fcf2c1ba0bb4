internal import Images

/// The frames of an edit as they become an animation.
struct FrameFilm {
  /// Whole photographs are shown no larger: a browser shows them smaller anyway.
  private static let longestSide = 1600

  private var animation: WebPAnimation

  /// - Parameter captureDate: of the photograph that its frames show.
  init(captureDate: CaptureDate? = nil) {
    animation = WebPAnimation(captureDate: captureDate)
  }

  mutating func add(_ picture: Picture, alpha: [UInt8]? = nil) throws {
    guard max(picture.width, picture.height) > Self.longestSide else {
      try animation.add(picture, alpha: alpha)
      return
    }
    let small = picture.reduced(to: Self.longestSide)
    let smallAlpha = alpha.map { alpha in
      Picture(rows: [alpha.flatMap { [$0, $0, $0] }], width: picture.width).reduced(to: Self.longestSide).firstChannel
    }
    try animation.add(small, alpha: smallAlpha)
  }

  /// A file for each row of at least two frames, with the name it has in the edit's folder.
  func files(_ row: EditedRow) throws -> [(name: String, bytes: [UInt8])] {
    try row.films.filter { $0.frames.allSatisfy { $0 < animation.count } }
      .map { ($0.name, try animation.bytes(of: $0.frames)) }
  }
}
