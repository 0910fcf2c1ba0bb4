internal import Synchronization

/// Stands behind every system call of this module in tests: records the calls and makes chosen ones fail.
///
/// It is reached through a task-local value that only code can set: no environment variable, no file.
package final class FaultInjector: Sendable {
  package enum Action: Sendable, Equatable {
    case proceed
    /// The call has no effect and reports this `errno`.
    case fail(Int32)
    /// A write takes only a part of the bytes, a read at a position gives only a part; other calls proceed.
    case short
    /// The process is dead from here on: this call and all later ones have no effect.
    case die
  }

  package struct Call: Sendable, Equatable {
    package let call: FileCall
    package let path: String
  }

  private struct State {
    var calls: [Call] = []
    var count = 0
    var isDead = false
    var hits = 0
  }

  @TaskLocal package static var current: FaultInjector?

  private let state = Mutex(State())
  /// What every file system lacks while this injector stands behind the calls.
  package let lacking: Set<Capability>
  /// Whether files seem to have no other names, for tests that keep second names of their own.
  package let hidesLinks: Bool
  /// What was found lacking, apart from what other tests find.
  let fileSystems = FileSystems()
  private let recordsCalls: Bool
  private let plan: @Sendable (_ number: Int, _ call: FileCall, _ path: String) -> Action

  /// - Parameter plan: what happens to the call with this number, counted from 1.
  package init(
    recordsCalls: Bool = true, lacking: Set<Capability> = [], hidesLinks: Bool = false, plan: @escaping @Sendable (_ number: Int, _ call: FileCall, _ path: String) -> Action
  ) {
    self.lacking = lacking
    self.hidesLinks = hidesLinks
    self.recordsCalls = recordsCalls
    self.plan = plan
  }

  package var calls: [Call] { state.withLock { $0.calls } }
  package var count: Int { state.withLock { $0.count } }
  /// How many calls were made to fail.
  package var hits: Int { state.withLock { $0.hits } }

  func next(_ call: FileCall, _ path: String) -> Action {
    let number: Int? = state.withLock { state in
      if state.isDead { return nil }
      state.count += 1
      if recordsCalls { state.calls.append(Call(call: call, path: path)) }
      return state.count
    }
    guard let number else { return .die }
    let action = plan(number, call, path)
    state.withLock { state in
      if action != .proceed { state.hits += 1 }
      if action == .die { state.isDead = true }
    }
    return action
  }
}
