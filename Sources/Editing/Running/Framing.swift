internal import Faces
internal import Images
internal import PrintableText
internal import StrictYAML

/// How pictures become squares of the model's size: by their faces, or plainly.
struct Framing {
  let sidecar: Sidecar
  let facts: ModelInfo
  let background: PixelColor

  /// The squares of a picture, and what to tell a person about them.
  struct Result {
    var squares: [FittedPicture]
    /// All faces that were found, largest first.
    var faces: [FoundFace] = []
    var warnings: [String] = []
  }

  private var side: Int { facts.resolution }

  /// - Parameters:
  ///   - isSubject: whether the sidecar's `face` and `landmarks` are about this picture; of others the largest face counts.
  ///   - detector: asked for only where it is needed.
  /// - Throws: `EditingError` where there is no face, `YAMLError` for a face or landmarks that cannot be meant.
  func squares(
    of picture: Picture, name: String, isSubject: Bool, detector: () throws -> FaceDetector
  ) throws -> Result {
    if let fit = sidecar.fit(facts.alignment).plain { return plain(picture, name, fit) }
    if isSubject, let points = sidecar.landmarks {
      let placement = try placement(of: points, in: picture, name)
      return Result(squares: [try aligned(picture, name, placement, face: 0)])
    }
    let choice = isSubject ? sidecar.face : .largest
    // Who asks for a certain face may mean a smaller one.
    let finding = try detector().find(in: picture, share: choice == .largest ? 0.05 : 0.025)
    guard !finding.faces.isEmpty else { throw noFace(finding, picture, name, isSubject: isSubject) }
    var result = Result(squares: [], faces: finding.faces)
    if finding.faces.count == 1 || choice == .largest, finding.faces[0].placement.isWhole(picture) {
      let whole = Placement(width: picture.width, height: picture.height)
      result.squares = [
        FittedPicture(name: name, pixels: picture.fitted(to: side, by: .crop), placement: whole, face: 1, cut: .plain(.crop))
      ]
      return result
    }
    for number in try numbers(choice, finding.faces, name) {
      let face = finding.faces[number - 1]
      result.squares.append(try aligned(picture, name, face.placement, face: number))
      let label = finding.faces.count > 1 && choice != .largest ? "\(name), face \(number)" : name
      result.warnings += remarks(face, picture).map { "\(label): \($0)" }
    }
    if finding.turn != .upright {
      result.warnings.append("\(name): no face stands upright; the photograph was turned to find one")
    }
    if isSubject, choice == .largest, finding.faces.count > 1, !sidecar.values.isGiven(Sidecar.Keys.face) {
      result.warnings.append(
        "\(name): \(finding.faces.count) faces found, the largest was taken; choose with face: 2, face: all or "
          + "face: {near: [x, y]}")
    }
    return result
  }

  private func plain(_ picture: Picture, _ name: String, _ fit: Fit) -> Result {
    let pixels = picture.fitted(to: side, by: fit, background: background)
    let placement = fit.placement(width: picture.width, height: picture.height)
    var result = Result(squares: [FittedPicture(name: name, pixels: pixels, placement: placement, face: 0, cut: .plain(fit))])
    if min(picture.width, picture.height) < side / 4 {
      result.warnings.append(
        "\(name): has only \(picture.width)×\(picture.height) pixels; the model works at \(side)×\(side)")
    }
    return result
  }

  private func aligned(_ picture: Picture, _ name: String, _ placement: Placement, face: Int) throws -> FittedPicture {
    guard let crop = AlignedCrop(picture, placement, side: side) else {
      throw EditingError(.refuse, "\(printable(name)): the face lies outside of the photograph")
    }
    return FittedPicture(name: name, pixels: crop.picture, placement: placement, face: face, cut: .aligned)
  }

