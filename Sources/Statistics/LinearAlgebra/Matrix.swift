/// A matrix of doubles, column after column, as LAPACK has them.
package struct Matrix: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  /// `values[column * rows + row]`.
  package var values: [Double]

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) numbers for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Vectors of one length, one in each row.
  package init(rows vectors: [[Double]]) {
    let (count, width) = (vectors.count, vectors.first?.count ?? 0)
    var values = [Double](repeating: 0, count: count * width)
    for (row, vector) in vectors.enumerated() {
      precondition(vector.count == width, "a row of \(vector.count) numbers among rows of \(width)")
      for (column, value) in vector.enumerated() { values[column * count + row] = value }
    }
    self.init(rows: count, columns: width, values: values)
  }

  package subscript(row: Int, column: Int) -> Double {
    get { values[column * rows + row] }
    set { values[column * rows + row] = newValue }
  }

  package func column(_ index: Int) -> [Double] { Array(values[index * rows..<(index + 1) * rows]) }
  package func row(_ index: Int) -> [Double] { (0..<columns).map { self[index, $0] } }

  /// These rows in this order, repeated or not.
  package func selecting(rows chosen: [Int]) -> Matrix {
    var picked: [Double] = []
    picked.reserveCapacity(chosen.count * columns)
    for column in 0..<columns {
      for row in chosen { picked.append(values[column * rows + row]) }
    }
    return Matrix(rows: chosen.count, columns: columns, values: picked)
  }

  /// Sum of all squares.
  package var squares: Double { values.reduce(0) { $0 + $1 * $1 } }

  /// Mean of each column.
  package var means: [Double] {
    (0..<columns).map { column in values[column * rows..<(column + 1) * rows].reduce(0, +) / Double(rows) }
  }
}

/// A decomposition that could not be made. The description is one line with the remedy.
package struct LinearAlgebraError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
