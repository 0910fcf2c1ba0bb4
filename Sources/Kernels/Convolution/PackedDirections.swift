import Synchronization

/// Plain weights, and what the two directions make of them at their first use. The plain weights are given up as soon
/// as no direction can need them any more; without a `backward` of its own the gradient uses what forward uses.
final class PackedDirections<Raw: Sendable, Packed: Sendable>: Sendable {
  private struct State: Sendable {
    var raw: Raw?
    var forward: Packed?
    var backward: Packed?
  }

  private let state: Mutex<State>
  private let preparesGradient: Bool
  private let packForward: @Sendable (Raw) -> Packed
  private let packBackward: (@Sendable (Raw) -> Packed)?

  init(
    _ raw: Raw, preparesGradient: Bool, forward: @escaping @Sendable (Raw) -> Packed,
    backward: (@Sendable (Raw) -> Packed)?
  ) {
    state = Mutex(State(raw: raw))
    self.preparesGradient = preparesGradient
    packForward = forward
    packBackward = backward
  }

  var forward: Packed {
    state.withLock { state in
      if let packed = state.forward { return packed }
      let packed = packForward(state.raw!)
      state.forward = packed
      if !preparesGradient || packBackward == nil || state.backward != nil { state.raw = nil }
      return packed
    }
  }

  var backward: Packed {
    precondition(preparesGradient, "the layer was made without its gradient")
    guard let packBackward else { return forward }
    return state.withLock { state in
      if let packed = state.backward { return packed }
      let packed = packBackward(state.raw!)
      state.backward = packed
      if state.forward != nil { state.raw = nil }
      return packed
    }
  }
}
