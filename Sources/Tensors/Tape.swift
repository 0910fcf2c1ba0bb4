import Synchronization

/// A record of operations, from which gradients are computed backwards (reverse-mode differentiation).
///
/// ```swift
/// let tape = Tape()
/// let x = tape.variable(start)
/// let loss = try meanSquaredDifference(network(x), target)
/// let gradient = try tape.gradients(of: loss, for: [x])[0]
/// ```
///
/// An operation on tensors none of which comes from a variable records nothing. A tensor does not keep its tape: when the
/// tape goes, with or without a backward pass, so does all that it holds, and what was on it is off it.
package final class Tape: Sendable {
  /// Gives an input's gradient from the output's. Written in operations that record themselves when a second
  /// derivative is wanted.
  package typealias Pullback = @Sendable (_ gradient: Tensor) throws -> Tensor
  /// The same, added to what has come to the input from elsewhere; that buffer is nobody else's and may be written to.
  typealias AddingPullback = @Sendable (_ gradient: Tensor, _ sum: Tensor) throws -> Tensor

  struct Record: Sendable {
    // Strong, it would close a circle by way of the tensors that pullbacks hold.
    private(set) weak var tape: Tape?
    let index: Int
  }

  private struct Entry: Sendable {
    let shape: Shape
    var inputs: [Input]
  }

  private struct Input: Sendable {
    let index: Int
    let pullback: Pullback
    var adding: AddingPullback?
  }

  private struct State: Sendable {
    var entries: [Entry] = []
    var isRecording = true
    var isSpent = false
  }

  private let state = Mutex(State())

  package init() {}

  /// Number of recorded operations and variables.
  package var count: Int { state.withLock { $0.entries.count } }

  var isRecording: Bool { state.withLock { $0.isRecording } }

  /// Marks a tensor as one whose gradient is wanted.
  package func variable(_ value: Tensor) -> Tensor { append(value, inputs: []) }

  private func append(_ value: Tensor, inputs: [Input]) -> Tensor {
    var value = value
    let entry = Entry(shape: value.shape, inputs: inputs)
    let index = state.withLock { state in
      state.entries.append(entry)
      return state.entries.count - 1
    }
    value.record = Record(tape: self, index: index)
    return value
  }

  /// Records an operation's result, unless no input comes from a variable.
  static func record(_ value: Tensor, _ inputs: (Tensor, Pullback)...) -> Tensor {
    record(value, inputs)
  }

  static func record(_ value: Tensor, _ inputs: [(Tensor, Pullback)]) -> Tensor {
    let recorded = inputs.filter { $0.0.recordsGradient }
    guard let tape = recorded.first?.0.record?.tape else { return value.detached }
    precondition(recorded.allSatisfy { $0.0.record?.tape === tape }, "an operation mixes two tapes")
    return tape.append(value.detached, inputs: recorded.compactMap { tensor, pullback in
      tensor.record.map { Input(index: $0.index, pullback: pullback) }
    })
  }

  /// The same for an operation on one input that can add its gradient to another.
  static func record(_ value: Tensor, _ x: Tensor, _ pullback: @escaping Pullback, adding: AddingPullback?) -> Tensor {
    guard x.recordsGradient, let record = x.record, let tape = record.tape else { return value.detached }
    return tape.append(value.detached, inputs: [Input(index: record.index, pullback: pullback, adding: adding)])
  }

  /// The gradients of a scalar for some variables; zero for one that the scalar does not depend on.
  ///
  /// - Parameters:
  ///   - scalar: a tensor with one element, or any tensor together with `seed`.
  ///   - seed: of the tensor's shape: the scalar is then their inner product.
  ///   - variables: tensors made by `variable(_:)`, or any tensor on the tape.
  ///   - recordsPullbacks: records the backward pass too, so that the gradients can be differentiated again. Without
  ///     it the tape frees each operation as soon as its gradient has passed, and cannot be used a second time.
  /// - Throws: `ShapeError` when `scalar` is not one, does not depend on a variable, or the tape is spent.
  package func gradients(
    of scalar: Tensor, along seed: Tensor? = nil, for variables: [Tensor], recordsPullbacks: Bool = false
  ) throws -> [Tensor] {
    if let seed {
      guard seed.shape == scalar.shape else {
        throw ShapeError("gradients", "a seed of \(seed.shape) for a tensor of \(scalar.shape)")
      }
    } else if scalar.shape.count != 1 {
      throw ShapeError("gradients", "the shape \(scalar.shape) is not a scalar's")
    }
    guard !state.withLock({ $0.isSpent }) else { throw ShapeError("gradients", "the tape was used up by an earlier call") }
    guard let top = scalar.record, top.tape === self else {
      return variables.map { Tensor(repeating: 0, $0.shape) }
    }
    state.withLock { $0.isRecording = recordsPullbacks }
    defer {
      state.withLock {
        $0.isRecording = true
        $0.isSpent = !recordsPullbacks
      }
    }
    func entry(_ index: Int) -> Entry { state.withLock { $0.entries[index] } }
    func free(_ index: Int) {
      guard !recordsPullbacks else { return }
      // Given up outside of the lock: the last reference to a tensor takes its time.
      let inputs = state.withLock { state in
        let inputs = state.entries[index].inputs
        state.entries[index].inputs = []
        return inputs
      }
      withExtendedLifetime(inputs) {}
    }
    let wanted = Set(variables.compactMap { $0.record?.index })
    let needed = leading(to: wanted, below: top.index + 1)
    var gradients = [Tensor?](repeating: nil, count: top.index + 1)
    gradients[top.index] = seed?.detached ?? Tensor(repeating: 1, scalar.shape)
    for index in stride(from: top.index, through: 0, by: -1) {
      guard let gradient = gradients[index] else {
        free(index)
        continue
      }
      for input in entry(index).inputs where needed[input.index] {
        let shape = entry(input.index).shape
        var sum = gradients[input.index]
        gradients[input.index] = nil
        if let adding = input.adding, !recordsPullbacks, sum?.isUnique ?? false {
          gradients[input.index] = try adding(gradient, sum!)
          continue
        }
        let part = try input.pullback(gradient)
        guard part.shape == shape else {
          throw ShapeError("gradients", "a pullback gave \(part.shape) for an input of \(shape)")
        }
        gradients[input.index] = try sum.map { try $0 + part } ?? part
      }
      free(index)
      if !wanted.contains(index) { gradients[index] = nil }
    }
    return variables.map { variable in
      guard let record = variable.record, record.index < gradients.count, let gradient = gradients[record.index] else {
        return Tensor(repeating: 0, variable.shape)
      }
      return gradient
    }
  }

  /// Which of the first `count` entries come from one of the wanted: gradients of others lead nowhere.
  private func leading(to wanted: Set<Int>, below count: Int) -> [Bool] {
    state.withLock { state in
      var needed = [Bool](repeating: false, count: count)
      for index in 0..<count {
        needed[index] = wanted.contains(index) || state.entries[index].inputs.contains { needed[$0.index] }
      }
      return needed
    }
  }
}
