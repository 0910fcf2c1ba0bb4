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
  /// The same for rows that `pack` wrote; the factor is left to the caller. A few thousand columns at once are best.
  /// Meanwhile half as many bytes as `w` has are asked for from memory, from `ahead` on.
  package typealias ForwardPacked = @convention(c) (
    _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ x: Source, _ bias: Source, _ y: Target,
    _ ahead: UnsafeRawPointer?
  ) -> Void
  package typealias BackwardPacked = @convention(c) (
    _ w: UnsafeRawPointer, _ rows: Int, _ width: Int, _ g: Source, _ x: Target, _ ahead: UnsafeRawPointer?
  ) -> Void
  /// Packs `x · factor`, which lies within ±1, as whole numbers of 20 bits. `count` is a multiple of 128, and takes
  /// 5/2 · `count` bytes, in an order that only the same table's kernels know.
  package typealias Pack = @convention(c) (
    _ x: Source, _ count: Int, _ factor: Float, _ packed: UnsafeMutableRawPointer
  ) -> Void

  package init(
    forward: Forward, backward: Backward, forwardPacked: ForwardPacked, backwardPacked: BackwardPacked, pack: Pack,
    forwardDouble: Forward
  ) {
    self.forward = forward
    self.backward = backward
    self.forwardPacked = forwardPacked
    self.backwardPacked = backwardPacked
    self.pack = pack
    self.forwardDouble = forwardDouble
  }

  package let forward: Forward
  package let backward: Backward
  package let forwardPacked: ForwardPacked
  package let backwardPacked: BackwardPacked
  package let pack: Pack
  /// `forward` with sums in double precision, rounded once: the same bytes on every instruction set.
  package let forwardDouble: Forward
}
