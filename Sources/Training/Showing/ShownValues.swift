/// Numbers that say how a training goes, smoothed over about 2000 images. Part of the checkpoint, so that the log goes on
/// without a jump, and since augmentation is switched on by one of them.
package struct ShownValues: Sendable, Equatable, Codable {
  package var lossGenerator: Double?
  package var lossDiscriminator: Double?
  package var r1: Double?
  /// Mean scores, without augmentation, of photographs in training, pictures of the generator, photographs kept apart.
  package var real: Double?
  package var fake: Double?
  package var heldOut: Double?
  /// The last feature distance.
  package var distance: Double?

  package init() {}

  /// How far the discriminator knows its photographs by heart: 0 not at all, 1 entirely.
  package var overfitting: Double? {
    guard let real, let fake, let heldOut, real - fake > 0.05 else { return nil }
    return (real - heldOut) / (real - fake)
  }

  package static func smooth(_ value: inout Double?, towards new: Double, images: Int, over window: Double = 2000) {
    guard let old = value else {
      value = new
      return
    }
    value = old + (1 - Elementary.halving(Double(images) / window)) * (new - old)
  }
}
