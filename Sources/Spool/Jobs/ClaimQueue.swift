internal import DequeModule
internal import Files

/// Complete drops that wait for room in the queue of jobs, oldest first.
struct ClaimQueue {
  private let reporter: Reporter
  private var drops = Deque<Drop>()
  private var told = 0

  init(reporter: Reporter) {
    self.reporter = reporter
  }

  var isEmpty: Bool { drops.isEmpty }

  mutating func add(_ drop: Drop) { drops.append(drop) }
  mutating func next() -> Drop? { drops.popFirst() }

  /// Tells how many there are, where that is news.
  mutating func tellBacklog() {
    guard drops.count != told else { return }
    told = drops.count
    reporter.emit(.backlog(drops: told))
  }

  /// Those that may be cancelled.
  func candidates(_ inbox: (Place) -> String) -> [CancelSearch.Candidate] {
    drops.indices.map { .init(target: .drop($0), id: "", name: drops[$0].name, inbox: inbox(drops[$0].place)) }
  }

  /// Lets a drop fail when it is claimed.
  mutating func fail(_ index: Int, _ reason: String) { drops[index].problem = reason }
}
