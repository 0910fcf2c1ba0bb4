/// Some of a generator's layers, counted from 0, as people write them: `0-3`, `4, 6-9`, `7`.
///
/// Ranges include both ends; spaces and duplicates do not matter. What the released parser lets pass in silence is an
/// error here: a reversed range (there it means *all* layers), `1-2-3` (there nothing at all), and a list that is empty.
package struct LayerList: Hashable, Sendable, CustomStringConvertible {
  /// Sorted, without duplicates, never empty.
  package let layers: [Int]

  /// Higher layers than any generator has.
  private static let limit = 64

  /// What is wrong with a text that is no layer list.
  package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// - Throws: `Failure`, which says which part is wrong and how to write it.
  package init(parsing text: String) throws(Failure) {
    var layers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      layers.formUnion(try Self.range(String(part)))
    }
    self.layers = layers.sorted()
  }

  package init(_ range: ClosedRange<Int>) { layers = Array(range) }

  package init?(_ layers: some Sequence<Int>) {
    let sorted = Set(layers).sorted()
    guard let first = sorted.first, first >= 0 else { return nil }
    self.layers = sorted
  }

  /// The shortest way to write the list.
  package var description: String {
    var parts: [ClosedRange<Int>] = []
    for layer in layers {
      if let last = parts.last, last.upperBound + 1 == layer {
        parts[parts.count - 1] = last.lowerBound...layer
      } else {
        parts.append(layer...layer)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  private static func range(_ part: String) throws(Failure) -> ClosedRange<Int> {
    let text = trimmed(part)
    guard !text.isEmpty else { throw Failure(description: "a layer is missing before or after a comma") }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { trimmed(String($0)) }
    let numbers = ends.compactMap(layer)
    guard numbers.count == ends.count, ends.count <= 2, let first = numbers.first, let last = numbers.last else {
      throw Failure(description: "'\(text)' is neither a layer (7) nor a range (2-5)")
    }
    guard first <= last else { throw Failure(description: "the range '\(text)' is reversed; write \(last)-\(first)") }
    guard last < limit else { throw Failure(description: "there is no layer \(last)") }
    return first...last
  }

  private static func layer(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count < 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
