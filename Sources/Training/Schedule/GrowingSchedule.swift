package import NeuralNetworks

/// How the pictures grow with the number of images shown to the discriminator: no clock.
///
/// Source: Karras et al. 2018 and 2019; `lod` there is the count of halvings still missing. A stage begins with the
/// fading in of its new block.
package struct GrowingSchedule: Sendable, Equatable {
  /// A stage of constant side, and whether its newest block is being faded in. The optimizers' moments are cleared when
  /// it changes.
  package struct Phase: Sendable, Equatable {
    package let side: Int
    package let isFading: Bool

    package init(side: Int, isFading: Bool) {
      self.side = side
      self.isFading = isFading
    }
  }

  /// Sides, ascending; the last is the pack's.
  package let sides: [Int]
  /// Images of each stage, its fading included.
  package let images: [Int]
  /// Images of each stage's fading; 0 for the first.
  package let fading: [Int]

  package init(sides: [Int], images: [Int], fadeImages: Int) {
    precondition(!sides.isEmpty && sides.count == images.count, "a stage needs its images")
    self.sides = sides
    self.images = images
    fading = images.enumerated().map { index, count in index == 0 ? 0 : min(fadeImages, count / 2) }
  }

  /// Images of all stages.
  package var total: Int { images.reduce(0, +) }

  /// The stage in which the image after `seen` is shown, and how many images of it have been. At the very start of a stage
  /// nothing of the new block shows yet, so that the one before still counts.
  private func place(_ seen: Int) -> (stage: Int, shown: Int) {
    var rest = seen
    for (index, count) in images.enumerated() {
      if index == images.count - 1 || rest < count || (rest == count && fading[index + 1] > 0) { return (index, rest) }
      rest -= count
    }
    return (0, seen)
  }

  /// The stage's number.
  package func stageIndex(at seen: Int) -> Int { place(seen).stage }

  /// Side and fading; a fade of 0 shows the newest block alone, one near 1 hardly.
  package func stage(at seen: Int) -> GrowthStage {
    let (index, shown) = place(seen)
    guard shown < fading[index] else { return GrowthStage(side: sides[index]) }
    return GrowthStage(side: sides[index], fade: 1 - Double(shown) / Double(fading[index]))
  }

  package func phase(at seen: Int) -> Phase {
    let stage = stage(at: seen)
    return Phase(side: stage.side, isFading: stage.fade > 0)
  }

  /// 0 at the start of the last stage, 1 at the end of all.
  package func progressOfLastStage(at seen: Int) -> Double {
    let (index, shown) = place(seen)
    guard index == images.count - 1, images[index] > 0 else { return 0 }
    return min(1, Double(shown) / Double(images[index]))
  }
}
