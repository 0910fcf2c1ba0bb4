internal import Files

/// What lies in inboxes and waits, each with the reason that the status shows.
struct HeldDrops {
  private var reasons: [Place: [Name: String]] = [:]

  /// How many there are.
  var count: Int { reasons.values.reduce(0) { $0 + $1.count } }

  /// - Returns: whether that is news.
  mutating func hold(_ name: Name, in place: Place, _ reason: String) -> Bool {
    guard reasons[place]?[name] != reason else { return false }
    reasons[place, default: [:]][name] = reason
    return true
  }

  /// - Returns: whether it waited.
  mutating func release(_ name: Name, in place: Place) -> Bool {
    reasons[place]?.removeValue(forKey: name) != nil
  }

  mutating func remove(_ place: Place) {
    reasons[place] = nil
  }

  /// The first of them by their paths.
  func first(_ count: Int) -> [(place: Place, name: Name, reason: String)] {
    var drops: [(Place, Name, String)] = []
    for (place, names) in reasons.sorted(by: { ($0.key.watch, $0.key.subfolder) < ($1.key.watch, $1.key.subfolder) }) {
      for (name, reason) in names.sorted(by: { $0.key < $1.key }) where drops.count < count { drops.append((place, name, reason)) }
    }
    return drops
  }
}
