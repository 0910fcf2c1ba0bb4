internal import Foundation
internal import Spool
internal import Synchronization

/// Does the same to many things at a time, on threads that end with the call.
enum Crew {
  /// - Parameters:
  ///   - threads: at most so many.
  ///   - name: of the threads, before their numbers.
  /// - Returns: what became of each, in their order.
  static func map<Item: Sendable, Outcome: Sendable>(
    _ items: [Item], threads: Int, name: String, _ body: @escaping @Sendable (Item) -> Outcome
  ) -> [Outcome] {
    let work = BlockingQueue<Int>(), ended = BlockingQueue<Int>()
    for index in items.indices { work.add(index) }
    work.finish()
    let outcomes = Mutex([Outcome?](repeating: nil, count: items.count))
    let count = min(max(1, threads), items.count)
    for number in 0..<count {
      let thread = Thread {
        while let index = work.next() {
          let outcome = body(items[index])
          outcomes.withLock { $0[index] = outcome }
        }
        ended.add(number)
      }
      thread.name = "\(name) \(number)"
      // Tape and networks recurse little, but libraries for pictures have big frames.
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { _ = ended.next() }
    return outcomes.withLock { $0.compactMap(\.self) }
  }
}
