package import Images
package import Inversion

/// What an edit may ask for: the picture it works on, other pictures of the drop, directions, diffusion.
package struct EditContext {
  package let facts: ModelInfo
  package let subject: InvertedPicture
  /// The square it was made of.
  let square: FittedPicture
  /// By which all codes of this run are found.
  package let method: InversionMethod
  let work: JobPictures

  /// An attribute's direction, `layers * width` numbers.
  package func boundary(_ attribute: String) throws -> [Float] {
    guard let boundary = work.model.boundaries[attribute] else {
      throw EditingError(.refuse, "the pack \(facts.name) has no attribute '\(attribute)'")
    }
    return boundary
  }

  /// Another picture of the drop, inverted; each is inverted once per job.
  package func inverted(_ name: String) throws -> InvertedPicture { try work.inverted(name, by: method) }

  /// Another picture of the drop, at the model's size.
  package func picture(_ name: String) throws -> FittedPicture { try work.fitted(name) }

  /// A mask that lies over the subject, of the model's size.
  package func mask(_ name: String) throws -> Picture { try work.mask(name, over: square) }

  /// Blends a piece of the subject into another picture.
  package func diffuse(
    into context: FittedPicture, piece: DiffusionPiece, settings: DiffusionSettings
  ) throws -> Diffusion {
    try work.diffuse(subject, into: context, piece: piece, settings: settings)
  }
}
