/// The optimizers there are. Adding one is a file with a type, a case here and a line in `makeOptimizer`.
package enum OptimizerKind: String, CaseIterable, Hashable, Sendable {
  /// As in the paper.
  case adam
  /// Quasi-Newton: the loss of 100 steps of Adam in about 35. Its result is never worse than a code it has passed.
  case fast

  /// Steps that give at least the quality of the paper's 100 of Adam, for when none are given.
  package var defaultSteps: Int { steps(forPlain: 100) }

  /// Steps that give at least the quality of so many of Adam: `fast` needs three fifths, usually half of those.
  package func steps(forPlain steps: Int) -> Int {
    switch self {
    case .adam: steps
    case .fast: steps - steps * 2 / 5
    }
  }

  /// Whether codes are proposals, the last of which may be worse than one before: an optimization then ends at its best.
  var endsAtBest: Bool { self == .fast }
}

/// Moves codes downhill. A value: copying it copies its memory of earlier steps.
package protocol Optimizer: Sendable {
  /// All of the optimizer's memory, exactly.
  var state: OptimizerState { get }

  /// Replaces the memory by a stored one.
  ///
  /// - Throws: `InversionError.foreignState` when it was stored by another optimizer or for other codes.
  mutating func restore(_ state: OptimizerState) throws(InversionError)

  /// Makes one update.
  ///
  /// - Parameters:
  ///   - codes: all items' numbers one after the other; changed in place.
  ///   - evaluation: the losses and the gradient there.
  ///   - evaluate: gives both at other codes, for those that search along a line.
  mutating func update(
    _ codes: inout [Float], at evaluation: Evaluation, evaluate: ([Float]) throws -> Evaluation
  ) throws
}

/// An optimizer's memory in a form that can be stored: names and numbers.
package struct OptimizerState: Hashable, Sendable {
  package var kind: String
  /// Updates made.
  package var step: Int
  package var arrays: [String: [Float]]

  package init(kind: String, step: Int, arrays: [String: [Float]]) {
    self.kind = kind
    self.step = step
    self.arrays = arrays
  }
}

extension OptimizerKind {
  /// A fresh optimizer for `items` codes of `count / items` numbers each.
  func makeOptimizer(count: Int, items: Int, learningRate: Double) -> any Optimizer {
    switch self {
    case .adam: Adam(count: count, learningRate: learningRate)
    case .fast: LBFGS(count: count, items: items, learningRate: learningRate)
    }
  }
}
