internal import Faces
internal import Images

/// Puts a frame's squares back into the photograph.
struct PasteBoard {
  private let photograph: Picture
  /// nil for a square that lies outside of the photograph; and what the generator makes of each without an edit.
  private let squares: [(paste: PasteBack?, unedited: Picture)]

  /// - Parameter squares: where each lies, and its picture without an edit.
  init(_ photograph: Picture, _ squares: [(placement: Placement, unedited: Picture)]) {
    self.photograph = photograph
    self.squares = squares.map { square in
      (PasteBack(square.placement, width: photograph.width, height: photograph.height), square.unedited)
    }
  }

  /// 8-bit gray, the photograph's size; 0 where nothing changes.
  func maskBytes() throws -> [UInt8] {
    var mask = MaskPicture(width: photograph.width, height: photograph.height)
    for square in squares {
      if let paste = square.paste { mask.add(paste) }
    }
    return try grayPNGBytes(mask.values, width: mask.width, height: mask.height)
  }

  /// The photograph with these squares put in, one after another.
  func whole(_ edited: [Picture]) -> Picture {
    var result = photograph
    for (square, picture) in zip(squares, edited) {
      square.paste?.paste(picture, unedited: square.unedited, into: &result)
    }
    return result
  }
}
