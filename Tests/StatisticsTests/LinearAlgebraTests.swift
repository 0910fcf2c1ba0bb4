import Statistics
import TestSupport
import Testing

@Suite struct LinearAlgebraTests {
  private func random(_ rows: Int, _ columns: Int) -> Matrix {
    var generator = SeededGenerator(seed: UInt64(rows * 100 + columns))
    return Matrix(rows: rows, columns: columns, values: generator.normals(rows * columns).map(Double.init))
  }

  @Test("Products, transposed or not, are sums of products") func products() throws {
    let a = random(5, 3), b = random(3, 4)
    let expected = (0..<5).map { row in (0..<4).map { column in (0..<3).reduce(0) { $0 + a[row, $1] * b[$1, column] } } }
    let product = try a.times(b)
    #expect(relativeError(product.values, Matrix(rows: expected).values) < 1e-14)
    let at = Matrix(rows: (0..<3).map(a.column)), bt = Matrix(rows: (0..<4).map(b.column))
    #expect(try relativeError(at.times(b, transposed: true).values, product.values) < 1e-14)
    #expect(try relativeError(a.times(bt, otherTransposed: true).values, product.values) < 1e-14)
  }

  @Test("A QR factorization has an orthonormal basis that leads back") func factorization() throws {
    let a = random(9, 4)
    let (basis, triangle) = try a.qr()
    #expect(try relativeError(basis.times(triangle).values, a.values) < 1e-13)
    let identity = Matrix(rows: (0..<4).map { row in (0..<4).map { $0 == row ? 1 : 0 } })
    #expect(try relativeError(basis.times(basis, transposed: true).values, identity.values) < 1e-13)
  }

  @Test("Eigenvectors of a symmetric matrix are only stretched by it, the most stretched first") func eigenvectors() throws {
    let a = random(12, 6)
    let square = try a.times(a, transposed: true)
    let (values, vectors) = try square.symmetricEigen()
    #expect(values == values.sorted(by: >))
    let stretched = try square.times(vectors)
    for index in 0..<6 {
      #expect(relativeError(stretched.column(index), vectors.column(index).map { $0 * values[index] }) < 1e-12)
    }
    let singular = try a.singularValues()
    #expect(relativeError(singular.map { $0 * $0 }, values) < 1e-12)
  }

  @Test("Numbers that are not finite are refused") func notFinite() {
    let bad = Matrix(rows: [[1, .infinity], [0, 1]])
    #expect(refusal { try bad.singularValues() } == "a matrix of 2 × 2 holds numbers that are not finite")
    #expect(refusal { try bad.symmetricEigen() } == "a matrix of 2 × 2 holds numbers that are not finite")
    #expect(refusal { try bad.qr() } == "a matrix of 2 × 2 holds numbers that are not finite")
  }
}
