internal import Images
package import Inversion

/// What an edit may ask for: the picture it works on, other pictures of the drop, directions, diffusion.
package struct EditContext {
  package let facts: ModelInfo
  package let subject: InvertedPicture
  let work: JobPictures

  /// An attribute's direction, `layers * width` numbers.
  package func boundary(_ attribute: String) throws -> [Float] {
    guard let boundary = work.model.boundaries[attribute] else {
      throw EditingError(.refuse, "the pack \(facts.name) has no attribute '\(attribute)'")
    }
    return boundary
  }

  /// Another picture of the drop, inverted; each is inverted once per job.
  package func inverted(_ name: String) throws -> InvertedPicture { try work.inverted(name) }

  /// Another picture of the drop, at the model's size.
  package func picture(_ name: String) throws -> FittedPicture { try work.fitted(name) }

  /// Blends a box of the subject into another picture.
  package func diffuse(into context: FittedPicture, box: Box, settings: DiffusionSettings) throws -> Diffusion {
    try work.diffuse(subject, into: context, box: box, settings: settings)
  }
}