  /// The piece of a mask that lies over a square: cut out of it as the square was out of its picture, black around it. A
  /// mask of the model's size lies over the square as it is.
  ///
  /// - Parameter mask: of the picture's size, or of the model's.
  func square(of mask: Picture, over square: FittedPicture) -> Picture {
    switch square.cut {
    case _ where mask.width == side && mask.height == side: return mask
    case .plain(let fit): return mask.fitted(to: side, by: fit, background: .black)
    case .aligned: return AlignedCrop(mask, square.placement, side: side)?.picture ?? Picture(width: side, height: side, color: .black)
    case .none: return mask.fitted(to: side, by: .stretch)
    }
  }

  private func numbers(_ choice: FaceChoice, _ faces: [FoundFace], _ name: String) throws(YAMLError) -> [Int] {
    switch choice {
    case .largest: return [1]
    case .all: return Array(1...min(faces.count, EditLimits.maximumFaces))
    case .near(let point):
      let distances = faces.map { ($0.center - point).length }
      return [(distances.firstIndex(of: distances.min() ?? 0) ?? 0) + 1]
    case .number(let number):
      guard number <= faces.count else {
        let remedy = faces.count == 1 ? "write 1 or leave it out" : "write a number from 1, the largest, to \(faces.count)"
        throw sidecar.values.place(of: Sidecar.Keys.face).error(
          "face: there is no face \(number) in \(printable(name)), \(faces.count) found; \(remedy)")
      }
      return [number]
    }
  }

  private func placement(of points: [Point], in picture: Picture, _ name: String) throws(YAMLError) -> Placement {
    let place = sidecar.values.place(of: Sidecar.Keys.landmarks)
    let (width, height) = (Double(picture.width), Double(picture.height))
    if let far = points.first(where: { $0.x < -width / 2 || $0.y < -height / 2 || $0.x > width * 1.5 || $0.y > height * 1.5 }) {
      throw place.error(
        "landmarks: \(far.shown) lies far outside of \(printable(name)), which has \(picture.width)×\(picture.height) pixels")
    }
    let eyes = points[1] - points[0], mouth = (points[3] + points[4]) / 2 - (points[0] + points[1]) / 2
    let placement = AlignmentSquare.placement(points)
    guard eyes.x * mouth.y - eyes.y * mouth.x > 0 else {
      throw place.error(
        "landmarks do not lie like a face; write left eye, right eye, nose, left and right corner of the mouth, left as seen "
          + "in an upright picture")
    }
    guard placement.isUsable(in: picture) else {
      throw place.error("landmarks: the face would be a few pixels wide, or far larger than \(printable(name)), or outside of it")
    }
    return placement
  }

  private func noFace(_ finding: FaceFinding, _ picture: Picture, _ name: String, isSubject: Bool) -> EditingError {
    var line = "\(printable(name)): no face found (\(picture.width)×\(picture.height), smallest face looked for: "
      + "\(finding.minimumFace) pixels"
    if let score = finding.bestRejected { line += ", best score of what was rejected: \((score * 100).rounded() / 100)" }
    line += isSubject ? "); give its five landmarks, or write fit: crop" : "); take another picture, or write fit: crop"
    return EditingError(.refuse, line)
  }

  private func remarks(_ face: FoundFace, _ picture: Picture) -> [String] {
    let judgement = FaceJudgement(face, in: picture, side: side)
    var lines: [String] = []
    if judgement.contains(.isSmall) {
      let (width, height) = (Int(face.box.width.rounded()), Int(face.box.height.rounded()))
      lines.append(
        "the face has only \(width)×\(height) pixels in the photograph; the model works at \(side)×\(side), expect a blurred result")
    }
    if judgement.contains(.isTurnedAside) { lines.append("the face is turned to the side; expect a poor likeness") }
    if judgement.contains(.isCut) {
      lines.append("more than a quarter of the face's square lies outside of the photograph; that part is made up")
    }
    if judgement.contains(.isDoubtful) {
      lines.append("this may be no face (score \((min(face.score, face.uprightScore) * 100).rounded() / 100))")
    }
    return lines
  }
}
