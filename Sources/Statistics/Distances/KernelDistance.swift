/// The squared maximum mean discrepancy of two sets of vectors under the kernel `(x · y / d + 1)³`, without bias: about 0
/// for sets of one distribution, and sometimes below. Source: Bińkowski et al. 2018.
///
/// - Parameter a, b: at least two vectors each, one in each row.
/// - Throws: `LinearAlgebraError` for fewer.
package func kernelDistance(_ a: Matrix, _ b: Matrix) throws(LinearAlgebraError) -> Double {
  guard a.rows > 1, b.rows > 1 else {
    throw LinearAlgebraError("a kernel distance needs at least two vectors a set; there are \(a.rows) and \(b.rows)")
  }
  let width = Double(a.columns)
  func kernel(_ product: Double) -> Double {
    let base = product / width + 1
    return base * base * base
  }
  func within(_ set: Matrix) throws(LinearAlgebraError) -> Double {
    let products = try set.times(set, otherTransposed: true)
    var sum = 0.0
    for column in 0..<set.rows {
      for row in 0..<set.rows where row != column { sum += kernel(products[row, column]) }
    }
    return sum / Double(set.rows * (set.rows - 1))
  }
  let across = try a.times(b, otherTransposed: true).values.reduce(0) { $0 + kernel($1) } / Double(a.rows * b.rows)
  return try within(a) + within(b) - 2 * across
}
