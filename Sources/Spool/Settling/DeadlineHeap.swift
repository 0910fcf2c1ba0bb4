internal import HeapModule

/// Things to do later, the soonest first.
struct DeadlineHeap<Item> {
  private struct Entry: Comparable {
    let moment: Moment
    let item: Item

    static func < (one: Entry, other: Entry) -> Bool { one.moment < other.moment }
    static func == (one: Entry, other: Entry) -> Bool { one.moment == other.moment }
  }

  private var entries = Heap<Entry>()

  var next: Moment? { entries.min?.moment }
  var count: Int { entries.count }

  mutating func add(_ item: Item, at moment: Moment) {
    entries.insert(Entry(moment: moment, item: item))
  }

  /// Takes out the soonest item that is due.
  mutating func pop(due now: Moment) -> Item? {
    guard let next, next <= now else { return nil }
    return entries.popMin()?.item
  }
}
