/// "Did you mean": the nearest of several names.
package enum Suggestion {
  /// Finds the candidate nearest to `word`.
  ///
  /// - Returns: nil when nothing is near: more than a third of the longer word's letters would have to change.
  package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars.prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars.prefix(64))
      let distance = distance(wanted, letters)
      guard distance <= max(1, max(wanted.count, letters.count) / 3), distance < letters.count else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The text to add to a message: `; did you mean 'frames'?`, or nothing.
  package static func clause(for word: String, in candidates: some Sequence<String>) -> String {
    nearest(to: word, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// Whether one name is most likely the other one, mistyped: one letter wrong, missing, added or swapped, for long names
  /// two; digits are the same, for those of cameras and scanners tell pictures apart.
  package static func isTypo(_ word: String, of candidate: String) -> Bool {
    let (wanted, letters) = (Array(word.lowercased().unicodeScalars), Array(candidate.lowercased().unicodeScalars))
    let count = max(wanted.count, letters.count)
    guard min(wanted.count, letters.count) >= 4, count <= 255, abs(wanted.count - letters.count) <= count / 6 + 1 else { return false }
    func digits(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] { scalars.filter { $0.properties.numericType != nil } }
    return digits(wanted) == digits(letters) && distance(wanted, letters) <= max(1, count / 6)
  }

  /// Insertions, deletions, replacements and swaps of neighbors (optimal string alignment).
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in a.indices {
      var current = [i + 1]
      for j in b.indices {
        var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
        current.append(cost)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}
