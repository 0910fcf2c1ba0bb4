/// Things to do later, the soonest first.
struct DeadlineHeap<Item> {
  private var items: [(moment: Moment, item: Item)] = []

  var next: Moment? { items.first?.moment }
  var count: Int { items.count }

  mutating func add(_ item: Item, at moment: Moment) {
    items.append((moment, item))
    var child = items.count - 1
    while child > 0, items[child].moment < items[(child - 1) / 2].moment {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes out the soonest item that is due.
  mutating func pop(due now: Moment) -> Item? {
    guard let first = items.first, first.moment <= now else { return nil }
    let last = items.removeLast()
    if items.isEmpty { return first.item }
    items[0] = last
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
        if items[child].moment < items[smallest].moment { smallest = child }
      }
      if smallest == parent { return first.item }
      items.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
