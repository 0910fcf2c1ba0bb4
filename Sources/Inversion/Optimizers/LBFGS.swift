/// L-BFGS (Liu and Nocedal 1989) without line searches: one evaluation an update, as Adam, but about a third as many
/// of them for the same loss.
///
/// The first moves are Adam's, and what Adam keeps of the gradients remains the measure of all moves.
/// Each update judges the code it proposed last. Where that is hardly worse than the one before, it goes on from there;
/// else it goes back and tries a shorter move. What the evaluation says about the curvature is used in both cases.
/// Moves have a limit, so that the code cannot run away where the model of the curvature is wrong, as it is on random
/// networks. Every item of a batch has a memory, a limit and a judgment of its own. `docs/optimizers.md` has the numbers.
package struct LBFGS: Optimizer {
  private let learningRate: Double
  private let length: Int
  private var items: [TrustRegion]
  private var step = 0

  /// - Parameters:
  ///   - learningRate: Adam's for the first moves, and the unit of the others: the largest have a root mean square of 5 of it.
  package init(count: Int, items: Int, learningRate: Double = 0.01) {
    precondition(items > 0 && count % items == 0, "\(count) numbers are not \(items) codes")
    self.learningRate = learningRate
    length = count / items
    self.items = (0..<items).map { [length] _ in TrustRegion(length: length, learningRate: learningRate) }
  }

  package var state: OptimizerState {
    var arrays: [String: [Float]] = [:]
    for (index, item) in items.enumerated() {
      for (name, values) in item.arrays { arrays["\(index).\(name)"] = values }
    }
    return OptimizerState(kind: OptimizerKind.fast.rawValue, step: step, arrays: arrays)
  }

  package mutating func restore(_ state: OptimizerState) throws(InversionError) {
    guard state.kind == OptimizerKind.fast.rawValue else { throw .foreignState("it was made by another optimizer") }
    guard state.step >= 0 else { throw .foreignState("its count of updates is negative") }
    var restored: [TrustRegion] = []
    for index in items.indices {
      let prefix = "\(index)."
      var arrays: [String: [Float]] = [:]
      for (name, values) in state.arrays where name.hasPrefix(prefix) { arrays[String(name.dropFirst(prefix.count))] = values }
      guard let item = TrustRegion(length: length, learningRate: learningRate, arrays: arrays) else {
        throw .foreignState("the memory of item \(index) does not fit the code")
      }
      restored.append(item)
    }
    (step, items) = (state.step, restored)
  }

  package mutating func update(
    _ codes: inout [Float], at evaluation: Evaluation, evaluate: ([Float]) throws -> Evaluation
  ) throws {
    precondition(codes.count == length * items.count, "the optimizer was made for \(length * items.count) numbers")
    step += 1
    for index in items.indices {
      let range = index * length..<(index + 1) * length
      let next = items[index].next(
        after: Array(codes[range]), loss: evaluation.losses[index].total, gradient: Array(evaluation.gradient[range]))
      codes.replaceSubrange(range, with: next)
    }
  }
}
