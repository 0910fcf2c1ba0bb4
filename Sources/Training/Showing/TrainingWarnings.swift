/// What goes wrong in a training, by name; each is said once.
struct TrainingWarnings {
  private var said: Set<String> = []

  /// What is new.
  ///
  /// - Parameter spread: scatter of the pictures' features over that of the photographs'; nil where it was not measured.
  mutating func new(_ shown: ShownValues, best: AdversarialState.Best?, isAugmenting: Bool, spread: Double?) -> [String] {
    var found: [(name: String, text: String)] = []
    if let real = shown.real, let fake = shown.fake, real > 5, fake < -5 {
      found.append((
        "won", "the discriminator has won (real \(Self.short(real)), fake \(Self.short(fake))): pictures will freeze; raise generator.r1_gamma three times, or use augmentation"
      ))
    }
    if let overfitting = shown.overfitting, overfitting > AdversarialTrainer.overfittingLimit {
      found.append((
        "memorized", "the discriminator knows its photographs by heart (\(Self.short(overfitting)) of its scores): "
          + (isAugmenting ? "more photographs would help" : "set generator.augment to on, or add photographs")
      ))
    }
    if let spread, spread < 0.1 {
      found.append(("collapse", "the pictures hardly differ (\(Self.short(spread)) of the photographs' scatter): mode collapse; halve generator.learning_rate"))
    }
    if let distance = shown.distance, let best, distance > 1.5 * best.distance, distance > best.distance + 0.02 {
      found.append(("rising", "the feature distance rises (\(Self.short(distance)), best \(Self.short(best.distance)) after \(best.seen) images); the best is kept"))
    }
    return found.filter { said.insert($0.name).inserted }.map(\.text)
  }

  private static func short(_ value: Double) -> String { ProgressText.number(value) }
}
