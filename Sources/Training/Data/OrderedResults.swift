internal import Synchronization

/// What numbered pieces of work gave, in their order.
final class OrderedResults<Value: Sendable>: Sendable {
  private let items: Mutex<[Value?]>

  init(_ count: Int) {
    items = Mutex(Array(repeating: nil, count: count))
  }

  func set(_ index: Int, _ value: Value) {
    items.withLock { $0[index] = value }
  }

  var values: [Value] { items.withLock { $0.compactMap { $0 } } }
}
