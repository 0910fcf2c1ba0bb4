/// Matrix times vector with a row-major matrix whose rows are a multiple of 16 long.
package struct DenseKernels: Sendable {
  /// `y[r] = bias[r] + Σ_i w[r][i] · x[i]` for `rows` rows.
  package typealias Forward = @convention(c) (
    _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target
  ) -> Void
  /// `x[i] += Σ_r w[r][i] · g[r]` for `rows` rows.
  package typealias Backward = @convention(c) (
    _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target
  ) -> Void
  /// Splits `x · factor`, rounded to whole numbers, into `count` high parts of 16 bits and as many low ones of 8. They
  /// must lie within ±2²³.
  package typealias Split = @convention(c) (
    _ x: Source, _ count: Int, _ factor: Float, _ row: UnsafeMutableRawPointer
  ) -> Void

  package init(
    forward: Forward, backward: Backward, forwardSplit: Forward, backwardSplit: Backward, split: Split,
    forwardDouble: Forward
  ) {
    self.forward = forward
    self.backward = backward
    self.forwardSplit = forwardSplit
    self.backwardSplit = backwardSplit
    self.split = split
    self.forwardDouble = forwardDouble
  }

  package let forward: Forward
  package let backward: Backward
  /// The same for rows that `split` wrote, of 3 · width bytes.
  package let forwardSplit: Forward
  package let backwardSplit: Backward
  package let split: Split
  /// `forward` with sums in double precision, rounded once: the same bytes on every instruction set.
  package let forwardDouble: Forward
}
