internal import Dispatch
internal import Foundation
internal import Synchronization

/// Does the same to many things at a time, on threads that end with the call: what waits for a disk waits together, and the
/// disk writes once for several.
enum RemoteCrew {
  private static let width = 16

  /// - Returns: what became of each, in their order.
  static func map<Item: Sendable, Outcome: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) -> Outcome
  ) -> [Outcome] {
    guard items.count > 1 else { return items.map(body) }
    let next = Mutex(0)
    let outcomes = Mutex([Outcome?](repeating: nil, count: items.count))
    let ended = DispatchSemaphore(value: 0)
    let count = min(width, items.count)
    for number in 0..<count {
      let thread = Thread {
        while let index = next.withLock({ next in
          next += 1
          return next <= items.count ? next - 1 : nil
        }) {
          let outcome = body(items[index])
          outcomes.withLock { $0[index] = outcome }
        }
        ended.signal()
      }
      thread.name = "slurm \(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { ended.wait() }
    return outcomes.withLock { $0.compactMap(\.self) }
  }
}
