internal import Files

/// What is wrong with the spool itself, by where it was met. Each is told once, however often it is met again, and all of
/// them must be over before it is told that the trouble is.
struct Troubles {
  enum Source: Hashable {
    case watch(Int)
    case look(Place, Name)
    case claim, requests, status, retention, recovery, lease
  }

  private var current: [Source: String] = [:]
  /// Reasons that were told since all was well.
  private var told: Set<String> = []

  /// What the status shows.
  var reason: String? { current.values.min() }

  /// - Returns: whether it is news.
  mutating func met(_ reason: String, at source: Source) -> Bool {
    current[source] = reason
    return told.insert(reason).inserted
  }

  /// Nothing is looked at there any more.
  ///
  /// - Returns: whether that ended the last one.
  mutating func forget(_ place: Place) -> Bool {
    if current.isEmpty { return false }
    current = current.filter { source, _ in
      if case .look(place, _) = source { false } else { true }
    }
    if current.isEmpty { told = [] }
    return current.isEmpty
  }

  /// - Returns: whether that was the last one.
  mutating func over(at source: Source) -> Bool {
    guard current.removeValue(forKey: source) != nil, current.isEmpty else { return false }
    told = []
    return true
  }
}
