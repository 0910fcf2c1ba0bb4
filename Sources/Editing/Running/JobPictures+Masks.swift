internal import Faces
internal import Files
internal import Images
internal import PrintableText
internal import Tensors

/// Masks that a person drew over a photograph: gray, and what is transparent counts as black.
extension JobPictures {
  /// A mask as it was dropped, upright.
  func mask(_ name: String) throws -> Picture {
    guard let (file, note) = input.picture(name) else { return try decoded(name, over: .black) }
    if let known = masks[Name(file.name)] { return known }
    self.note([note].compactMap { $0 })
    var picture = try decoded(file.name, over: .black)
    picture = picture.grayed()
    masks[Name(file.name)] = picture
    return picture
  }

  /// The piece of a mask that lies over a square, of the model's size.
  ///
  /// - Throws: `EditingError` (`refuse`) where it is black all over the square: nothing would be done.
  func mask(_ name: String, over square: FittedPicture) throws -> Picture {
    let piece = framing.square(of: try mask(name), over: square)
    guard piece.pixels.contains(where: { $0 > 0 }) else {
      throw EditingError(
        .refuse, "\(printable(name)): the mask is black all over \(printable(square.name)) as the model sees it, so nothing would be done")
    }
    return piece
  }

  /// What limits a paste to a mask, over one square of a photograph.
  func limit(_ name: String, over square: FittedPicture) throws -> PasteLimit {
    let whole = try mask(name)
    // A mask of the photograph's own size is used at that size.
    if whole.width == model.facts.resolution, whole.height == model.facts.resolution { return PasteLimit(whole, over: .square) }
    return PasteLimit(whole, over: .photograph)
  }

  /// The pixels of a square that count in its inversion; nil for all of them.
  func counted(of square: FittedPicture) throws -> (picture: Picture, tensor: Tensor)? {
    guard isPhotograph(square.name), let name = input.sidecar.inversion.mask else { return nil }
    let picture = framing.square(of: try mask(name), over: square).inverted()
    guard picture.pixels.contains(where: { $0 > 0 }) else {
      throw EditingError(
        .refuse, "\(printable(name)): the mask is white all over \(printable(square.name)) as the model sees it, so no pixel would count")
    }
    return (picture, ImageTensors.mask(picture))
  }
}

extension Picture {
  /// With the mean of its colors in each channel.
  fileprivate func grayed() -> Picture {
    var gray = pixels
    for index in stride(from: 0, to: gray.count - 2, by: 3) {
      let mean = UInt8((Int(gray[index]) + Int(gray[index + 1]) + Int(gray[index + 2])) / 3)
      (gray[index], gray[index + 1], gray[index + 2]) = (mean, mean, mean)
    }
    return Picture(rows: [gray], width: width)
  }

  /// Black for white.
  fileprivate func inverted() -> Picture { Picture(rows: [pixels.map { 255 - $0 }], width: width) }
}
