internal import Editing
package import Images

/// A table of an evaluation, as text.
package struct ResultTable: Sendable {
  package let title: String
  package let columns: [String]
  package let rows: [[String]]
}

/// One part of an evaluation: claims, the numbers behind them, and pictures.
package struct Section: Sendable {
  package let name: String
  package let title: String
  package var claims: [Claim] = []
  package var tables: [ResultTable] = []
  /// Rows of pictures behind the numbers.
  package var sheet: ContactSheet?
  /// Every number, by photograph and method.
  var numbers: [(key: String, value: JSON)] = []
  package var notes: [String] = []

  mutating func add(_ name: String, _ numbers: [Double]) { self.numbers.append((name, .list(numbers.map(JSON.number)))) }

  init(_ name: String, _ title: String) {
    self.name = name
    self.title = title
  }
}
