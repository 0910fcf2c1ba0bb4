package import Tensors

/// What a caller wants after a step.
package enum StepAction: Sendable {
  case go
  /// End here; the state can be continued from later.
  case stop
}

/// How an optimization ended.
package enum Outcome: Hashable, Sendable {
  case finished
  /// The caller asked for it.
  case stopped
}

/// The state at the end, and why it is the end.
package struct InversionResult: Sendable {
  package let state: InversionState
  package let outcome: Outcome
  /// The last codes `[n, layers, w]` and what the generator made of them, where they were evaluated.
  package let last: (codes: Tensor, pictures: Tensor)?
}

/// The loop that inversion and diffusion share.
struct Optimization {
  let model: any InversionModel
  let objective: Objective
  let steps: Int
  let snapshotSteps: Set<Int>
  let optimizer: OptimizerKind
  let learningRate: Double

  /// Runs from a stored state, or from the start.
  ///
  /// An item whose losses or gradient stop being finite keeps its best code and takes no further part; the others go on.
  func run(
    identity: String, resuming stored: InversionState?, start: () throws -> Tensor, onStep: (InversionState) -> StepAction
  ) throws -> InversionResult {
    let length = model.layers * model.width
    var optimizer = optimizer.makeOptimizer(
      count: objective.items * length, items: objective.items, learningRate: learningRate)
    var state: InversionState
    if let stored {
      try check(stored, identity: identity)
      try optimizer.restore(stored.optimizer)
      state = stored
    } else {
      state = try freshState(identity: identity, start: start(), optimizer: optimizer.state)
    }
    while state.step < steps, state.items.contains(where: { $0.divergedAt == nil }) {
      let step = state.step + 1
      let evaluation = try objective.evaluate(tensor(state.items.flatMap(\.code)))
      try record(evaluation, step: step, in: &state)
      var codes = state.items.flatMap(\.code)
      try optimizer.update(&codes, at: evaluation) { try objective.evaluate(tensor($0)) }
      for index in state.items.indices where state.items[index].divergedAt == nil {
        let code = Array(codes[index * length..<(index + 1) * length])
        state.items[index].code = code
        if snapshotSteps.contains(step) {
          let shown = self.optimizer.endsAtBest ? state.items[index].best?.code ?? code : code
          state.items[index].snapshots.append(.init(updates: step, code: shown))
        }
      }
      state.step = step
      state.optimizer = optimizer.state
      if onStep(state) == .stop { return InversionResult(state: state, outcome: .stopped, last: nil) }
    }
    let last = try finish(&state)
    return InversionResult(state: state, outcome: .finished, last: last)
  }

  private func freshState(identity: String, start: Tensor, optimizer: OptimizerState) throws -> InversionState {
    let expected: Shape = [objective.items, model.layers, model.width]
    guard start.shape == expected else {
      throw InversionError.shape(what: "the code to start from", found: start.shape, expected: "\(expected)")
    }
    let values = start.values
    let length = model.layers * model.width
    let starts = (0..<objective.items).map { Array(values[$0 * length..<($0 + 1) * length]) }
    for (item, code) in starts.enumerated() where !code.allSatisfy(\.isFinite) {
      throw InversionError.startIsNotFinite(item: item)
    }
    return InversionState(
      identity: identity, layers: model.layers, width: model.width, starts: starts, optimizer: optimizer)
  }

  private func check(_ stored: InversionState, identity: String) throws {
    guard stored.identity == identity else { throw InversionError.foreignState("pixels, model or settings differ") }
    let length = model.layers * model.width
    guard stored.layers == model.layers, stored.width == model.width, stored.items.count == objective.items,
      stored.items.allSatisfy({ $0.code.count == length && $0.start.count == length })
    else { throw InversionError.foreignState("its codes have another shape") }
    guard (0...steps).contains(stored.step) else {
      throw InversionError.foreignState("it has made \(stored.step) of \(steps) steps")
    }
  }

  private func record(_ evaluation: Evaluation, step: Int, in state: inout InversionState) throws {
    let length = model.layers * model.width
    for index in state.items.indices where state.items[index].divergedAt == nil {
      let terms = evaluation.losses[index]
      if terms.isFinite {
        state.items[index].losses.append(terms)
        state.items[index].consider(terms, code: state.items[index].code, updates: step - 1)
      }
      let gradient = evaluation.gradient[index * length..<(index + 1) * length]
      if !terms.isFinite || !gradient.allSatisfy(\.isFinite) {
        guard let best = state.items[index].best else { throw InversionError.startIsNotFinite(item: index) }
        state.items[index].divergedAt = step
        state.items[index].code = best.code
      }
    }
  }

  /// Evaluates the last codes, so that what is saved has losses of its own.
  private func finish(_ state: inout InversionState) throws -> (codes: Tensor, pictures: Tensor)? {
    guard state.items.contains(where: { $0.finalLosses == nil }) else { return nil }
    let codes = tensor(state.items.flatMap(\.code)), evaluation = try objective.evaluate(codes, wantsGradient: false)
    let losses = evaluation.losses
    for index in state.items.indices {
      let terms = losses[index]
      if terms.isFinite {
        state.items[index].finalLosses = terms
        if state.items[index].divergedAt == nil {
          state.items[index].consider(terms, code: state.items[index].code, updates: state.step)
          if optimizer.endsAtBest { state.items[index].goToBest() }
        }
      } else {
        guard let best = state.items[index].best else { throw InversionError.startIsNotFinite(item: index) }
        state.items[index].divergedAt = state.items[index].divergedAt ?? state.step
        state.items[index].code = best.code
        state.items[index].finalLosses = best.losses
      }
    }
    return (codes, evaluation.pictures)
  }

  private func tensor(_ codes: [Float]) -> Tensor {
    Tensor(codes, [objective.items, model.layers, model.width])
  }
}
