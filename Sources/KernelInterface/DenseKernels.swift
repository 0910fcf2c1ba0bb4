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
  /// Rounds to the nearest 16-bit float.
  package typealias ToHalf = @convention(c) (_ x: Source, _ count: Int, _ half: UnsafeMutableRawPointer) -> Void

  package init(
    forward: Forward, backward: Backward, forwardHalf: Forward, backwardHalf: Backward, toHalf: ToHalf,
    forwardDouble: Forward
  ) {
    self.forward = forward
    self.backward = backward
    self.forwardHalf = forwardHalf
    self.backwardHalf = backwardHalf
    self.toHalf = toHalf
    self.forwardDouble = forwardDouble
  }

  package let forward: Forward
  package let backward: Backward
  package let forwardHalf: Forward
  package let backwardHalf: Backward
  package let toHalf: ToHalf
  /// `forward` with sums in double precision, rounded once: the same bytes on every instruction set.
  package let forwardDouble: Forward
}
