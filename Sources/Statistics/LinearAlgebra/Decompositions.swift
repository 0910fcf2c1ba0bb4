private import CLAPACK

extension Matrix {
  /// `self · other`, or with one of the two transposed.
  ///
  /// - Throws: `LinearAlgebraError` where the system has no LAPACK.
  package func times(_ other: Matrix, transposed: Bool = false, otherTransposed: Bool = false) throws(LinearAlgebraError) -> Matrix {
    let (height, inner) = transposed ? (columns, rows) : (rows, columns)
    let (otherInner, width) = otherTransposed ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(inner == otherInner, "a product of \(height) × \(inner) and \(otherInner) × \(width)")
    var product = [Double](repeating: 0, count: height * width)
    try check(unsafe clapack_product(
      transposed ? 1 : 0, otherTransposed ? 1 : 0, Int32(height), Int32(width), Int32(inner), values, other.values, &product))
    return Matrix(rows: height, columns: width, values: product)
  }

  /// Singular values, descending (LAPACK's `dgesdd`).
  ///
  /// - Throws: `LinearAlgebraError` for numbers that are not finite, or where the system has no LAPACK.
  package func singularValues() throws(LinearAlgebraError) -> [Double] {
    try checkFinite()
    var copy = values
    var result = [Double](repeating: 0, count: min(rows, columns))
    try check(unsafe clapack_singular_values(Int32(rows), Int32(columns), &copy, &result))
    return result
  }

  /// Eigenvalues of a symmetric matrix, descending, and its eigenvectors, one in each column (LAPACK's `dsyevd`). Only the
  /// lower triangle is read.
  ///
  /// - Throws: `LinearAlgebraError` for numbers that are not finite, or where the system has no LAPACK.
  package func symmetricEigen() throws(LinearAlgebraError) -> (values: [Double], vectors: Matrix) {
    precondition(rows == columns, "eigenvalues of \(rows) × \(columns)")
    try checkFinite()
    var vectors = values
    var found = [Double](repeating: 0, count: rows)
    try check(unsafe clapack_eigen(1, Int32(rows), &vectors, &found))
    let descending = (0..<columns).reversed().flatMap { vectors[$0 * rows..<($0 + 1) * rows] }
    return (found.reversed(), Matrix(rows: rows, columns: columns, values: descending))
  }

  /// An orthonormal basis of the columns and the triangle that leads back: `self = basis · triangle`. Needs at least as
  /// many rows as columns.
  ///
  /// - Throws: `LinearAlgebraError` for numbers that are not finite, or where the system has no LAPACK.
  package func qr() throws(LinearAlgebraError) -> (basis: Matrix, triangle: Matrix) {
    precondition(rows >= columns, "a QR factorization of \(rows) × \(columns)")
    try checkFinite()
    var basis = values
    var triangle = [Double](repeating: 0, count: columns * columns)
    try check(unsafe clapack_qr(Int32(rows), Int32(columns), &basis, &triangle))
    return (
      Matrix(rows: rows, columns: columns, values: basis), Matrix(rows: columns, columns: columns, values: triangle)
    )
  }

  private func checkFinite() throws(LinearAlgebraError) {
    guard values.allSatisfy(\.isFinite) else {
      throw LinearAlgebraError("a matrix of \(rows) × \(columns) holds numbers that are not finite")
    }
  }
}

private func check(_ result: Int32) throws(LinearAlgebraError) {
  switch Int(result) {
  case 0: return
  case Int(CLAPACK_NO_LIBRARY):
    throw LinearAlgebraError("LAPACK is missing on this machine; install it (Debian: apt-get install libopenblas0)")
  case Int(CLAPACK_NO_MEMORY): throw LinearAlgebraError("there is not enough memory for a decomposition")
  default: throw LinearAlgebraError("a decomposition did not converge (LAPACK says \(result))")
  }
}
