internal import Faces
internal import Images

/// A photograph that frames are put back into: its colors, and how opaque its pixels are.
struct WholePhotograph {
  let picture: Picture
  /// A byte for each pixel; nil where all are opaque.
  let alpha: [UInt8]?
  let captureDate: CaptureDate?

  /// A file of the same size, as opaque as the photograph: sRGB, upright, with the camera's date.
  func pngBytes(_ changed: Picture) throws -> [UInt8] {
    try changed.photographBytes(alpha: alpha, captureDate: captureDate)
  }
}

/// Puts a frame's squares back into the photograph.
struct PasteBoard {
  /// A square of the photograph: where it lies, what the generator makes of it without an edit, and what limits the paste.
  struct Square {
    let placement: Placement
    let unedited: Picture
    var limits: [PasteLimit] = []
  }

  private let photograph: WholePhotograph
  /// nil for a square that lies outside of the photograph.
  private let squares: [(paste: PasteBack?, unedited: Picture)]

  /// - Parameter mask: what shows of a square, but for its own limits.
  init(_ photograph: WholePhotograph, _ squares: [Square], mask: FaceMask) {
    self.photograph = photograph
    let (width, height) = (photograph.picture.width, photograph.picture.height)
    self.squares = squares.map { square in
      (PasteBack(square.placement, width: width, height: height, mask: mask, limits: square.limits), square.unedited)
    }
  }

  /// 8-bit gray, the photograph's size; 0 where nothing changes.
  func maskBytes() throws -> [UInt8] {
    var mask = MaskPicture(width: photograph.picture.width, height: photograph.picture.height)
    for square in squares {
      if let paste = square.paste { mask.add(paste) }
    }
    return try grayPNGBytes(mask.values, width: mask.width, height: mask.height)
  }

  /// The photograph with these squares put in, one after another.
  func whole(_ edited: [Picture]) -> Picture {
    var result = photograph.picture
    for (square, picture) in zip(squares, edited) {
      square.paste?.paste(picture, unedited: square.unedited, into: &result)
    }
    return result
  }

  func pngBytes(_ changed: Picture) throws -> [UInt8] { try photograph.pngBytes(changed) }

  /// Of the photograph; nil where it is opaque.
  var alpha: [UInt8]? { photograph.alpha }

  /// When the photograph was taken.
  var captureDate: CaptureDate? { photograph.captureDate }
}

extension Picture {
  /// This square with an edit put in where a mask of its size is white, by the rule of whole photographs.
  func withEdit(_ edited: Picture, unedited: Picture, inside mask: Picture) -> Picture {
    let whole = Placement(width: width, height: height)
    guard let paste = PasteBack(whole, width: width, height: height, mask: .whole, limits: [PasteLimit(mask, over: .photograph)])
    else { return self }
    var result = self
    paste.paste(edited, unedited: unedited, into: &result)
    return result
  }
}
