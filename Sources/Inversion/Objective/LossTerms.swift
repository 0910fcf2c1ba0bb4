/// The terms of the loss for one picture; a term that is not used is 0.
package struct LossTerms: Hashable, Sendable {
  /// Mean squared difference of the pixels, unweighted.
  package var pixel: Float
  /// Mean squared difference of the perceptual features, unweighted.
  package var perceptual: Float
  /// Mean squared difference of the code and the encoder's code of its picture, unweighted.
  package var domain: Float
  /// The weighted sum: what is minimized.
  package var total: Float

  package init(pixel: Float, perceptual: Float, domain: Float, total: Float) {
    self.pixel = pixel
    self.perceptual = perceptual
    self.domain = domain
    self.total = total
  }

  package var isFinite: Bool {
    pixel.isFinite && perceptual.isFinite && domain.isFinite && total.isFinite
  }
}
