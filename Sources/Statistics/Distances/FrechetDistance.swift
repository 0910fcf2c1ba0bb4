/// The Fréchet distance of two sets of vectors, each taken for a normal distribution:
/// `|μ₁ - μ₂|² + tr Σ₁ + tr Σ₂ - 2 · tr (Σ₁Σ₂)^½`, with covariances over n - 1.
///
/// Source: Heusel et al. 2017. Of the features of a pack's own network it is not the published FID: compare it only at the
/// same network and the same n.
package struct FrechetDistance: Sendable, Equatable {
  /// 0 or more; what rounding leaves below is 0.
  package let value: Double
  /// `|μ₁ - μ₂|²`.
  package let meanTerm: Double

  /// - Parameters:
  ///   - a, b: sets of vectors of one width, one in each row.
  /// - Throws: `LinearAlgebraError` for fewer than two vectors or numbers that are not finite.
  ///
  /// The trace of the root is the sum of the singular values of X₁X₂ᵀ, X being centered and divided by √(n - 1): exact for
  /// any n, where roots of matrices lose half of the digits as soon as there are fewer vectors than dimensions.
  package init(_ a: FeatureSet, _ b: FeatureSet) throws(LinearAlgebraError) {
    precondition(a.means.count == b.means.count, "vectors of \(a.means.count) and of \(b.means.count) numbers")
    meanTerm = zip(a.means, b.means).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let shared = try a.factor.times(b.factor, otherTransposed: true).singularValues().reduce(0, +)
    value = max(0, meanTerm + a.trace + b.trace - 2 * shared)
  }

  /// Of vectors as they are.
  package init(_ a: Matrix, _ b: Matrix) throws(LinearAlgebraError) {
    try self.init(FeatureSet(a), FeatureSet(b))
  }
}

/// What of a set of vectors a Fréchet distance needs; keep it where one set is compared with many.
package struct FeatureSet: Sendable {
  /// The trace of the covariance: the scale by which distances are divided before they are shown.
  package let trace: Double
  let means: [Double]
  /// A matrix R with RᵀR = Σ; as many rows as vectors, or as dimensions where there are fewer of those.
  let factor: Matrix

  /// - Parameter vectors: at least two, one in each row.
  package init(_ vectors: Matrix) throws(LinearAlgebraError) {
    guard vectors.rows > 1 else {
      throw LinearAlgebraError("a Fréchet distance needs at least two vectors a set; there is \(vectors.rows)")
    }
    means = vectors.means
    let scale = 1 / Double(vectors.rows - 1).squareRoot()
    var centered = vectors
    for column in 0..<vectors.columns {
      for row in 0..<vectors.rows { centered[row, column] = (vectors[row, column] - means[column]) * scale }
    }
    trace = centered.squares
    factor = centered.rows > centered.columns ? try centered.qr().triangle : centered
  }
}
