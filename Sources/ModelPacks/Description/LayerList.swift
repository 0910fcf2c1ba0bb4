internal import PrintableText
package import StrictYAML

/// Layers of a code, written `0-3`, `7` or `0-3,7`: ranges include both ends.
///
/// Stricter than the released scripts, which silently take all layers for an empty list or a reversed range.
package struct LayerList: Sendable, Hashable, CustomStringConvertible {
  /// Ascending, each once, at least one.
  package let indices: [Int]

  /// All of `count` layers.
  package init(allOf count: Int) {
    precondition(count > 0, "a code has at least one layer")
    indices = Array(0..<count)
  }

  /// The layers of a list of numbers.
  ///
  /// - Returns: nil for an empty list, and for numbers that are no layers of `count`.
  package init?(indices: [Int], count: Int) {
    guard !indices.isEmpty, indices.allSatisfy({ (0..<count).contains($0) }) else { return nil }
    self.indices = Set(indices).sorted()
  }

  /// Reads a list.
  ///
  /// - Parameters:
  ///   - name: what the message calls the value.
  ///   - count: layers of the model; larger numbers are refused.
  package init(_ value: YAMLValue, name: String, count: Int) throws(YAMLError) {
    let text = try value.scalarText(name)
    do {
      self = try LayerList(text, count: count)
    } catch {
      throw value.place.error("\(name) \(error.reason)")
    }
  }

  /// Why a text is no list of layers; reads on after what the list belongs to.
  package struct Refusal: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) {
      self.reason = reason
    }
  }

  /// Reads a list from text, for a command line.
  package init(_ text: String, count: Int) throws(Refusal) {
    let quoted = quoted(text)
    var layers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
        end.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      }
      guard (1...2).contains(ends.count), ends.allSatisfy({ !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) } })
      else {
        throw Refusal(reason: "must be layers such as 0-3 or 0-3,7; found \(quoted)")
      }
      let numbers = ends.map { Int(String($0)) ?? Int.max }
      let (first, last) = (numbers[0], numbers[numbers.count - 1])
      guard first <= last else {
        throw Refusal(reason: "has the reversed range \(first)-\(last); write \(last)-\(first)")
      }
      guard last < count else { throw Refusal(reason: "must be layers from 0 to \(count - 1); found \(quoted)") }
      layers.formUnion(first...last)
    }
    indices = layers.sorted()
  }

  /// As it is written: `0-3,7`.
  package var description: String {
    var runs: [(first: Int, last: Int)] = []
    for index in indices {
      if let last = runs.last, last.last == index - 1 {
        runs[runs.count - 1].last = index
      } else {
        runs.append((index, index))
      }
    }
    return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }.joined(separator: ",")
  }
}
