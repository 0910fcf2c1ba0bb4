/// A direction in the space of codes.
package struct Boundary: Sendable, Equatable {
  /// One row of w values for all layers, or a row for each.
  package let rows: [[Float]]

  package init(rows: [[Float]]) {
    precondition(!rows.isEmpty, "a boundary has at least one row")
    self.rows = rows
  }

  /// The direction for a layer, `[w]`.
  package func row(forLayer layer: Int) -> [Float] { rows.count == 1 ? rows[0] : rows[layer] }
}
