private import Tensors

/// Everything an optimization knows between two steps. A value: keep it, store its `bytes`, and continue from it later;
/// the result is the same, bit for bit, as without the pause.
package struct InversionState: Hashable, Sendable {
  /// A code on the way, with the number of updates that led to it.
  package struct Waypoint: Hashable, Sendable {
    package let updates: Int
    package let code: [Float]
  }

  /// The code with the lowest total so far.
  package struct Best: Hashable, Sendable {
    /// Updates that led to it: `losses[updates]` are its losses, or `finalLosses` if that is past the end.
    package let updates: Int
    package let losses: LossTerms
    package let code: [Float]
  }

  /// One picture's part.
  package struct Item: Hashable, Sendable {
    /// The code the optimization began with.
    package let start: [Float]
    /// The code after the updates made so far.
    package internal(set) var code: [Float]
    /// One entry per step, of the code before that step's update.
    package internal(set) var losses: [LossTerms] = []
    /// Of the code after the last update; nil until then.
    package internal(set) var finalLosses: LossTerms?
    package internal(set) var best: Best?
    package internal(set) var snapshots: [Waypoint] = []
    /// The step, from 1, at which a loss or its gradient was not finite. The code is then the best one before.
    package internal(set) var divergedAt: Int?
  }

  /// Whatever the caller wants to recognize the run by: a hash of pixels, model and settings.
  package let identity: String
  package let layers: Int
  package let width: Int
  /// Updates made.
  package internal(set) var step = 0
  package internal(set) var items: [Item]
  package internal(set) var optimizer: OptimizerState

  init(identity: String, layers: Int, width: Int, starts: [[Float]], optimizer: OptimizerState) {
    self.identity = identity
    self.layers = layers
    self.width = width
    self.optimizer = optimizer
    items = starts.map { Item(start: $0, code: $0) }
  }
}

extension InversionState.Item {
  /// The code that is the result, and the number of updates that led to it.
  ///
  /// The losses that belong to it are `best.losses`, or `finalLosses` for the last code.
  package func result(keep: KeptCode) -> InversionState.Waypoint {
    if let best, keep == .best || divergedAt != nil || code == best.code {
      return InversionState.Waypoint(updates: best.updates, code: best.code)
    }
    return InversionState.Waypoint(updates: losses.count, code: code)
  }

  /// Makes the best code the last one; a snapshot of the end shows it too.
  mutating func goToBest() {
    guard let best else { return }
    if let last = snapshots.last, last.updates == losses.count {
      snapshots[snapshots.count - 1] = .init(updates: last.updates, code: best.code)
    }
    code = best.code
    finalLosses = best.losses
  }

  mutating func consider(_ terms: LossTerms, code: [Float], updates: Int) {
    if best.map({ terms.total < $0.losses.total }) ?? true {
      best = InversionState.Best(updates: updates, losses: terms, code: code)
    }
  }
}
