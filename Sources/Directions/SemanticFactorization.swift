internal import Statistics

/// The directions in which layers' styles change most, without any sample: eigenvectors of AᵀA, A being the style
/// weights of the chosen layers, each row brought to length 1. Source: Shen and Zhou 2021 (SeFa).
///
/// The released code does not sort; here eigenvalues fall, and the element of largest size is positive.
package struct SemanticFactorization: Sendable {
  /// Descending.
  package let values: [Double]
  /// One for each value, of length 1.
  package let directions: [[Double]]
  /// Sum of all values: the number of rows that were not zero.
  package var trace: Double { values.reduce(0, +) }

  /// - Parameters:
  ///   - styleWeights: `synthesis.layerL.epilogue.style_mod.dense.fc.weight` of each chosen layer, `[2 · channels, width]`
  ///     row after row: rows of scales and of shifts both count.
  ///   - width: of w.
  /// - Throws: `LinearAlgebraError` for numbers that are not finite; `DirectionError` when all rows are zero.
  package init(styleWeights: [[Float]], width: Int) throws {
    var rows: [[Double]] = []
    for weights in styleWeights {
      precondition(weights.count % width == 0, "\(weights.count) weights in rows of \(width)")
      for start in stride(from: 0, to: weights.count, by: width) {
        let row = weights[start..<start + width].map(Double.init)
        if row.contains(where: { $0 != 0 }) { rows.append(unit(row)) }
      }
    }
    guard !rows.isEmpty else { throw DirectionError("the chosen layers' style weights are zero everywhere") }
    let stacked = Matrix(rows: rows)
    let eigen = try stacked.times(stacked, transposed: true).symmetricEigen()
    values = eigen.values
    directions = (0..<width).map { index in
      let vector = eigen.vectors.column(index)
      let largest = vector.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? vector.map { -$0 } : vector
    }
  }
}
