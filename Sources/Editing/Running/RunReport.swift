package import Images
package import Inversion

/// An optimization as the report tells it.
package struct RunReport: Sendable {
  package let losses: [LossTerms]
  /// Updates that led to the code that was kept, and its losses.
  package let keptUpdates: Int
  package let keptLosses: LossTerms?
  /// Updates that led to the lowest total, and that total.
  package let best: (updates: Int, total: Float)?
  /// The step at which numbers stopped being finite.
  package let divergedAt: Int?

  /// Of a code that was given: nothing was run.
  init() {
    losses = []
    keptUpdates = 0
    keptLosses = nil
    best = nil
    divergedAt = nil
  }

  init(_ item: InversionState.Item, keep: KeptCode) {
    losses = item.losses
    let kept = item.result(keep: keep)
    keptUpdates = kept.updates
    keptLosses = kept.updates == item.best?.updates ? item.best?.losses : item.finalLosses
    best = item.best.map { ($0.updates, $0.losses.total) }
    divergedAt = item.divergedAt
  }

  /// What to tell a person, if anything.
  var warnings: [String] {
    divergedAt.map {
      ["the optimization stopped being finite at step \($0); the best code before it was kept; try a smaller learning_rate"]
    } ?? []
  }
}

/// A photograph with its code.
package struct InvertedPicture: Sendable {
  package let name: String
  /// As the model sees it; of a saved code what the generator makes of it.
  package let pixels: Picture
  /// The encoder's code; nil where only a code was given.
  package let encoder: LatentCode?
  /// The inverted code.
  package let code: LatentCode
  package let snapshots: [Snapshot]
  package let report: RunReport
  /// The domain term right after encoding; nil for a saved code.
  package let domainDistance: Float?
  /// False for a code that came without its photograph.
  let hasPhotograph: Bool
}

/// A code on the way.
package struct Snapshot: Sendable {
  package let updates: Int
  package let code: LatentCode
}

/// A picture at the model's size, not inverted.
package struct FittedPicture: Sendable {
  package let name: String
  package let pixels: Picture
  /// Where it lies in the picture that was dropped.
  package let placement: Placement
  /// Which of the faces found it is, counted from 1; 0 for none of them.
  package let face: Int
  /// How it was cut out of that picture.
  let cut: Cut

  enum Cut: Sendable {
    case plain(Fit)
    case aligned
    /// Nothing was cut: the picture of a saved code.
    case none
  }
}

/// A diffusion's result.
package struct Diffusion: Sendable {
  package let code: LatentCode
  package let snapshots: [Snapshot]
  package let stitched: Picture
  package let report: RunReport
}
