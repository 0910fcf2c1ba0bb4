/// Which item comes at a position of an endless sequence that shows each of `count` items once an epoch.
///
/// A function of the position: a batch may straddle two epochs, and nothing is stored.
package struct EpochOrder {
  private let random: RandomNumbers
  private let stream: RandomStream
  private let count: Int
  /// The last epoch asked for.
  private var known: (epoch: Int, order: [Int])?

  package init(_ random: RandomNumbers, _ stream: RandomStream, count: Int) {
    precondition(count > 0, "an order of nothing")
    self.random = random
    self.stream = stream
    self.count = count
  }

  package mutating func item(at position: Int) -> Int {
    let epoch = position / count
    if known?.epoch != epoch { known = (epoch, random.permutation(of: count, stream, epoch)) }
    return known?.order[position % count] ?? 0
  }

  package mutating func items(from position: Int, count: Int) -> [Int] {
    (position..<position + count).map { item(at: $0) }
  }
}
